// Copies the text of a block of code: a button with `data-copy` copies the `pre` beside it.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const words = button.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const block = button.parentElement.querySelector("pre");
    try {
      await navigator.clipboard.writeText(block.textContent.trimEnd());
      button.textContent = button.dataset.copy;
      setTimeout(() => { button.textContent = words; }, 2000);
    } catch {
      // The browser refused: select the text, so that the keyboard can copy it.
      getSelection().selectAllChildren(block);
    }
  });
}
