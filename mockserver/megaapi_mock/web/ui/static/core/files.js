// Files that leave and enter the page.

/** Let the user keep a text as a file. */
export function saveFile(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** The text of a file the user picks; null when none was picked. */
export function pickText(accept) {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = accept;
    input.addEventListener("change", async () => resolve(input.files[0] ? input.files[0].text() : null));
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  });
}
