// Changes a file of a bucket in places, with what it has on the server: `node edit.mjs BUCKET`. Run by
// `test_buckets.py`. Says how often the server was asked about chunks, and fails when it sent back other bytes.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { argv, env, exit } from "node:process";
import * as hub from "@huggingface/hub";

const repo = { type: "bucket", name: argv[2] };
const ada = { hubUrl: env.HF_ENDPOINT, accessToken: env.HF_TOKEN };
const path = "a.bin";
const asked = [];
const watched = async (url, options) => {
	const answer = await fetch(url, options);
	if (String(url).includes("/file-chunk-hashes/")) asked.push([answer.status, await answer.clone().json()]);
	return answer;
};

let content = randomBytes(3_000_000);
await hub.uploadFile({ repo, ...ada, useXet: true, file: { path, content: new Blob([content]) } });

async function edit(...edits) {
	const originalContent = await hub.downloadFile({ repo, path, ...ada });
	const blobs = edits.map(([start, end, bytes]) => ({ start, end, content: new Blob([bytes]) }));
	const operations = [{ operation: "edit", path, originalContent, edits: blobs }];
	await hub.commit({ repo, ...ada, useXet: true, title: "Edit", operations, fetch: watched });
	for (const [start, end, bytes] of edits.toReversed()) {
		content = Buffer.concat([content.subarray(0, start), bytes, content.subarray(end)]);
	}
	const file = await hub.downloadFile({ repo, path, ...ada });
	assert.ok(content.equals(Buffer.from(await file.arrayBuffer())), `after edit ${asked.length}`);
}

await edit([content.length, content.length, randomBytes(2_000_000)]);
await edit([1_000_000, 1_001_000, randomBytes(1000)]);
await edit([content.length, content.length, randomBytes(500_000)]);
await edit([5, 5, randomBytes(7)], [content.length - 10, content.length, Buffer.alloc(0)]);
await edit([content.length - 100_000, content.length - 90_000, randomBytes(30_000)]);

assert.deepEqual(asked.map(([status]) => status), [200, 200, 200, 200, 200]);
const parts = asked.some(([, { windows, fileSize }]) => windows.every(({ dirtyByteRange: [a, b] }) => b - a < fileSize));
assert.ok(parts, "at least one edit left a part of the file alone");
console.log(`${asked.length} edits`);
// The client leaves answers unread, and their connections would keep this program until the server ends them.
exit();
