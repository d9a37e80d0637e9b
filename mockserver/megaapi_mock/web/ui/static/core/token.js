// The control token, asked for where the server wants one.
import { button, field, h } from "./dom.js";
import { openDialog } from "./dialog.js";
import { t } from "./i18n.js";

/** Ask for the token; null when the dialog was closed without one. `wasWrong`: one was given before. */
export function askForToken(wasWrong) {
  return new Promise((resolve) => {
    const input = h("input", { type: "password", autocomplete: "off", required: true });
    let token = null;
    const form = h("form", {}, h("p", {}, t("token.why")), wasWrong ? h("p", { class: "bad", role: "alert" }, t("token.wrong")) : null,
      field(t("token.label"), input, t("token.where")),
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
