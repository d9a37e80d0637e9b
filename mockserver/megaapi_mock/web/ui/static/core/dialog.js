// A dialog in the middle of the page.
import { button, freshId, h } from "./dom.js";
import { rememberFocus } from "./focus.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

/** Open a dialog; it closes by Escape, its button, or `close()`, and gives the focus back. */
export function openDialog(title, children, { onClose = () => undefined } = {}) {
  const name = freshId("dialog");
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": name },
    h("header", {}, h("h2", { id: name }, title), button(t("close"), () => dialog.close(), { kind: "plain", icon: icon("close"), bare: true })),
    h("div", { class: "dialog-body" }, children));
  // The browser gives it back to what had it, which may have been drawn again meanwhile.
  const restore = rememberFocus(document.getElementById("app"));
  dialog.addEventListener("close", () => {
    dialog.remove();
    restore();
    onClose();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** What a dialog asks for: `Enter` in a field does what its button does. */
export function dialogForm(children, submit) {
  const form = h("form", { class: "dialog-form" }, children);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  return form;
}

/** A line for what was refused, or what was done. */
export function outcomeLine() {
  const line = h("p", { class: "outcome", role: "status" });
  line.say = (sentence, bad = false) => {
    line.textContent = sentence;
    line.classList.toggle("bad", bad);
  };
  return line;
}
