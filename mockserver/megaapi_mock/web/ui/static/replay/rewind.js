// Back to a point of a conversation: the mock's exact state right before that message; from there the
// customer's half can be played again.
import * as api from "../core/api.js";
import { button, h } from "../core/dom.js";
import { openDialog, outcomeLine } from "../core/dialog.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { isSent } from "../core/messages.js";
import { inShort } from "../phone/content.js";
import { playOn } from "./plays.js";

/** Ask, then rewind to right before a message; for one of the bot, before what the customer did last until then. */
export async function openRewind(message, onDone) {
  try {
    const target = isSent(message) ? await causeOf(message) : message;
    if (target) ask(target, onDone);
    else onDone(t("rewind.bot-began"));
  } catch (refusal) {
    onDone(refusal.message);
  }
}

async function causeOf({ instance, chat, id }) {
  const { items } = await api.messages({ instance, chat, from_me: false, since: id, limit: 1 });
  return items[0] ?? null;
}

function ask(message, onDone) {
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
    const yaml = await api.exportConversation(message.instance, message.chat, "yaml", message.id);
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
