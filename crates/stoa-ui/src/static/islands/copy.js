// Copies text: a button with `data-copy` copies its `data-copy-text`, or else the `pre` beside it.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const label = button.lastChild;
  const words = label.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const block = button.parentElement.querySelector("pre");
    try {
      await navigator.clipboard.writeText(button.dataset.copyText ?? block.textContent.trimEnd());
      label.textContent = button.dataset.copy;
      setTimeout(() => { label.textContent = words; }, 2000);
    } catch {
      // The browser refused: select the text, so that the keyboard can copy it.
      if (block) getSelection().selectAllChildren(block);
    }
  });
}
