// What a customer can do with a message, and what can be looked up about it.
import { h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { closeMenu, openMenu } from "../core/menu.js";
import { contentOf, textOf } from "../core/messages.js";

const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
const EDITABLE = new Set(["conversation", "extendedTextMessage", "imageMessage", "videoMessage", "documentMessage"]);

/** Open the menu of a message. */
export function openBubbleMenu(anchor, message, own, conversation) {
  openMenu(anchor, [reactionRow(message, conversation), ...entries(message, own, conversation)], { label: t("bubble.menu") });
}

function reactionRow(message, conversation) {
  const react = (emoji) => () => {
    closeMenu();
    conversation.phone.act({ event: "reaction", message: message.id, set: { "message.reactionMessage.text": emoji } });
  };
  const mine = conversation.ownReactionTo(message.id);
  const choices = EMOJI.map((emoji) => h("button", {
    type: "button", role: "menuitemcheckbox", "aria-checked": String(mine === emoji), "aria-label": t("bubble.react", { emoji }),
    on: { click: react(mine === emoji ? "" : emoji) },
  }, emoji));
  return h("div", { class: "emoji-row", role: "group", "aria-label": t("bubble.reactions") }, choices);
}

function entries(message, own, conversation) {
  const { composer, phone } = conversation;
  const editable = own && EDITABLE.has(contentOf(message.content).kind);
  return [
    { label: t("bubble.reply"), icon: icon("reply", 16), act: () => composer.quote(message) },
    { label: t("bubble.forward"), icon: icon("forward", 16), act: () => phone.act({ event: "text-forwarded", message: message.id }) },
    editable ? { label: t("bubble.edit"), icon: icon("edit", 16), act: () => composer.edit(message) } : null,
    own ? { label: t("bubble.delete"), icon: icon("trash", 16), danger: true, act: () => phone.act({ event: "deleted", message: message.id }) } : null,
    { label: t("bubble.copy"), icon: icon("copy", 16), act: () => navigator.clipboard?.writeText(textOf(message.content)) },
    { label: t("bubble.inspect"), icon: icon("webhook", 16), act: () => conversation.inspect({ message }) },
    { label: t("bubble.rewind"), icon: icon("rewind", 16), act: () => conversation.rewindBefore(message, conversation.log.idBefore(message)) },
  ].filter(Boolean);
}
