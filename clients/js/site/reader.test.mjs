// Somebody without an account reads what is on the hub: every kind of page, wide and narrow, light and dark, with and
// without scripts.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, barriers, commit, end, hub, open, picture, repository, visitor } from "./browser.mjs";

const name = `reader-${process.pid}`;
const card = `---
license: apache-2.0
language: [en, it]
pipeline_tag: text-generation
library_name: transformers
tags: [quiet, small]
base_model: ada/some-base
co2_eq_emissions: 12.5
---
# A model for tests

It says **what it is** and $E = mc^2$, and

\`\`\`python
from transformers import pipeline
print(pipeline("text-generation", model="ada/x")("Hello"))
\`\`\`

## Results

| task | score |
|---|---:|
| one | 0.91 |
| two | 0.87 |

- [x] done
- [ ] not yet
`;
const code = Array.from({ length: 40 }, (_, line) => `def f${line}(x):\n    return x + ${line}  # line ${line}`).join("\n");
let paths;

before(async () => {
	const model = await repository(name, {
		"README.md": card,
		"train.py": code,
		"data/table.csv": "name,age\nAda,36\nBob,41\n",
		"data/rows.jsonl": '{"a":1}\n{"a":2}\n',
		"config.json": JSON.stringify({ architectures: ["LlamaForCausalLM"], model_type: "llama" }),
		"notes.ipynb": JSON.stringify({
			nbformat: 4, nbformat_minor: 5, metadata: { kernelspec: { name: "python3", language: "python" } },
			cells: [
				{ cell_type: "markdown", metadata: {}, source: "# Notes" },
				{ cell_type: "code", metadata: {}, execution_count: 1, source: "print(1)", outputs: [{ output_type: "stream", name: "stdout", text: "1\n" }] },
			],
		}),
		"drawing.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="15"/></svg>',
	});
	await commit(`ada/${name}`, { "train.py": `${code}\nprint("more")\n`, "extra.txt": "new\n" }, "model", "Print more");
	const dataset = await repository(`${name}-data`, { "README.md": "---\nlicense: mit\nsize_categories: [n<1K]\n---\n# Rows\n", "train.csv": "a,b\n1,2\n" }, "dataset");
	const space = await repository(`${name}-space`, { "index.html": "<h1>Hi</h1>" }, "space");
	const head = (await (await fetch(`${hub}/api/models/ada/${name}/commits/main`)).json())[0].id;
	paths = {
		home: "/",
		models: "/models",
		"models-filtered": "/models?license=apache-2.0&sort=likes",
		datasets: "/datasets",
		spaces: "/spaces",
		search: `/search?q=${name}`,
		model,
		dataset,
		space,
		person: "/ada",
		tree: `${model}/tree/main`,
		folder: `${model}/tree/main/data`,
		code: `${model}/blob/main/train.py`,
		markdown: `${model}/blob/main/README.md`,
		table: `${model}/blob/main/data/table.csv`,
		rows: `${model}/blob/main/data/rows.jsonl`,
		notebook: `${model}/blob/main/notes.ipynb`,
		image: `${model}/blob/main/drawing.svg`,
		history: `${model}/commits/main`,
		commit: `${model}/commit/${head}`,
		docs: "/docs",
		course: "/docs/course",
		login: "/login",
		preferences: "/preferences",
	};
});

after(end);

