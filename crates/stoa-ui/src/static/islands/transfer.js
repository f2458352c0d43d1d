// How files get to the hub: which are large, where each goes, and the commit that ends it. Knows nothing of the page.
const TRIES = 6;
const AT_ONCE = 3;
const SAMPLE = 512;
const KEPT = "stoa-uploads";
const KEPT_FILES = 20;
const KEPT_CHARACTERS = 2_000_000;

// What went wrong, in a sentence; `lost`: the connection, not the request.
export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
    this.lost = status === 0;
  }
}

const pause = (ms, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
});

// One request, with progress. Answers `{ status, headers, text }`.
function once(method, url, { body, headers = {}, signal, sent = () => {} }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    const end = (then) => { signal.removeEventListener("abort", stop); then(); };
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => sent(event.loaded);
    request.onload = () => end(() => resolve({ status: request.status, etag: request.getResponseHeader("etag"), wait: Number(request.getResponseHeader("retry-after")), text: request.responseText }));
    request.onerror = () => end(() => reject(new Refused("", 0)));
    request.ontimeout = request.onerror;
    request.onabort = () => end(() => reject(signal.reason ?? new Refused("", 0)));
    signal.throwIfAborted();
    signal.addEventListener("abort", stop);
    request.send(body);
  });
}

function sentence({ status, text }) {
  try {
    const answer = JSON.parse(text);
    return answer.error ?? answer.message ?? `HTTP ${status}`;
  } catch {
    return `HTTP ${status}`;
  }
}

// A request that is tried again while the fault may pass: no connection, too many requests, a hub that is busy.
export async function send(method, url, options) {
  for (let tried = 1; ; tried += 1) {
    let answer;
    try {
      answer = await once(method, url, options);
    } catch (error) {
      if (!(error instanceof Refused) || tried === TRIES) throw error;
    }
    if (answer && answer.status < 300) return answer;
    const passing = !answer || answer.status === 429 || answer.status >= 500;
    if (!passing || tried === TRIES) throw new Refused(sentence(answer), answer.status);
    options.sent?.(0);
    const wait = answer?.wait > 0 ? Math.min(answer.wait, 60) * 1000 : 500 * 2 ** tried;
    await pause(wait * (0.75 + Math.random() / 2), options.signal);
  }
}

export class Transfer {
  constructor({ api, lfs, revision, proof, worker }) {
    Object.assign(this, { api, lfs, revision, proof });
    this.worker = new Worker(worker, { type: "module" });
    this.asked = new Map();
    this.worker.onmessage = ({ data }) => {
      const { resolve, reject, read } = this.asked.get(data.id) ?? {};
      if (data.read !== undefined) return read?.(data.read);
      this.asked.delete(data.id);
      if (data.sha256) resolve?.(data.sha256); else reject?.(new Error(data.error));
    };
  }

  json(url, value, signal, type = "application/json") {
    const headers = { "content-type": type, accept: type, "x-csrf-token": this.proof };
    return send("POST", url, { body: JSON.stringify(value), headers, signal }).then(({ text }) => JSON.parse(text));
  }

  sha256(file, read) {
    const id = this.asked.size === 0 ? 1 : Math.max(...this.asked.keys()) + 1;
    return new Promise((resolve, reject) => {
      this.asked.set(id, { resolve, reject, read });
      this.worker.postMessage({ id, file });
    });
  }

  // Asks what to do with each of some items. Where the hub refuses them together, it is asked about halves, so that the
  // sentence is about one.
  async plan(items, signal, refused) {
    const files = await Promise.all(items.map(async ({ path, file }) => {
      const sample = new Uint8Array(await file.slice(0, SAMPLE).arrayBuffer());
      return { path, size: file.size, sample: btoa(String.fromCharCode(...sample)) };
    }));
    try {
      const answer = await this.json(`${this.api}/preupload/${this.revision}`, { files }, signal);
      items.forEach((item, at) => Object.assign(item, { mode: answer.files[at].uploadMode, ignored: answer.files[at].shouldIgnore, was: answer.files[at].oid }));
    } catch (error) {
      if (!(error instanceof Refused) || error.lost || error.status >= 500 || error.status === 401 || error.status === 403) throw error;
      if (items.length === 1) return refused(items[0], error);
      const half = Math.ceil(items.length / 2);
      await this.plan(items.slice(0, half), signal, refused);
      await this.plan(items.slice(half), signal, refused);
    }
  }

