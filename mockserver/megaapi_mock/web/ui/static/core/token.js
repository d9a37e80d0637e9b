// The control token, asked for where the server wants one.
import { isSendable } from "./api.js";
import { button, field, h } from "./dom.js";
import { openDialog, outcomeLine } from "./dialog.js";
import { t } from "./i18n.js";

/** Ask for the token; null when the dialog was closed without one. `wasWrong`: one was given before. */
export function askForToken(wasWrong) {
  return new Promise((resolve) => {
    const input = h("input", { type: "password", autocomplete: "off", required: true });
    const outcome = outcomeLine();
    let token = null;
    const form = h("form", {}, h("p", {}, t("token.why")), wasWrong ? h("p", { class: "bad", role: "alert" }, t("token.wrong")) : null,
      field(t("token.label"), input, t("token.where")), outcome,
      button(t("token.use"), () => undefined, { kind: "primary", type: "submit" }));
    const dialog = openDialog(t("token.title"), [form], { onClose: () => resolve(token) });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      // A space pasted with it is not part of it.
      const typed = input.value.trim();
      if (!isSendable(typed)) {
        outcome.say(t("token.odd", { signs: oddSigns(typed) }), true);
        return;
      }
      token = typed;
      dialog.close();
    });
    input.focus();
  });
}

/** The signs of a text that no control token has. */
function oddSigns(text) {
  return [...new Set(text)].filter((sign) => !isSendable(sign) && sign !== " ").join(" ");
}
