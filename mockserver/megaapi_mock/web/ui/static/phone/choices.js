// Messages that offer a choice: lists with their sheet, buttons, template buttons, polls.
import { copyText } from "../core/clipboard.js";
import { button, freshId, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { formatted, link } from "./formatting.js";
import { audio, document_, image, video } from "./media.js";

const line = (className, text) => (text ? h("div", { class: className }, formatted(text)) : null);

// The file above a choice, by the member that it stands under.
const HEADS = { imageMessage: image, videoMessage: video, documentMessage: document_, audioMessage: audio, stickerMessage: image };

/** The file at the head of a choice; `part` is what has it. */
function head(message, part) {
  const [name, draw] = Object.entries(HEADS).find(([member]) => part?.[member]) ?? [];
  return name ? draw(message, part[name]) : null;
}

/** What is shown instead by a phone that cannot show buttons. */
function notShown(phone) {
  if (phone.showsButtons) return null;
  return h("em", { class: "not-shown" }, t("choices.not-shown"));
}

function offer(label, onClick, name = null) {
  return button(label, onClick, { kind: "offer", icon: name ? icon(name, 16) : null });
}

export function list(message, part, phone) {
  return notShown(phone) ?? [
    line("title", part.title), line("words", part.description ?? ""), line("footer", part.footerText),
    h("div", { class: "offers" }, offer(part.buttonText ?? t("choices.open"), () => openSheet(message, part, phone), "list")),
  ];
}

function openSheet(message, part, phone) {
  const name = freshId("rows");
  const rows = (part.sections ?? []).map((section) => h("fieldset", {},
    section.title ? h("legend", {}, section.title) : null,
    (section.rows ?? []).map((row) => h("label", { class: "row" },
      h("span", {}, row.title ?? "", row.description ? h("small", {}, row.description) : null),
      h("input", { type: "radio", name, value: row.rowId ?? row.rowID ?? row.id ?? row.title })))));
  const sheet = phone.openSheet(part.buttonText ?? t("choices.open"), [
    ...rows,
    button(t("send"), () => {
      const chosen = sheet.querySelector("input:checked");
      if (!chosen) return;
      sheet.close();
      phone.act({ event: "list-response", option: chosen.value, message: message.id });
    }, { kind: "primary" }),
  ]);
}

export function oldButtons(message, part, phone) {
  const offers = (part.buttons ?? []).map((one) => {
    const label = one.buttonText?.displayText ?? one.buttonId;
    return offer(label, () => tap(phone, message, "buttons-response", one.buttonId ?? label), "reply");
  });
  return notShown(phone) ?? [head(message, part), line("words", part.contentText ?? ""), line("footer", part.footerText), h("div", { class: "offers" }, offers)];
}

export function interactive(message, part, phone) {
  const rows = part.nativeFlowMessage?.buttons ?? [];
  const onlyReplies = rows.every((one) => one.name === "quick_reply");
  const event = onlyReplies ? "buttons-response" : "template-button-reply";
  return notShown(phone) ?? [
    head(message, part.header), line("title", part.header?.title), line("words", part.body?.text ?? ""), line("footer", part.footer?.text),
    h("div", { class: "offers" }, rows.map((one) => flowButton(one, message, phone, event))),
  ];
}

function flowButton(one, message, phone, event) {
  const wishes = parse(one.buttonParamsJson);
  const label = wishes.display_text ?? wishes.title ?? one.name;
  const actions = {
    quick_reply: () => offer(label, () => tap(phone, message, event, wishes.id ?? label), "reply"),
    cta_url: () => h("span", { class: "button offer" }, link(wishes.url ?? "", label)),
    cta_copy: () => offer(label, () => copy(wishes.copy_code ?? "", phone), "copy"),
    cta_call: () => offer(label, () => phone.notice(t("choices.would-call", { number: wishes.phone_number ?? "" })), "call"),
  };
  return (actions[one.name] ?? actions.quick_reply)();
}

function parse(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

async function copy(text, phone) {
  phone.notice(await copyText(text) ? t("copied-text", { text }) : t("copy.failed"));
}

export function template(message, part, phone) {
  const body = part.hydratedTemplate ?? part.hydratedFourRowTemplate ?? {};
  const offers = (body.hydratedButtons ?? []).map((one) => templateButton(one, message, phone));
  return notShown(phone) ?? [
    head(message, body), line("title", body.hydratedTitleText), line("words", body.hydratedContentText ?? ""),
    line("footer", body.hydratedFooterText), h("div", { class: "offers" }, offers),
  ];
}

function templateButton(one, message, phone) {
  if (one.urlButton) return h("span", { class: "button offer" }, link(one.urlButton.url ?? "", one.urlButton.displayText));
  if (one.callButton) {
    const number = one.callButton.phoneNumber ?? "";
    return offer(one.callButton.displayText, () => phone.notice(t("choices.would-call", { number })), "call");
  }
  const reply = one.quickReplyButton ?? {};
  return offer(reply.displayText ?? "", () => tap(phone, message, "template-button-reply", reply.id ?? reply.displayText), "reply");
}

function tap(phone, message, event, option) {
  return phone.act({ event, option, message: message.id });
}

export function poll(message, part, phone) {
  const voters = phone.votesFor(message.id);
  const answers = (part.options ?? []).map((one) =>
    offer(one.optionName, () => phone.act({ event: "poll-vote", option: one.optionName, message: message.id }), "poll"));
  return [
    line("title", part.name), h("div", { class: "offers" }, answers),
    voters ? h("div", { class: "footer" }, t("poll.votes", { count: voters })) : null,
  ];
}