  // Sends a large file whose SHA-256 is known. Answers whether bytes had to be sent.
  async large({ file, sha256 }, signal, sent) {
    const begun = this.kept(sha256);
    if (begun) {
      try {
        await this.parts(begun, file, sha256, signal, sent);
        return true;
      } catch (error) {
        if (!(error instanceof Refused) || error.lost || error.status >= 500) throw error;
        this.keep(sha256, null); // given up by the hub, or too old: from the beginning
      }
    }
    const ask = { operation: "upload", transfers: ["basic", "multipart"], hash_algo: "sha256", objects: [{ oid: sha256, size: file.size }] };
    const [object] = (await this.json(this.lfs, ask, signal, "application/vnd.git-lfs+json")).objects;
    if (object.error) throw new Refused(object.error.message, object.error.code);
    const upload = object.actions?.upload;
    if (!upload) return false;
    const size = Number(upload.header?.chunk_size);
    if (!size) {
      await send("PUT", upload.href, { body: file, signal, sent });
      return true;
    }
    const urls = Object.keys(upload.header).filter((key) => /^\d+$/.test(key)).sort((a, b) => a - b).map((key) => upload.header[key]);
    const until = Date.now() + (upload.expires_in - 300) * 1000;
    await this.parts({ href: upload.href, size, urls, until, etags: {} }, file, sha256, signal, sent);
    return true;
  }

  // Sends the parts that are missing and joins them.
  async parts(upload, file, sha256, signal, sent) {
    const loaded = new Map(Object.keys(upload.etags).map((part) => [Number(part), upload.size]));
    const tell = () => sent(Math.min(file.size, [...loaded.values()].reduce((sum, bytes) => sum + bytes, 0)));
    const missing = upload.urls.map((_, at) => at + 1).filter((part) => !upload.etags[part]);
    tell();
    const work = async () => {
      for (let part = missing.shift(); part; part = missing.shift()) {
        const body = file.slice((part - 1) * upload.size, part * upload.size);
        const { etag } = await send("PUT", upload.urls[part - 1], { body, signal, sent: (bytes) => { loaded.set(part, bytes); tell(); } });
        loaded.set(part, body.size);
        upload.etags[part] = etag;
        this.keep(sha256, upload);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const parts = upload.urls.map((_, at) => ({ partNumber: at + 1, etag: upload.etags[at + 1] }));
    await send("POST", upload.href, { body: JSON.stringify({ oid: sha256, parts }), headers: { "content-type": "application/json" }, signal });
    this.keep(sha256, null);
  }

  all() {
    try { return JSON.parse(localStorage.getItem(KEPT)) ?? {}; } catch { return {}; }
  }

  kept(sha256) {
    const upload = this.all()[`${this.api} ${sha256}`];
    return upload?.until > Date.now() ? upload : null;
  }

  // Remembers which parts went up, so that the same file goes on from there after a reload.
  keep(sha256, upload) {
    const all = this.all();
    delete all[`${this.api} ${sha256}`];
    if (upload) all[`${this.api} ${sha256}`] = upload;
    let entries = Object.entries(all).filter(([, one]) => one.until > Date.now()).slice(-KEPT_FILES);
    let text = JSON.stringify(Object.fromEntries(entries));
    while (text.length > KEPT_CHARACTERS && entries.length > 0) {
      entries = entries.slice(1);
      text = JSON.stringify(Object.fromEntries(entries));
    }
    try { localStorage.setItem(KEPT, text); } catch { /* no room: then it is not remembered */ }
  }

  // Commits items: regular ones with their bytes, large ones by name.
  async commit(items, summary, description, signal, sent) {
    const pieces = [`${JSON.stringify({ key: "header", value: { summary, description } })}\n`];
    for (const { path, file, mode, sha256 } of items) {
      const value = mode === "lfs" ? { path, algo: "sha256", oid: sha256, size: file.size } : { path, encoding: "base64", content: await base64(file) };
      pieces.push(`${JSON.stringify({ key: mode === "lfs" ? "lfsFile" : "file", value })}\n`);
    }
    const headers = { "content-type": "application/x-ndjson", "x-csrf-token": this.proof };
    const { text } = await send("POST", `${this.api}/commit/${this.revision}`, { body: new Blob(pieces), headers, signal, sent });
    return JSON.parse(text).commitOid;
  }
}

async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x6000) text += btoa(String.fromCharCode(...bytes.subarray(at, at + 0x6000)));
  return text;
}
