// What strangers write does nothing: payloads in cards, names, messages, notebooks, pictures and pages.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { api, commit, end, hub, open, repository, visitor } from "./browser.mjs";

const corpus = readFileSync(new URL("../../../crates/stoa-render/tests/it/xss.txt", import.meta.url), "utf8");
const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=\'hit\';globalThis.hit=1"><script>globalThis.hit=1;alert(1)</script><foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="javascript:alert(1)"/></foreignObject></svg>';
const html = "<!doctype html><script>document.title='hit';fetch('/api/whoami-v2').then(r=>r.text()).then(t=>{document.title='hit '+t});alert(1)</script><h1>page</h1>";
const name = `hostile-${process.pid}`;
let repo;

before(async () => {
	const evil = '"><img src=x onerror=alert(1)>.txt';
	repo = await repository(name, {
		"README.md": `---\nlicense: other\nlicense_name: "<script>alert(1)</script>"\ntags: ["\\"><img src=x onerror=alert(1)>"]\n---\n${corpus}`,
		"page.html": html,
		"drawing.svg": svg,
		[evil]: "text",
		"notes.ipynb": JSON.stringify({
			nbformat: 4, nbformat_minor: 5, metadata: {},
			cells: [
				{ cell_type: "markdown", metadata: {}, source: corpus },
				{ cell_type: "code", metadata: {}, execution_count: 1, source: corpus, outputs: [
					{ output_type: "display_data", metadata: {}, data: { "text/html": corpus, "image/svg+xml": svg } },
					{ output_type: "error", ename: "<b>", evalue: corpus.slice(0, 2000), traceback: [corpus.slice(0, 2000)] },
				] },
			],
		}),
		"table.csv": `name,"<script>alert(1)</script>"\n"<img src=x onerror=alert(1)>",2\n`,
		"code.py": corpus,
	});
	await commit(`ada/${name}`, { "a.txt": "x" }, "model", "<img src=x onerror=alert(1)><script>alert(1)</script>");
});

after(end);

test("nothing that a stranger wrote runs on a page", async () => {
	const { page, done } = await visitor({ errorsAllowed: true });
	const head = (await (await fetch(`${hub}/api/models/ada/${name}/commits/main`)).json())[0].id;
	const file = encodeURIComponent('"><img src=x onerror=alert(1)>.txt');
	for (const path of [
		repo, `${repo}/tree/main`, `${repo}/blob/main/README.md`, `${repo}/blob/main/README.md?code=true`,
		`${repo}/blob/main/page.html`, `${repo}/blob/main/drawing.svg`, `${repo}/blob/main/notes.ipynb`,
		`${repo}/blob/main/table.csv`, `${repo}/blob/main/code.py`, `${repo}/blob/main/${file}`, `${repo}/commits/main`,
		`${repo}/commit/${head}`, "/models", `/search?q=${name}`, `/search?q=${encodeURIComponent('"><script>alert(1)</script>')}`, "/ada",
	]) {
		await open(page, path);
		assert.equal(await page.evaluate(() => globalThis.hit), undefined, path);
		assert.ok(!(await page.title()).startsWith("hit"), path);
		const handlers = await page.evaluate(() => [...document.querySelectorAll("*")].flatMap((element) => [...element.attributes]
			.filter(({ name, value }) => name.startsWith("on") || /^\s*(javascript|vbscript):/i.test(value)).map(({ name, value }) => `${name}=${value}`)));
		assert.deepEqual(handlers, [], path);
	}
	await done();
});

test("files of strangers never run as this site", async () => {
	const { page, context, done } = await visitor({ errorsAllowed: true });
	await context.addCookies([{ name: "stoa_session", value: "secret-of-somebody", url: hub, httpOnly: true }]);
	for (const path of [`${repo}/resolve/main/page.html`, `${repo}/resolve/main/drawing.svg`, `${repo}/raw/main/page.html`]) {
		await page.goto(hub + path).catch(() => {}); // some are downloads
		assert.ok(!(await page.title()).startsWith("hit"), path);
	}
	await done();
});

test("another site can neither send forms nor frame pages", async () => {
	const { page, done } = await visitor({ errorsAllowed: true });
	const answer = await open(page, "/login");
	const headers = answer.headers();
	assert.match(headers["content-security-policy"], /frame-ancestors 'none'/);
	assert.doesNotMatch(headers["content-security-policy"], /unsafe/);
	const sent = await fetch(`${hub}/preferences`, { method: "POST", body: new URLSearchParams({ theme: "dark" }), redirect: "manual" });
	assert.equal(sent.status, 403);
	await api("GET", "/api/whoami-v2");
	await done();
});
