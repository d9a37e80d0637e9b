// A sheet over the screen of a phone: rows to choose from, or a small form.
import { button, freshId, h } from "../core/dom.js";
import { focusOn, isFocusLost, rememberFocus } from "../core/focus.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";

/**
 * Open a sheet over `screen`. It closes by Escape, a tap beside it, its button, or `close()`; the
 * focus returns to what opened it, or else `leave` places it.
 */
export function openSheet(screen, title, children, leave) {
  const name = freshId("sheet");
  const restore = rememberFocus(screen);
  const sheet = h("div", { class: "sheet-backdrop" });
  sheet.close = () => {
    if (!sheet.isConnected) return;
    sheet.remove();
    screen.inert = false;
    if (isFocusLost() && !restore()) leave();
  };
  sheet.append(h("div", { class: "sheet", role: "dialog", "aria-modal": "true", "aria-labelledby": name, tabindex: "-1" },
    h("header", {}, h("h3", { id: name }, title), button(t("close"), sheet.close, { kind: "plain", icon: icon("close"), bare: true })),
    children));
  sheet.addEventListener("keydown", (event) => { if (event.key === "Escape") sheet.close(); });
  sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); });
  screen.after(sheet);
  // What lies below cannot be reached by Tab either.
  screen.inert = true;
  focusOn(sheet.querySelector("input, button.primary") ?? sheet.firstChild);
  return sheet;
}
