// `@huggingface/hub`, as JavaScript programs use it. Run by `test_huggingface_js.py`.

import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import * as hub from "@huggingface/hub";

const hubUrl = process.env.HF_ENDPOINT;
const ada = { hubUrl, accessToken: process.env.HF_TOKEN };
const bob = { hubUrl, accessToken: process.env.BOB_TOKEN };
const nobody = { hubUrl };

const binary = new Uint8Array(100_000).map((_, index) => (index * 7919) % 251);
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const bytesOf = async (blob) => new Uint8Array(await blob.arrayBuffer());
const blob = (content) => new Blob([content]);
const all = async (generator) => {
	const items = [];
	for await (const item of generator) items.push(item);
	return items;
};
const status = (code) => (error) => error instanceof hub.HubApiError && error.statusCode === code;

async function newRepo(type = "model", options = {}) {
	const repo = { type, name: `ada/js-${randomUUID().slice(0, 8)}` };
	await hub.createRepo({ repo, ...ada, ...options });
	return repo;
}

async function withFiles(type = "model") {
	const repo = await newRepo(type);
	await hub.uploadFiles({
		repo,
		...ada,
		useXet: false,
		commitTitle: "Add files",
		files: [
			{ path: "a.txt", content: blob("hello\n") },
			{ path: "x/b.json", content: blob("{}") },
			{ path: "x/weights.bin", content: blob(binary) },
		],
	});
	return repo;
}

test("whoAmI names the user and the token", async () => {
	const me = await hub.whoAmI(ada);
	assert.equal(me.name, "ada");
	assert.equal(me.type, "user");
	assert.equal(me.auth.accessToken.role, "write");
	assert.ok(me.auth.accessToken.createdAt instanceof Date);
	await assert.rejects(hub.whoAmI({ hubUrl, accessToken: "hf_" + "x".repeat(34) }), status(401));
});

for (const type of ["model", "dataset", "space"]) {
	test(`createRepo and deleteRepo of a ${type}`, async () => {
		const name = `ada/js-${randomUUID().slice(0, 8)}`;
		const repo = { type, name };
		const created = await hub.createRepo({ repo, ...ada });
		const prefix = type === "model" ? "" : `${type}s/`;
		assert.equal(created.repoUrl, `${hubUrl}/${prefix}${name}`);
		assert.match(created.id, /^[0-9a-f]{24}$/);
		assert.equal(await hub.repoExists({ repo, ...nobody }), true);
		await assert.rejects(hub.createRepo({ repo, ...ada }), status(409));
		await assert.rejects(hub.deleteRepo({ repo, ...bob }), status(403));
		await hub.deleteRepo({ repo, ...ada });
		assert.equal(await hub.repoExists({ repo, ...ada }), false);
	});
}

test("createRepo with first files", async () => {
	const repo = await newRepo("model", { files: [{ path: "first.txt", content: blob("first") }], license: "mit" });
	assert.equal(await (await hub.downloadFile({ repo, path: "first.txt", ...ada })).text(), "first");
	assert.equal(await hub.countCommits({ repo, ...ada }), 2, "the initial commit and the files");
});

test("private repositories are for their owner", async () => {
	const repo = await newRepo("model", { visibility: "private" });
	await hub.checkRepoAccess({ repo, ...ada });
	await assert.rejects(hub.checkRepoAccess({ repo, ...bob }), status(404));
	await assert.rejects(hub.checkRepoAccess({ repo, ...nobody }), status(401));
	assert.equal(await hub.repoExists({ repo, ...bob }), false);
	await assert.rejects(all(hub.listFiles({ repo, ...bob })), status(404));
});

for (const type of ["model", "dataset", "space"]) {
	test(`files of a ${type} go up and come down`, async () => {
		const repo = await withFiles(type);
		assert.deepEqual(await bytesOf(await hub.downloadFile({ repo, path: "x/weights.bin", ...ada })), binary);
		assert.equal(await (await hub.downloadFile({ repo, path: "a.txt", ...nobody })).text(), "hello\n");
		assert.equal(await hub.downloadFile({ repo, path: "no.txt", ...ada }), null);
		assert.equal(await hub.fileExists({ repo, path: "a.txt", ...ada }), true);
		assert.equal(await hub.fileExists({ repo, path: "no.txt", ...ada }), false);
	});
}

test("without being told, uploads use what the server offers", async () => {
	const repo = await newRepo();
	const done = await hub.uploadFile({ repo, ...ada, file: { path: "w.safetensors", content: blob(binary) } });
	assert.match(done.commit.oid, /^[0-9a-f]{40}$/);
	assert.ok(done.commit.url.startsWith(hubUrl));
	const [info] = await hub.pathsInfo({ repo, paths: ["w.safetensors"], ...ada });
	assert.equal(info.lfs.oid, sha256(binary));
});

