// A webhook, edited and sent once more.
import * as api from "../core/api.js";
import { button, field, h } from "../core/dom.js";
import { openDialog, outcomeLine } from "../core/dialog.js";
import { t } from "../core/i18n.js";
import { bodyText } from "./json_view.js";

/** Send a webhook again, with another body as JSON text if it is given; who shows it goes on to what came of it. */
export async function resend(delivery, store, body = null) {
  const again = await api.resend(delivery.id, body);
  store.topics.publish("resent", { ...again, kind: "delivery" });
}

/** Open the editor of a webhook's body. */
export function openResend(delivery, store) {
  const body = h("textarea", { rows: 18, class: "code-input", spellcheck: "false", value: bodyText(delivery.payload) });
  const outcome = outcomeLine();
  const dialog = openDialog(t("resend.title", { event: delivery.event }), [
    h("p", { class: "hint" }, t("resend.to", { url: delivery.url })), field(t("delivery.payload"), body), outcome,
    button(t("resend.send"), () => send(delivery, body.value, outcome, dialog, store), { kind: "primary" }),
  ]);
}

/** Where a text stops being JSON; browsers say so in a language of their own. */
function placeOf({ message }, text) {
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
  const before = text.slice(0, position).split("\n");
  return { line: before.length, column: before.at(-1).length + 1 };
}

async function send(delivery, text, outcome, dialog, store) {
  try {
    const payload = JSON.parse(text);
    if (payload === null || typeof payload !== "object" || Array.isArray(payload)) throw new Error(t("resend.object"));
    // As it was typed: to parse it is to round its long numbers.
    await resend(delivery, store, text);
    dialog.close();
  } catch (trouble) {
    outcome.say(trouble instanceof SyntaxError ? t("json.bad", placeOf(trouble, text)) : trouble.message, true);
  }
}
