// A real Chromium for the tests of the site: pages that watch themselves.
//
// Whatever a test does, its page must not log an error, ask another host, open a dialog or run what a stranger wrote.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const hub = process.env.HF_ENDPOINT;
export const token = process.env.HF_TOKEN;
const shots = process.env.STOA_SCREENSHOTS;
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

let running;

export async function browser() {
	running ??= await chromium.launch({
		executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
		args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-proxy-server"],
	});
	return running;
}

export async function end() {
	await running?.close();
}

/** A window of its own. What went wrong in it is in `faults`, which `done` wants to be empty. */
export async function visitor(options = {}) {
	const context = await (await browser()).newContext({
		viewport: { width: 1280, height: 900 },
		// The policy of pages forbids what the checks of axe need; a test of its own holds pages to the policy.
		bypassCSP: options.bypassCSP ?? false,
		...options,
	});
	const page = await context.newPage();
	const faults = [];
	page.on("console", (message) => {
		if (message.type() === "error" && !options.errorsAllowed) faults.push(`console: ${message.text()} (${page.url()})`);
	});
	page.on("pageerror", (error) => faults.push(`script: ${error.message} (${page.url()})`));
	page.on("dialog", async (dialog) => {
		if (dialog.type() !== "beforeunload") faults.push(`dialog: ${dialog.message()} (${page.url()})`);
		await dialog.accept();
	});
	page.on("request", (request) => {
		const url = request.url();
		if (!url.startsWith(hub) && !/^(data|blob|about|chrome-extension|chrome):/.test(url)) faults.push(`asks ${url} (${page.url()})`);
	});
	const done = async () => {
		await context.close();
		assert.deepEqual(faults, []);
	};
	return { page, context, faults, done };
}

/** Opens a page and wants it to answer with this status. */
export async function open(page, path, status = 200) {
	const answer = await page.goto(hub + path, { waitUntil: "load" });
	assert.equal(answer.status(), status, `${path} answered ${answer.status()}`);
	return answer;
}

/** Wants axe-core to find nothing serious or critical. */
export async function accessible(page, what) {
	assert.deepEqual(await barriers(page), [], `${what} is not accessible`);
}

/** What axe-core finds serious or critical. */
export async function barriers(page) {
	await page.addScriptTag({ path: axe });
	return page.evaluate(async () => {
		const result = await globalThis.axe.run(document, { resultTypes: ["violations"] });
		return result.violations
			.filter(({ impact }) => impact === "serious" || impact === "critical")
			.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
	});
}

/** Keeps a picture of the page where STOA_SCREENSHOTS says. */
export async function picture(page, name) {
	if (!shots) return;
	mkdirSync(shots, { recursive: true });
	await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

/** Asks the API as ada. */
export async function api(method, path, body, headers = {}) {
	const json = typeof body === "object" && body !== null;
	const answer = await fetch(hub + path, {
		method,
		headers: { authorization: `Bearer ${token}`, "content-type": json ? "application/json" : "application/x-ndjson", ...headers },
		body: json ? JSON.stringify(body) : body,
	});
	assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
	return answer;
}

/** Makes a repository of ada's with these files (path to text or bytes). */
export async function repository(name, files, kind = "model") {
	const ask = { type: kind, name };
	if (kind === "space") ask.sdk = "static";
	await api("POST", "/api/repos/create", ask);
	await commit(`ada/${name}`, files, kind);
	return (kind === "model" ? "" : `/${kind}s`) + `/ada/${name}`;
}

export async function commit(id, files, kind = "model", message = "Add files") {
	const lines = [{ key: "header", value: { summary: message, description: "" } }];
	for (const [path, content] of Object.entries(files)) {
		lines.push({ key: "file", value: { path, content: Buffer.from(content).toString("base64"), encoding: "base64" } });
	}
	await api("POST", `/api/${kind}s/${id}/commit/main`, lines.map((line) => JSON.stringify(line)).join("\n"));
}

/** Signs in through the form. */
export async function signIn(page, name, password) {
	await open(page, "/login");
	await page.getByLabel("User name").fill(name);
	await page.getByLabel("Password").fill(password);
	await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
	await page.waitForURL((url) => !url.pathname.startsWith("/login"));
}
