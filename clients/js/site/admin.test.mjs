// Whoever administers the hub looks after it; everybody else does not learn that these pages exist.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { barriers, end, open, picture, signIn, visitor } from "./browser.mjs";

after(end);

const pages = ["/administration", "/administration/users", "/administration/organizations", "/administration/audit", "/administration/health", "/administration/settings"];

test("an administrator sees users, storage, health and configuration", async () => {
	for (const colorScheme of ["light", "dark"]) {
		const { page, done } = await visitor({ bypassCSP: true, colorScheme });
		await signIn(page, "root", process.env.ROOT_PASSWORD);
		const faults = [];
		for (const path of pages) {
			await open(page, path);
			for (const barrier of await barriers(page)) faults.push(`${path}: ${barrier}`);
			await picture(page, `${path.slice(1).replaceAll("/", "-")}-${colorScheme}`);
		}
		assert.deepEqual(faults, []);
		await done();
	}
});

test("nobody else does", async () => {
	const { page, done } = await visitor({ errorsAllowed: true });
	for (const path of pages) {
		const answer = await open(page, path, 404).catch(() => open(page, path, 401));
		assert.ok([401, 404].includes(answer.status()));
	}
	await done();
});

test("settings are complete and can be used by everybody", async () => {
	const { page, done } = await visitor({ bypassCSP: true });
	await signIn(page, "ada", process.env.PASSWORD);
	const faults = [];
	for (const path of ["/settings/profile", "/settings/account", "/settings/authentication", "/settings/tokens", "/settings/keys", "/settings/organizations", "/organizations/new", "/new", "/new-dataset", "/new-space"]) {
		await open(page, path);
		for (const barrier of await barriers(page)) faults.push(`${path}: ${barrier}`);
		await picture(page, path.slice(1).replaceAll("/", "-"));
	}
	assert.deepEqual(faults, []);
	await done();
});
