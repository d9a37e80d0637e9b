// Back to a point of a conversation: the mock's exact state right before that message; from there the
// customer's half can be played again.
import * as api from "../core/api.js";
import { button, h } from "../core/dom.js";
import { openDialog, outcomeLine } from "../core/dialog.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { inShort } from "../phone/content.js";
import { playOn } from "./plays.js";

/** Ask, then rewind to right before a message; `previous` is the id of the one before it, or null. */
export function openRewind(message, previous, onDone) {
  const outcome = outcomeLine();
  const attempt = (work) => async () => {
    try {
      await work();
    } catch (refusal) {
      outcome.say(refusal.message, true);
    }
  };
  const rewind = async () => {
    const result = await api.onInstance(message.instance, "rewind", { before: message.id });
    dialog.close();
    onDone(t("rewind.done", { count: result.removed }));
  };
  const replay = async () => {
    const yaml = await api.exportConversation(message.instance, message.chat, "yaml", previous);
    await rewind();
    const play = await playOn(await api.post("/plays", { instance: message.instance, yaml }), "run");
    onDone(summary(play));
  };
  const dialog = openDialog(t("rewind.title"), [
    h("p", {}, t("rewind.what")), h("blockquote", {}, inShort(message.content)), outcome, h("div", { class: "actions" },
      button(t("rewind.do"), attempt(rewind), { kind: "primary", icon: icon("rewind", 16) }),
      button(t("rewind.replay"), attempt(replay), { icon: icon("play", 16) })),
  ]);
}

function summary(play) {
  const differing = play.turns.filter((turn) => turn.same === false || ["missing", "refused"].includes(turn.state)).length;
  return t(differing ? "rewind.differs" : "rewind.same", { count: play.turns.length, differing });
}