test("large files go up in parts", async () => {
	const repo = await newRepo();
	const large = new Uint8Array(40 * 2 ** 20 + 7);
	for (let start = 0; start < large.length; start += binary.length)
		large.set(binary.subarray(0, large.length - start), start);
	await hub.uploadFile({ repo, ...ada, file: { path: "large.bin", content: blob(large) } });
	const [info] = await hub.pathsInfo({ repo, paths: ["large.bin"], ...ada });
	assert.equal(info.lfs.oid, sha256(large));
	const down = await bytesOf(await hub.downloadFile({ repo, path: "large.bin", ...ada }));
	assert.equal(sha256(down), sha256(large));
});

test("files from disk and a folder go up", async () => {
	const repo = await newRepo("dataset");
	const folder = await mkdtemp(join(tmpdir(), "stoa-js-"));
	await writeFile(join(folder, "one.txt"), "1");
	await writeFile(join(folder, "two.parquet"), binary);
	await hub.uploadFiles({ repo, ...ada, files: [pathToFileURL(folder + "/")] });
	const paths = (await all(hub.listFiles({ repo, recursive: true, ...ada }))).map((file) => file.path);
	assert.ok(paths.some((path) => path.endsWith("one.txt")), paths.join());
	assert.ok(paths.some((path) => path.endsWith("two.parquet")));
});

test("parts of files are read", async () => {
	const repo = await withFiles();
	const file = await hub.downloadFile({ repo, path: "x/weights.bin", ...ada });
	assert.equal(file.size, binary.length);
	assert.deepEqual(await bytesOf(file.slice(1_000, 2_000)), binary.slice(1_000, 2_000));
});

test("fileDownloadInfo knows size and hash", async () => {
	const repo = await withFiles();
	const large = await hub.fileDownloadInfo({ repo, path: "x/weights.bin", ...ada });
	assert.equal(large.size, binary.length);
	assert.equal(large.etag.replaceAll('"', ""), sha256(binary));
	assert.match(large.xet.hash, /^[0-9a-f]{64}$/);
	const small = await hub.fileDownloadInfo({ repo, path: "a.txt", ...ada });
	assert.equal(small.size, 6);
	assert.equal(small.etag.replaceAll('"', ""), "ce013625030ba8dba906f756967f9e9ca394464a");
	const raw = await hub.fileDownloadInfo({ repo, path: "x/weights.bin", raw: true, ...ada });
	assert.ok(raw.size < 200, "raw is the pointer");
	assert.equal(await hub.fileDownloadInfo({ repo, path: "no.txt", ...ada }), null);
});

test("listFiles lists one level or all", async () => {
	const repo = await withFiles();
	const top = (await all(hub.listFiles({ repo, ...nobody }))).map((file) => file.path);
	assert.deepEqual(top.sort(), [".gitattributes", "a.txt", "x"]);
	const inside = await all(hub.listFiles({ repo, path: "x", expand: true, ...nobody }));
	assert.deepEqual(inside.map((file) => file.path).sort(), ["x/b.json", "x/weights.bin"]);
	assert.ok(inside.every((file) => file.lastCommit.title === "Add files"));
	const everything = await all(hub.listFiles({ repo, recursive: true, ...nobody }));
	assert.equal(everything.length, 5);
	const weights = everything.find((file) => file.path === "x/weights.bin");
	assert.equal(weights.lfs.oid, sha256(binary));
	assert.equal(weights.size, binary.length);
	await assert.rejects(all(hub.listFiles({ repo, path: "no", ...nobody })), status(404));
});

test("pathsInfo leaves out what is missing", async () => {
	const repo = await withFiles();
	const found = await hub.pathsInfo({ repo, paths: ["a.txt", "x", "no"], expand: true, ...ada });
	assert.deepEqual(found.map((info) => [info.path, info.type]).sort(), [["a.txt", "file"], ["x", "directory"]]);
	assert.equal(found[0].lastCommit.title, "Add files");
});

test("commit adds, edits and deletes", async () => {
	const repo = await withFiles();
	const original = await hub.downloadFile({ repo, path: "a.txt", ...ada });
	const done = await hub.commit({
		repo,
		...ada,
		title: "Everything",
		description: "Because.",
		operations: [
			{ operation: "addOrUpdate", path: "new.txt", content: blob("new") },
			{ operation: "edit", path: "a.txt", originalContent: original, edits: [{ start: 0, end: 1, content: blob("J") }] },
			{ operation: "delete", path: "x/b.json" },
		],
	});
	const paths = (await all(hub.listFiles({ repo, recursive: true, ...ada }))).map((file) => file.path);
	assert.deepEqual(paths.sort(), [".gitattributes", "a.txt", "new.txt", "x", "x/weights.bin"]);
	assert.equal(await (await hub.downloadFile({ repo, path: "a.txt", ...ada })).text(), "Jello\n");
	const commits = await all(hub.listCommits({ repo, ...ada }));
	assert.deepEqual(commits.map((commit) => commit.title), ["Everything", "Add files", "initial commit"]);
	assert.equal(commits[0].oid, done.commit.oid);
	assert.equal(commits[0].message, "Because.");
	assert.equal(commits[0].authors[0].username, "ada");
	assert.ok(Math.abs(Date.now() - commits[0].date) < 300_000);
	assert.equal(await hub.countCommits({ repo, ...ada }), 3);
});

