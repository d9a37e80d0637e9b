// What a customer can do with a message, and what can be looked up about it.
import { copyText } from "../core/clipboard.js";
import { h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { closeMenu, openMenu } from "../core/menu.js";
import { contentOf, isSent, textOf } from "../core/messages.js";

const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
const TEXTS = new Set(["conversation", "extendedTextMessage"]);
const EDITABLE = new Set([...TEXTS, "imageMessage", "videoMessage", "documentMessage"]);

/** Open the menu of a message. */
export function openBubbleMenu(anchor, message, own, conversation) {
  const reactions = hasArrived(message) && !isDeleted(message) && !conversation.isOut ? [reactionRow(message, conversation)] : [];
  openMenu(anchor, [...reactions, ...entries(message, own, conversation)], { label: t("bubble.menu") });
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

/** Whether the customer has the message: what reached no phone can be neither answered nor passed on. */
function hasArrived(message) {
  return !message.from_me || !message.reason;
}

const isDeleted = (message) => message.deleted === "everyone";

function inspecting(message, conversation) {
  return { label: t("bubble.inspect"), icon: icon("webhook", 16), act: () => conversation.inspect({ message }) };
}

/** States are kept from before what people do; a bot's message has that of the customer's before it. */
function rewinding(message, conversation) {
  return { label: t(isSent(message) ? "bubble.rewind-cause" : "bubble.rewind"), icon: icon("rewind", 16), act: () => conversation.rewindBefore(message) };
}

async function copy(text, phone) {
  phone.notice(t(await copyText(text) ? "copied" : "copy.failed"));
}

/** What can be done with a message of this kind; an entry that would be refused is not there. */
function entries(message, own, conversation) {
  const { composer, phone } = conversation;
  if (isDeleted(message)) return [inspecting(message, conversation), rewinding(message, conversation)];
  const { kind } = contentOf(message.content);
  const text = textOf(message.content);
  const { isOut } = conversation;
  const arrived = hasArrived(message) && !conversation.whySilent();
  // The gateway has an event for texts that are passed on, and none for files.
  const forwardable = arrived && TEXTS.has(kind);
  const editable = own && !isOut && EDITABLE.has(kind);
  return [
    arrived ? { label: t("bubble.reply"), icon: icon("reply", 16), act: () => composer.quote(message) } : null,
    forwardable ? { label: t("bubble.forward"), icon: icon("forward", 16), act: () => phone.act({ event: "text-forwarded", message: message.id }) } : null,
    editable ? { label: t("bubble.edit"), icon: icon("edit", 16), act: () => composer.edit(message) } : null,
    own && !isOut ? { label: t("bubble.delete"), icon: icon("trash", 16), danger: true, act: () => phone.act({ event: "deleted", message: message.id }) } : null,
    text ? { label: t("bubble.copy"), icon: icon("copy", 16), act: () => copy(text, phone) } : null,
    inspecting(message, conversation),
    rewinding(message, conversation),
  ].filter(Boolean);
}
