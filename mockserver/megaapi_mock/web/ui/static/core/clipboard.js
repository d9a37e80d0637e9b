// Copying, also on pages that came over plain http from another machine: browsers keep the clipboard's API from those.

/** Copy a text; whether it was. */
export async function copyText(text) {
  const isCopied = await navigator.clipboard?.writeText(text).then(() => true, () => false);
  return isCopied ?? copySelected(text);
}

/** The way from before that API: what is selected is copied. Keys and screen readers are where they were afterwards. */
function copySelected(text) {
  const before = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  area.className = "unseen";
  area.setAttribute("aria-hidden", "true");
  // Nothing outside of an open dialog can be selected.
  (before?.closest("dialog") ?? document.body).append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  before?.focus({ preventScroll: true });
  return isCopied;
}