test("commit onto another parent is refused", async () => {
	const repo = await newRepo();
	const [{ oid: parentCommit }] = await all(hub.listCommits({ repo, ...ada }));
	const write = (text) =>
		hub.uploadFile({ repo, ...ada, parentCommit, file: { path: "a.txt", content: blob(text) } });
	await write("1");
	await assert.rejects(write("2"), status(412));
});

test("a folder is deleted like a file", async () => {
	const repo = await withFiles();
	await hub.deleteFiles({ repo, paths: ["x", "a.txt"], ...ada });
	assert.deepEqual((await all(hub.listFiles({ repo, ...ada }))).map((file) => file.path), [".gitattributes"]);
});

test("branches", async () => {
	const repo = await withFiles();
	await hub.createBranch({ repo, branch: "side", ...ada });
	await hub.uploadFile({ repo, branch: "side", ...ada, file: { path: "a.txt", content: blob("side") } });
	assert.equal(await (await hub.downloadFile({ repo, path: "a.txt", revision: "side", ...ada })).text(), "side");
	assert.equal(await (await hub.downloadFile({ repo, path: "a.txt", ...ada })).text(), "hello\n");
	await assert.rejects(hub.createBranch({ repo, branch: "side", ...ada }), status(409));
	await hub.createBranch({ repo, branch: "side", overwrite: true, ...ada });
	assert.equal(await (await hub.downloadFile({ repo, path: "a.txt", revision: "side", ...ada })).text(), "hello\n");
	await hub.createBranch({ repo, branch: "bare", empty: true, ...ada });
	assert.equal(await hub.downloadFile({ repo, path: "a.txt", revision: "bare", ...ada }), null);
	await hub.deleteBranch({ repo, branch: "side", ...ada });
	await assert.rejects(all(hub.listFiles({ repo, revision: "side", ...ada })), status(404));
});

test("information and lists", async () => {
	const word = `list${randomUUID().slice(0, 8)}`;
	for (const [type, list, info] of [
		["model", hub.listModels, hub.modelInfo],
		["dataset", hub.listDatasets, hub.datasetInfo],
		["space", hub.listSpaces, hub.spaceInfo],
	]) {
		for (const number of [1, 2, 3]) await hub.createRepo({ repo: { type, name: `ada/${word}-${number}` }, ...ada });
		const found = await all(list({ search: { query: word, owner: "ada" }, additionalFields: ["sha", "tags"], ...ada }));
		assert.deepEqual(found.map((item) => item.name).sort(), [1, 2, 3].map((number) => `ada/${word}-${number}`));
		assert.match(found[0].id, /^[0-9a-f]{24}$/);
		assert.equal(found[0].likes, 0);
		assert.ok(found[0].updatedAt.getTime() > 0);
		assert.match(found[0].sha, /^[0-9a-f]{40}$/);
		const one = await info({ name: `ada/${word}-1`, additionalFields: ["author"], ...ada });
		assert.equal(one.name, `ada/${word}-1`);
		assert.equal(one.author, "ada");
		assert.equal(one.private, false);
	}
	assert.equal((await all(hub.listModels({ search: { query: word }, limit: 2, ...ada }))).length, 2);
});

test("a snapshot on disk is the repository", async () => {
	const repo = await withFiles();
	const cacheDir = await mkdtemp(join(tmpdir(), "stoa-js-"));
	const folder = await hub.snapshotDownload({ repo, cacheDir, ...ada });
	assert.equal(await readFile(join(folder, "a.txt"), "utf8"), "hello\n");
	assert.deepEqual(new Uint8Array(await readFile(join(folder, "x/weights.bin"))), binary);
});

test("parseSafetensorsMetadata counts parameters", async () => {
	const header = JSON.stringify({ w: { dtype: "F32", shape: [3, 5], data_offsets: [0, 60] } });
	const file = new Uint8Array(8 + header.length + 60);
	new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
	file.set(new TextEncoder().encode(header), 8);
	const repo = await newRepo();
	await hub.uploadFile({ repo, ...ada, file: { path: "model.safetensors", content: blob(file) } });
	const found = await hub.parseSafetensorsMetadata({ repo, computeParametersCount: true, ...ada });
	assert.deepEqual(found.parameterCount, { F32: 15 });
});

test("errors carry the server's words and a request id", async () => {
	await assert.rejects(hub.modelInfo({ name: "ada/no-such-repo", ...ada }), (error) => {
		assert.equal(error.statusCode, 404);
		assert.match(error.message, /not found/i);
		assert.ok(error.requestId);
		return true;
	});
});
