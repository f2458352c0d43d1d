// The page that sends files: what was chosen or dropped, how far it is, and what went wrong. `transfer.js` sends it.
const form = document.getElementById("upload");
const at = (id) => document.getElementById(id);
const words = JSON.parse(form.dataset.words);
const say = (key, one = "", two = "") => words[key].replaceAll("{one}", one).replaceAll("{two}", two);
const { Transfer, Refused } = await import(form.dataset.transfer);
const MOST = 20_000;
const ROWS = 300;
const AT_ONCE = 2;
const ASKED = 200;
const COMMIT_BYTES = 100_000_000;
const items = new Map();
let running = null;
let transfer = null;

const size = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "byte", notation: "compact", unitDisplay: "short", maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

// One row per file: name, size, bar, state, a button that takes it off the list.
function row(item) {
  if (item.row || at("list").children.length >= ROWS) return;
  const made = element("li");
  const name = element("bdi", "mono name", item.path);
  const bar = element("progress");
  bar.max = Math.max(item.file.size, 1);
  bar.value = 0;
  bar.setAttribute("aria-label", item.path);
  const state = element("span", "state soft small");
  const remove = element("button", "tiny quiet", say("remove"));
  remove.type = "button";
  remove.setAttribute("aria-label", `${say("remove")}: ${item.path}`);
  remove.addEventListener("click", () => { items.delete(item.key); made.remove(); refresh(); });
  made.append(name, element("span", "soft small numbers", size.format(item.file.size)), bar, state, remove);
  at("list").append(made);
  Object.assign(item, { row: made, bar, state, remove });
  show(item);
}

function show(item) {
  if (item.problem) row(item);
  if (!item.row) return;
  item.row.classList.toggle("bad", Boolean(item.problem));
  item.row.classList.toggle("good", item.step === "done");
  item.state.textContent = item.problem ? say("failed", item.problem) : say(item.step);
  item.bar.value = ["done", "sent", "here", "same"].includes(item.step) ? item.bar.max : item.sent;
}

const step = (item, name, sent = item.sent) => { Object.assign(item, { step: name, sent }); show(item); overall(); };

function overall() {
  if (!running) return;
  let done = 0, all = 0;
  for (const item of items.values()) {
    all += item.file.size + 1;
    done += ["done", "ignored", "same"].includes(item.step) || item.problem ? item.file.size + 1 : item.sent;
  }
  at("overall").max = all;
  at("overall").value = done;
  running.share = all ? done / all : 0;
}

function refresh() {
  at("chosen").hidden = items.size === 0;
  at("start").disabled = items.size === 0 || running !== null;
  const hidden = items.size - at("list").children.length;
  at("more").hidden = hidden <= 0;
  at("more").textContent = say("more", hidden);
}

function add(file, path) {
  const parts = path.split("/").filter(Boolean);
  if (running || parts.includes(".git") || parts.at(-1) === ".DS_Store") return;
  if (items.size >= MOST) return problem(say("many", MOST));
  const key = parts.join("/");
  items.get(key)?.row?.remove();
  const item = { key, path: key, file, step: "waiting", sent: 0 };
  items.set(key, item);
  row(item);
}

function chosen(files) {
  for (const file of files) add(file, file.webkitRelativePath || file.name);
  refresh();
}

async function entries(entry, folder) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => { entry.file(resolve, reject); });
    return add(file, folder + file.name);
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (some.length === 0) return undefined;
    for (const one of some) await entries(one, `${folder}${entry.name}/`);
  }
}

async function dropped(data) {
  const found = [...data.items].map((one) => one.webkitGetAsEntry?.()).filter(Boolean);
  if (found.length === 0) return chosen(data.files);
  for (const entry of found) await entries(entry, "").catch(() => problem(say("unreadable", entry.name)));
  refresh();
}

function problem(text) {
  at("problem").hidden = !text;
  at("problem").textContent = text;
}

const sentence = (error) => (error instanceof Refused ? (error.lost ? say("lost") : error.message) : say("unreadable", ""));

// What ends everything: the person stopped it, signed out, or may not write.
const fatal = (error) => error.name === "AbortError" || error.status === 401 || error.status === 403;

async function sendLarge(item, signal) {
  step(item, "reading", 0);
  try {
    item.sha256 ??= await transfer.sha256(item.file, () => step(item, "reading", 0));
    signal.throwIfAborted();
    if (item.was === item.sha256) return step(item, "same");
    step(item, "sending", 0);
    const needed = await transfer.large(item, signal, (sent) => step(item, "sending", sent));
    step(item, needed ? "sent" : "here", item.file.size);
  } catch (error) {
    if (fatal(error)) throw error;
    item.problem = sentence(error);
    show(item);
  }
  return undefined;
}

