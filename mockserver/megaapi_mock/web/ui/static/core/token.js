// The control token, asked for where the server wants one.
import { button, field, h } from "./dom.js";
import { openDialog } from "./dialog.js";
import { t } from "./i18n.js";
import { inWords } from "./sentences.js";

/** Ask for the token; null when the dialog was closed without one. */
export function askForToken(sentence) {
  return new Promise((resolve) => {
    const input = h("input", { type: "password", autocomplete: "off", required: true });
    let token = null;
    const form = h("form", {}, h("p", {}, t("token.why")), h("p", { class: "hint" }, inWords(sentence)), field(t("token.label"), input),
      button(t("token.use"), () => undefined, { kind: "primary", type: "submit" }));
    const dialog = openDialog(t("token.title"), [form], { onClose: () => resolve(token) });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      token = input.value;
      dialog.close();
    });
    input.focus();
  });
}
