// One message on a phone: quote, content, marks, time, ticks, reactions and the trace below it.
import { button, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon, ticks } from "../core/icons.js";
import { asText, isForwarded, isGroup, quoteOf } from "../core/messages.js";
import { inFewWords, inWords } from "../core/sentences.js";
import { dayOf, hourOf, momentOf } from "../core/time.js";
import { openBubbleMenu } from "./bubble_menu.js";
import { content, inShort } from "./content.js";
import { traceChip } from "./trace_chip.js";

// As on a phone: the most frequent ones, and how many in all.
const SHOWN_REACTIONS = 4;
const MOST_REACTIONS = 20;

/** A message with the day above it where a new one begins. */
export function entry(message, before, conversation) {
  const day = dayOf(message.time);
  const isNew = !before || dayOf(before.time) !== day;
  const draw = message.refusal ? refusal : bubble;
  const isInspected = conversation.phone.owner.inspected === message.id;
  return h("div", { class: isInspected ? "entry inspected" : "entry", "data-message": message.id },
    isNew ? h("div", { class: "day" }, h("span", {}, day)) : null, drawn(draw, message, conversation));
}

/** What the page cannot draw says so in its place; the messages around it are not to blame. */
function drawn(draw, message, conversation) {
  try {
    return draw(message, conversation);
  } catch (error) {
    return h("div", { class: `line ${message.from_me ? "" : "line-own"}` },
      h("div", { class: `bubble ${message.from_me ? "theirs" : "own"}` }, h("em", { class: "not-drawn", title: asText(error?.message) }, icon("warning", 14), t("message.not-drawn"))),
      button(t("bubble.inspect"), () => conversation.inspect(message.refusal ? { exchange: message.id } : { message }), { kind: "trace" }));
  }
}

/** A call of the bot that was refused: nobody's message, but the reason why one is missing. */
function refusal(exchange, conversation) {
  const { status } = exchange.response;
  return h("button", { type: "button", class: "refusal", on: { click: () => conversation.inspect({ exchange: exchange.id }) } },
    icon("warning", 16), h("span", {}, h("strong", {}, t("refusal.title", { operation: exchange.operation ?? exchange.request.path, status })),
      exchange.reason ? h("small", {}, inFewWords(exchange.reason)) : null));
}

function bubble(message, conversation) {
  const own = conversation.isOwn(message);
  const { phone, log } = conversation;
  const deleted = message.deleted === "everyone";
  const names = ["bubble", own ? "own" : "theirs", waits(message) ? "not-here" : "", deleted ? "deleted" : ""];
  return h("div", { class: `line ${own ? "line-own" : ""}` },
    h("div", { class: names.filter(Boolean).join(" ") },
      author(message, own, conversation),
      deleted ? deletedNotice() : [forwardedMark(message), quote(message, conversation), content(message, phone)],
      foot(message, log, deleted),
      menuButton(message, own, conversation)),
    reactions(log, message),
    traceChip(message, phone.store.records, () => conversation.inspect({ message })));
}

function waits(message) {
  return message.from_me && ["pending", "server", "stopped"].includes(message.state);
}

function author(message, own, conversation) {
  if (own || !isGroup(message.chat)) return null;
  return h("div", { class: "author" }, conversation.phone.nameOf(message.sender));
}

function deletedNotice() {
  return h("em", { class: "deleted-notice" }, icon("block", 14), t("message.deleted"));
}

function forwardedMark(message) {
  return isForwarded(message.content) ? h("small", { class: "mark" }, icon("forward", 13), t("message.forwarded")) : null;
}

function quote(message, conversation) {
  const quoted = quoteOf(message.content);
  if (!quoted) return null;
  return h("button", { type: "button", class: "quote", on: { click: () => conversation.showMessage(quoted.id) } },
    h("strong", {}, conversation.phone.nameOf(quoted.author)), inShort(quoted.content));
}

function foot(message, log, deleted) {
  const edited = log.edited.has(message.id) && !deleted;
  const state = t(`state.${message.state}`);
  return h("div", { class: "foot" },
    edited ? h("span", {}, t("message.edited")) : null,
    h("time", { title: momentOf(message.time) }, hourOf(message.time)),
    message.state === "stopped" ? stopped(message) : ticks(message.state, state));
}

function stopped(message) {
  return h("span", { class: "stopped", title: inWords(message.reason) ?? "" }, icon("warning", 13), t("state.stopped"));
}

function menuButton(message, own, conversation) {
  return button(t("bubble.menu"), (event) => openBubbleMenu(event.currentTarget, message, own, conversation),
    { kind: "plain bubble-menu", icon: icon("down", 16), bare: true, "aria-haspopup": "menu" });
}

function reactions(log, message) {
  const given = log.reactionsTo(message.id);
  if (!given.length) return null;
  const counts = new Map();
  for (const emoji of given) counts.set(emoji, (counts.get(emoji) ?? 0) + 1);
  const often = [...counts].sort(([, one], [, other]) => other - one).slice(0, MOST_REACTIONS);
  const list = often.map(([emoji, count]) => (count > 1 ? `${emoji} ${count}` : emoji)).join(" ");
  return h("div", { class: "reactions", role: "img", "aria-label": t("reactions", { list }) },
    often.slice(0, SHOWN_REACTIONS).map(([emoji]) => emoji).join(""), given.length > 1 ? ` ${given.length}` : null);
}
