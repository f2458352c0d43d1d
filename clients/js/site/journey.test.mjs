// A newcomer: signs up, makes a token and a repository, drops files on it, edits the card, renames and deletes it.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { accessible, end, hub, open, picture, visitor } from "./browser.mjs";

after(end);

test("from signing up to a repository that came and went", async () => {
	const { page, done } = await visitor({ bypassCSP: true });
	const user = `newcomer-${randomUUID().slice(0, 6)}`;
	await open(page, "/");
	await page.getByRole("link", { name: "Sign up" }).first().click();
	await accessible(page, "sign-up");
	await picture(page, "journey-1-sign-up");
	await page.getByLabel("User name").fill(user);
	for (const field of ["password", "again"]) await page.locator(`input[name=${field}]`).fill("correct horse battery staple");
	await page.locator("form[action='/join'] button.main").click();
	await page.waitForURL((url) => url.pathname !== "/join");

	await open(page, "/settings/tokens/new");
	await accessible(page, "new token");
	await picture(page, "journey-2-token");
	await page.locator("main input[name=name]").fill("laptop");
	await page.locator("input[name=role][value=write]").check();
	await page.locator("form[action='/settings/tokens/new'] button.main").click();
	await page.getByText(/hf_[A-Za-z0-9]{40,}/).first().waitFor();
	const shown = await page.locator("main").innerText();
	const token = shown.match(/hf_[A-Za-z0-9]{40,}/)?.[0];
	assert.ok(token, `the token is shown once: ${shown}`);
	const who = await (await fetch(`${hub}/api/whoami-v2`, { headers: { authorization: `Bearer ${token}` } })).json();
	assert.equal(who.name, user);

	await open(page, "/new");
	await accessible(page, "new model");
	await picture(page, "journey-3-new-model");
	await page.locator("input[name=name]").fill("first");
	await page.locator("main form button.main").click();
	await page.waitForURL(`${hub}/${user}/first`);
	await picture(page, "journey-4-empty-model");

	await open(page, `/${user}/first/upload/main`);
	await accessible(page, "upload");
	// Eleven million bytes go by the large files' way; a text goes with the commit.
	const large = Array.from({ length: 11 }, () => "x".repeat(1_000_000)).join("");
	await drop(page, { "weights.bin": large, "notes.txt": "some words\n" });
	await page.getByText("weights.bin").first().waitFor();
	await picture(page, "journey-5-upload");
	await page.locator("#start").click();
	await page.waitForURL((url) => !url.pathname.includes("/upload/"), { timeout: 60_000 });
	const tree = await (await fetch(`${hub}/api/models/${user}/first/tree/main`)).json();
	assert.deepEqual(tree.map(({ path, size }) => [path, size]).filter(([path]) => path !== ".gitattributes" && path !== "README.md"), [["notes.txt", 11], ["weights.bin", 11_000_000]]);
	assert.ok(tree.find(({ path }) => path === "weights.bin").lfs, "a large file is stored as one");

	const card = tree.some(({ path }) => path === "README.md");
	await open(page, card ? `/${user}/first/edit/main/README.md` : `/${user}/first/new/main?path=README.md`);
	await accessible(page, "editor");
	await page.locator("textarea").first().fill("---\nlicense: mit\n---\n# My first model\n\nIt has **words**.\n");
	await picture(page, "journey-6-editor");
	await page.locator("button[name=do][value=commit]").click();
	await page.waitForURL((url) => !/\/(edit|new)\//.test(url.pathname));
	await open(page, `/${user}/first`);
	await page.getByRole("heading", { name: "My first model" }).waitFor();
	await picture(page, "journey-7-card");

	await open(page, `/${user}/first/settings`);
	await accessible(page, "repository settings");
	await picture(page, "journey-8-settings");
	const rename = page.locator("form[action$='/settings/move']");
	await rename.locator("input[name=name]").fill("second");
	await rename.getByRole("button").click();
	await page.waitForURL((url) => url.pathname.startsWith(`/${user}/second`));
	await open(page, `/${user}/first`);
	assert.equal(new URL(page.url()).pathname, `/${user}/second`, "the old address leads to the new one");

	await open(page, `/${user}/second/settings`);
	const remove = page.locator("form[action$='/settings/delete']");
	await page.locator("details.confirm", { has: remove }).locator("summary").click();
	await remove.locator("input[name=confirm]").fill(`${user}/second`);
	await remove.getByRole("button").click();
	await page.waitForURL((url) => !url.pathname.includes("second"));
	const gone = await fetch(`${hub}/api/models/${user}/second`, { headers: { authorization: `Bearer ${token}` } });
	assert.equal(gone.status, 404);

	await open(page, "/settings/authentication");
	await accessible(page, "sessions");
	await picture(page, "journey-9-sessions");
	await page.locator("details.account summary").click();
	await page.locator("details.account form[action='/logout'] button").click();
	await page.waitForURL(`${hub}/`);
	await page.getByRole("link", { name: "Sign in" }).first().waitFor();
	await done();
});

/** Drops files on the page, as somebody does who drags them from a folder. */
async function drop(page, files) {
	const data = await page.evaluateHandle((files) => {
		const data = new DataTransfer();
		for (const [name, text] of Object.entries(files)) data.items.add(new File([text], name));
		return data;
	}, files);
	const target = page.locator("[data-drop]").first();
	for (const event of ["dragenter", "dragover", "drop"]) await target.dispatchEvent(event, { dataTransfer: data });
}