async function plan(open, signal) {
  for (let from = 0; from < open.length; from += ASKED) {
    await transfer.plan(open.slice(from, from + ASKED), signal, (item, error) => { item.problem = sentence(error); show(item); });
  }
  for (const item of open) if (item.ignored) step(item, "ignored");
}

// Commits hold so many files and bytes; what is more goes into another.
function commits(ready) {
  const found = [[]];
  let bytes = 0;
  for (const item of ready) {
    const own = item.mode === "lfs" ? 0 : item.file.size;
    if (found.at(-1).length > 0 && (found.at(-1).length >= Number(form.dataset.files) || bytes + own > COMMIT_BYTES)) { found.push([]); bytes = 0; }
    bytes += own;
    found.at(-1).push(item);
  }
  return found.filter((some) => some.length > 0);
}

async function commitAll(signal) {
  const ready = [...items.values()].filter((item) => !item.problem && item.mode && !["done", "ignored", "same"].includes(item.step));
  const parts = commits(ready);
  const summary = at("summary").value.trim() || at("summary").placeholder;
  for (const [number, some] of parts.entries()) {
    for (const item of some) step(item, "committing");
    const title = parts.length > 1 ? `${summary} (${number + 1}/${parts.length})` : summary;
    try {
      await transfer.commit(some, title, at("description").value, signal, () => {});
    } catch (error) {
      for (const item of some) step(item, "waiting", 0);
      throw error;
    }
    for (const item of some) step(item, "done", item.file.size);
  }
  return parts.length;
}

async function run() {
  const controller = new AbortController();
  const { signal } = controller;
  running = { controller, share: 0 };
  const folder = at("folder").value.split("/").map((part) => part.trim()).filter(Boolean).join("/");
  for (const item of items.values()) {
    if (item.step === "done") continue;
    Object.assign(item, { path: folder ? `${folder}/${item.key}` : item.key, problem: "", step: "waiting", sent: 0 });
    show(item);
  }
  transfer ??= new Transfer({ ...form.dataset, proof: document.body.dataset.proof });
  const open = [...items.values()].filter((item) => item.step !== "done");
  await plan(open, signal);
  const large = open.filter((item) => item.mode === "lfs" && !item.ignored && !item.problem);
  const work = async () => { for (let item = large.shift(); item; item = large.shift()) await sendLarge(item, signal); };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return commitAll(signal);
}

function busy(on) {
  for (const field of form.querySelectorAll("input, textarea, #list button")) field.disabled = on;
  at("cancel").hidden = !on;
  at("overall").hidden = !on;
  at("drop").classList.toggle("off", on);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (running || items.size === 0) return;
  problem("");
  at("open").hidden = true;
  at("status").textContent = "";
  const promise = run();
  busy(true);
  refresh();
  const told = setInterval(() => { at("status").textContent = say("overall", percent.format(running?.share ?? 0)); }, 1000);
  try {
    const made = await promise;
    const failed = [...items.values()].filter((item) => item.problem).length;
    const done = [...items.values()].filter((item) => item.step === "done").length;
    at("status").textContent = done ? say("finished", done, made) : say("nothing");
    if (made > 1) at("status").textContent += ` ${say("split", made)}`;
    if (failed) problem(say("again", failed));
    at("open").hidden = done === 0;
    if (failed || !done) return;
    items.clear();
    if (made > 1) at("open").focus(); else location.assign(form.dataset.done);
  } catch (error) {
    at("status").textContent = "";
    problem(error.name === "AbortError" ? say("cancelled") : sentence(error));
  } finally {
    clearInterval(told);
    running = null;
    busy(false);
    refresh();
    at("chosen").hidden = at("list").children.length === 0;
  }
});

at("cancel").addEventListener("click", () => running?.controller.abort());
addEventListener("beforeunload", (event) => { if (running) event.preventDefault(); });
for (const id of ["files", "folder-files"]) at(id).addEventListener("change", (event) => { chosen(event.target.files); event.target.value = ""; });
for (const name of ["dragover", "dragenter"]) addEventListener(name, (event) => { event.preventDefault(); at("drop").classList.add("on"); });
addEventListener("dragleave", (event) => { if (!event.relatedTarget) at("drop").classList.remove("on"); });
addEventListener("drop", (event) => {
  event.preventDefault();
  at("drop").classList.remove("on");
  if (!running) dropped(event.dataTransfer);
});
form.hidden = false;
refresh();
