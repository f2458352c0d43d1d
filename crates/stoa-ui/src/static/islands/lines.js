// Lines of code: `#L7` marks a line and `#L7-L9` several; a click on a number with Shift marks up to there.
const view = document.querySelector("[data-lines]");
const last = view.children.length;

function marked() {
  const found = /^#L(\d+)(?:-L(\d+))?$/.exec(location.hash);
  if (!found) return null;
  const [from, to] = [Number(found[1]), Number(found[2] ?? found[1])];
  return from <= to ? [from, to] : [to, from];
}

function show(scroll) {
  for (const line of view.querySelectorAll(".line.on")) line.classList.remove("on");
  const range = marked();
  if (!range || range[0] < 1) return;
  for (let at = range[0]; at <= Math.min(range[1], last); at += 1) view.children[at - 1].classList.add("on");
  if (scroll && range[1] > range[0]) view.children[Math.min(range[0], last) - 1]?.scrollIntoView({ block: "center" });
}

view.addEventListener("click", (event) => {
  const link = event.target.closest(".line > a");
  const range = marked();
  if (!link || !event.shiftKey || !range) return;
  event.preventDefault();
  const to = Number(link.textContent);
  const [from, end] = to < range[0] ? [to, range[1]] : [range[0], to];
  history.replaceState(null, "", from === end ? `#L${from}` : `#L${from}-L${end}`);
  getSelection()?.removeAllRanges();
  show(false);
});
addEventListener("hashchange", () => show(true));
show(true);
