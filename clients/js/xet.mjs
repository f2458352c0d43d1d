// Sends a file with Xet and fetches it with Xet: `node xet.mjs REPO FROM TO`. Run by `test_xet.py`.

import { readFile, writeFile } from "node:fs/promises";
import { argv, env } from "node:process";
import * as hub from "@huggingface/hub";

const [repo, from, to] = argv.slice(2);
const ada = { hubUrl: env.HF_ENDPOINT, accessToken: env.HF_TOKEN };

await hub.uploadFile({ repo, ...ada, useXet: true, file: { path: "a.bin", content: new Blob([await readFile(from)]) } });
const file = await hub.downloadFile({ repo, path: "a.bin", xet: true, ...ada });
await writeFile(to, new Uint8Array(await file.arrayBuffer()));
