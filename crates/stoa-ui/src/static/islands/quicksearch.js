// Search as you type: a list of repositories, people and organizations below the search field (ARIA combobox).
const input = document.querySelector(".search input");
const KINDS = [["models", "", "model"], ["datasets", "datasets/", "dataset"], ["spaces", "spaces/", "space"]];
let list, options = [], active = -1, asked = 0, pending;

function close() {
  if (list) list.hidden = true;
  active = -1;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function choose(index) {
  options.forEach((option, at) => option.element.setAttribute("aria-selected", String(at === index)));
  active = index;
  if (index < 0) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", options[index].element.id);
  options[index].element.scrollIntoView({ block: "nearest" });
}

function show(found) {
  options = [];
  list.replaceChildren();
  const add = (text, kind, href) => {
    const element = document.createElement("li");
    element.role = "option";
    element.id = `found-${options.length}`;
    const name = document.createElement("span");
    name.textContent = text;
    const what = document.createElement("span");
    what.className = "soft small";
    what.textContent = kind;
    element.append(name, what);
    element.addEventListener("mousedown", (event) => { event.preventDefault(); location.href = href; });
    list.append(element);
    options.push({ element, href });
  };
  for (const [plural, prefix, kind] of KINDS) {
    for (const repo of found[plural] ?? []) add(repo.id, kind, `/${prefix}${repo.id}`);
  }
  for (const org of found.orgs ?? []) add(org.name, "organization", `/${org.name}`);
  for (const user of found.users ?? []) add(user.user, "user", `/${user.user}`);
  list.hidden = options.length === 0;
  input.setAttribute("aria-expanded", String(options.length > 0));
  choose(-1);
}

async function ask() {
  const query = input.value.trim();
  if (!query) return close();
  const turn = ++asked;
  try {
    const answer = await fetch(`/api/quicksearch?q=${encodeURIComponent(query)}&limit=5`, { headers: { accept: "application/json" } });
    if (answer.ok && turn === asked) show(await answer.json());
  } catch {
    close(); // no network: the form still works
  }
}

if (input) {
  list = document.createElement("ul");
  list.className = "suggestions";
  list.role = "listbox";
  list.id = "suggestions";
  list.hidden = true;
  list.setAttribute("aria-label", input.labels[0].textContent);
  input.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-controls", "suggestions"], ["aria-autocomplete", "list"], ["aria-expanded", "false"]]) {
    input.setAttribute(name, value);
  }
  input.addEventListener("input", () => { clearTimeout(pending); pending = setTimeout(ask, 120); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return close();
    if (list.hidden) return;
    if (event.key === "ArrowDown") { event.preventDefault(); choose((active + 1) % options.length); }
    if (event.key === "ArrowUp") { event.preventDefault(); choose((active <= 0 ? options.length : active) - 1); }
    if (event.key === "Enter" && active >= 0) { event.preventDefault(); location.href = options[active].href; }
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); input.focus(); }
  });
}
// Menus close when somebody points or types elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
});
