// What a message looks like inside its bubble: one function for each kind of content.
import { h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { asText, contentOf, numberOf, textOf } from "../core/messages.js";
import { interactive, list, oldButtons, poll, template } from "./choices.js";
import { formatted, link } from "./formatting.js";
import { audio, document_, image, video } from "./media.js";

const words = (text) => (text ? h("div", { class: "words" }, formatted(text)) : null);

function extendedText(message, part, phone) {
  return [preview(part), words(withNames(asText(part.text), part.contextInfo?.mentionedJid, phone))];
}

/** The text as phones show it: whoever is mentioned by number stands there by name. */
function withNames(text, mentioned, phone) {
  if (!Array.isArray(mentioned)) return text;
  const names = new Map(mentioned.map((jid) => [numberOf(jid), nameOf(jid, phone.names)]));
  return text.replace(/@(\d+)/g, (whole, number) => (names.has(number) ? `@${names.get(number)}` : whole));
}

function preview(part) {
  const address = part.canonicalUrl ?? part.matchedText;
  if (!address || !(part.title || part.description)) return null;
  return h("div", { class: "preview" },
    h("strong", {}, part.title ?? ""), h("span", {}, part.description ?? ""), h("small", {}, link(address, hostOf(address))));
}

function hostOf(address) {
  try {
    return new URL(address).host;
  } catch {
    return address;
  }
}

function location(message, part, { live = false } = {}) {
  const place = `${part.degreesLatitude}, ${part.degreesLongitude}`;
  return h("div", { class: "place" },
    h("div", { class: "map", "aria-hidden": "true" }, icon("location", 30)),
    h("strong", {}, part.name || t(live ? "kind.live-location" : "kind.location")),
    part.address ? h("span", {}, part.address) : null,
    h("small", {}, link(`https://www.openstreetmap.org/?mlat=${encodeURIComponent(part.degreesLatitude)}&mlon=${encodeURIComponent(part.degreesLongitude)}`, place)));
}

function contactCard(message, part) {
  const phone = /waid=(\d+)/.exec(part.vcard ?? "")?.[1] ?? /TEL[^:]*:([^\r\n]+)/.exec(part.vcard ?? "")?.[1];
  return h("div", { class: "card-row" }, h("span", { class: "avatar small" }, icon("person", 20)),
    h("span", {}, h("strong", {}, part.displayName ?? ""), h("small", {}, phone ?? "")));
}

function contacts(message, part) {
  return (part.contacts ?? []).map((one) => contactCard(message, one));
}

function groupInvite(message, part) {
  return h("div", { class: "card-row" }, h("span", { class: "avatar small" }, icon("people", 20)),
    h("span", {}, h("strong", {}, part.groupName ?? ""), h("small", {}, part.caption ?? t("kind.group-invite"))));
}

function order(message, part) {
  return h("div", { class: "card-row" }, icon("list", 24),
    h("span", {}, h("strong", {}, part.orderTitle ?? t("kind.order")), h("small", {}, t("order.items", { count: part.itemCount ?? 0 }))));
}

function album(message, part) {
  return h("em", {}, t("album.of", { images: part.expectedImageCount ?? 0, videos: part.expectedVideoCount ?? 0 }));
}

function chosen(message, part) {
  return h("div", { class: "chosen" }, icon("check", 16), h("span", {}, textOf(message.content), part.description ? h("small", {}, part.description) : null));
}

const captioned = (draw) => (message, part) => [draw(message, part), words(part.caption)];

// What can be viewed once; other content is wrapped so for no reason that a phone shows.
const ONCE = new Set(["imageMessage", "videoMessage", "audioMessage"]);

const KINDS = {
  conversation: (message, part) => words(part),
  extendedTextMessage: extendedText,
  imageMessage: captioned(image),
  videoMessage: captioned(video),
  ptvMessage: video,
  audioMessage: audio,
  documentMessage: captioned(document_),
  stickerMessage: (message, part) => image(message, part, { sticker: true }),
  locationMessage: location,
  liveLocationMessage: (message, part) => location(message, part, { live: true }),
  contactMessage: contactCard,
  contactsArrayMessage: contacts,
  groupInviteMessage: groupInvite,
  orderMessage: order,
  albumMessage: album,
  listMessage: list,
  buttonsMessage: oldButtons,
  interactiveMessage: interactive,
  templateMessage: template,
  pollCreationMessage: poll,
  pollCreationMessageV2: poll,
  pollCreationMessageV3: poll,
  listResponseMessage: chosen,
  buttonsResponseMessage: chosen,
  templateButtonReplyMessage: chosen,
  interactiveResponseMessage: chosen,
};

/** The elements of a message's content; `phone` is on whose screen it is. */
export function content(message, phone) {
  if (message.cut) return h("em", {}, t("message.cut", { size: message.size }));
  const { kind, part, once } = contentOf(message.content);
  const draw = KINDS[kind];
  const shown = draw ? draw(message, part, phone) : unknown(kind, message);
  return once && ONCE.has(kind) ? [h("small", { class: "mark" }, t("message.once")), shown] : shown;
}

function unknown(kind, message) {
  return h("details", { class: "unknown" }, h("summary", {}, kind || t("message.empty")),
    h("pre", {}, JSON.stringify(message.content, null, 2)));
}

const SHORT_ICONS = {
  imageMessage: "image", videoMessage: "video", ptvMessage: "video", audioMessage: "audio", documentMessage: "document",
  stickerMessage: "image", locationMessage: "location", liveLocationMessage: "location", contactMessage: "person",
  listMessage: "list", pollCreationMessageV3: "poll",
};
const SHORT_NAMES = {
  imageMessage: "kind.image", videoMessage: "kind.video", ptvMessage: "kind.video", audioMessage: "kind.audio",
  documentMessage: "kind.document", stickerMessage: "kind.sticker", locationMessage: "kind.location",
  liveLocationMessage: "kind.live-location", contactMessage: "kind.contact", contactsArrayMessage: "kind.contact",
  albumMessage: "kind.album", orderMessage: "kind.order", groupInviteMessage: "kind.group-invite",
  protocolMessage: "kind.setting", pinInChatMessage: "kind.pin", pollUpdateMessage: "kind.vote", reactionMessage: "kind.no-reaction",
};

/** A message in one line, for lists and quotes. */
export function inShort(messageContent) {
  const { kind, part } = contentOf(messageContent);
  // What a message says after it was edited; any other message about a message takes one back.
  if (kind === "protocolMessage" && part.editedMessage) return inShort(part.editedMessage);
  const key = kind === "protocolMessage" && part.type !== "EPHEMERAL_SETTING" ? "message.deleted" : SHORT_NAMES[kind];
  const text = textOf(messageContent) || part?.fileName || (key ? t(key) : kind);
  const name = SHORT_ICONS[kind];
  return h("span", { class: "in-short" }, name ? icon(name, 14) : null, asText(text).split("\n")[0].slice(0, 120));
}

/** Who an address belongs to, as far as the page knows. */
export function nameOf(jid, names) {
  return names.get(numberOf(jid)) ?? names.get(jid) ?? numberOf(jid);
}

