// Asks before somebody leaves a form with what they wrote in it.
const form = document.querySelector("form[data-leave]");
let written = document.querySelector(".notice.bad, [aria-labelledby=preview]") !== null;
form.addEventListener("input", () => { written = true; });
form.addEventListener("submit", () => { written = false; });
addEventListener("beforeunload", (event) => { if (written) event.preventDefault(); });
