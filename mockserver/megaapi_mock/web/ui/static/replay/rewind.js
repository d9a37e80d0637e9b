// Back to a point of a conversation: the mock's exact state right before that message.
import * as api from "../core/api.js";
import { button, h } from "../core/dom.js";
import { openDialog, outcomeLine } from "../core/dialog.js";
import { t } from "../core/i18n.js";
import { inShort } from "../phone/content.js";

/** Ask, then rewind to right before a message. */
export function openRewind(instance, message, onDone) {
  const outcome = outcomeLine();
  const rewind = async () => {
    try {
      const result = await api.onInstance(instance, "rewind", { before: message.id });
      dialog.close();
      onDone(t("rewind.done", { count: result.removed }));
    } catch (refusal) {
      outcome.say(refusal.message, true);
    }
  };
  const dialog = openDialog(t("rewind.title"), [
    h("p", {}, t("rewind.what")), h("blockquote", {}, inShort(message.content)), outcome,
    button(t("rewind.do"), rewind, { kind: "primary" }),
  ]);
}