for (const [look, options] of Object.entries({
	light: { colorScheme: "light" },
	dark: { colorScheme: "dark" },
	phone: { colorScheme: "light", viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
	"phone-dark": { colorScheme: "dark", viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
})) {
	test(`every page can be read by everybody: ${look}`, async () => {
		const { page, done } = await visitor({ ...options, bypassCSP: true });
		const faults = [];
		for (const [what, path] of Object.entries(paths)) {
			await open(page, path);
			// What somebody wrote may have headings of its own.
			assert.ok(await page.locator("h1").count() >= 1, `${what} has a heading of the first rank`);
			const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
			if (wide > 1) faults.push(`${what} scrolls sideways by ${wide} pixels`);
			await picture(page, `${what}-${look}`);
			for (const barrier of await barriers(page)) faults.push(`${what}: ${barrier}`);
		}
		assert.deepEqual(faults, []);
		await done();
	});
}

test("every page obeys its own policy and moves nothing after it is drawn", async () => {
	const { page, done } = await visitor();
	await page.addInitScript(() => {
		globalThis.moved = 0;
		new PerformanceObserver((list) => {
			for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.moved += entry.value;
		}).observe({ type: "layout-shift", buffered: true });
	});
	for (const [what, path] of Object.entries(paths)) {
		await open(page, path);
		await page.evaluate(() => new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then))));
		const moved = await page.evaluate(() => globalThis.moved);
		assert.ok(moved < 0.02, `${what} moves by ${moved}`);
	}
	await done();
});

test("every page can be read without scripts", async () => {
	const { page, done } = await visitor({ javaScriptEnabled: false });
	for (const [what, path] of Object.entries(paths)) {
		await open(page, path);
		assert.ok((await page.locator("main").innerText()).trim().length > 20, `${what} is empty`);
	}
	await open(page, paths.models);
	await page.getByRole("searchbox", { name: "Filter by name" }).fill(name);
	await page.getByRole("main").getByRole("button", { name: "Search" }).click();
	await page.getByRole("main").getByRole("link", { name: new RegExp(`ada/${name}`) }).first().click();
	assert.equal(new URL(page.url()).pathname, paths.model);
	await page.getByRole("link", { name: "Files", exact: true }).click();
	await page.getByRole("link", { name: "train.py", exact: true }).click();
	assert.match(await page.locator("main").innerText(), /def f39/);
	await done();
});

test("a first visit transfers at most 60 KB", async () => {
	for (const what of ["home", "models", "model", "tree", "code"]) {
		const { page, context, done } = await visitor();
		const session = await context.newCDPSession(page);
		await session.send("Network.enable");
		const kinds = new Map();
		let bytes = 0;
		session.on("Network.responseReceived", ({ requestId, type }) => kinds.set(requestId, type));
		session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
			if (kinds.get(requestId) !== "Image") bytes += encodedDataLength;
		});
		await open(page, paths[what]);
		await page.waitForLoadState("networkidle");
		console.log(`# ${what}: ${(bytes / 1000).toFixed(1)} KB`);
		assert.ok(bytes <= 60_000, `${what} transfers ${bytes} bytes`);
		await done();
	}
});

test("search suggests while somebody types, and the keyboard is enough", async () => {
	const { page, done } = await visitor();
	await open(page, "/");
	await page.keyboard.press("Tab");
	assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
	await page.keyboard.press("Enter");
	assert.equal(await page.evaluate(() => document.activeElement.id), "content");
	await page.keyboard.press("/");
	await page.keyboard.type(name);
	await page.getByRole("option").first().waitFor();
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("Enter");
	await page.waitForURL((url) => url.pathname.startsWith(`/ada/${name}`) || url.pathname.includes(name));
	await done();
});

test("pages that are not there say so", async () => {
	for (const [path, status] of [["/ada/nothing-here", 401], ["/nobody-of-this-name", 404], ["/docs/nothing", 404], [`/ada/${name}/tree/no-such-branch`, 404], [`/ada/${name}/blob/main/none.txt`, 404]]) {
		const { page, done } = await visitor({ bypassCSP: true, errorsAllowed: true });
		await open(page, path, status);
		assert.equal(await page.locator("h1").count(), 1);
		await accessible(page, path);
		await picture(page, `problem-${status}`);
		await done();
	}
});

test("the language of the browser is spoken", async () => {
	for (const [locale, word] of [["it-IT", "Modelli"], ["fr-FR", "Modèles"], ["de-DE", "Models"]]) {
		const { page, done } = await visitor({ locale });
		await open(page, "/models");
		assert.equal(await page.locator("h1").innerText(), word);
		await done();
	}
});
