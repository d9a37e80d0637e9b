// What a message's content is: the one member that names its kind, and what lies inside wrappers.

const WRAPPERS = new Set([
  "ephemeralMessage", "viewOnceMessage", "viewOnceMessageV2", "viewOnceMessageV2Extension",
  "documentWithCaptionMessage", "editedMessage",
]);
const BESIDE = new Set(["messageContextInfo", "senderKeyDistributionMessage"]);
const REFERS = {
  reactionMessage: "key", protocolMessage: "key", pinInChatMessage: "key", pollUpdateMessage: "pollCreationMessageKey",
};
const TEXT_AT = {
  extendedTextMessage: "text", imageMessage: "caption", videoMessage: "caption", documentMessage: "caption",
  locationMessage: "name", contactMessage: "displayName", listMessage: "description",
  buttonsMessage: "contentText", listResponseMessage: "title", buttonsResponseMessage: "selectedDisplayText",
  templateButtonReplyMessage: "selectedDisplayText", reactionMessage: "text",
  pollCreationMessage: "name", pollCreationMessageV2: "name", pollCreationMessageV3: "name",
};

/** Any value as text: what is not text by rights is shown as JSON, and what is not there as nothing. */
export function asText(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The kind and its part, wrappers taken off: `{kind, part, once}`. */
export function contentOf(content) {
  const whole = content !== null && typeof content === "object" ? content : {};
  const kind = Object.keys(whole).find((key) => !BESIDE.has(key)) ?? "";
  const part = whole[kind] ?? {};
  if (WRAPPERS.has(kind) && part.message) {
    const inner = contentOf(part.message);
    return { ...inner, once: inner.once || kind.startsWith("viewOnce") };
  }
  return { kind, part, once: Boolean(part.viewOnce) };
}

/** The words of a content, or "". */
export function textOf(content) {
  const { kind, part } = contentOf(content);
  if (kind === "conversation") return asText(part);
  if (kind === "interactiveMessage" || kind === "interactiveResponseMessage") return asText(part.body?.text);
  if (kind === "templateMessage") return asText(part.hydratedTemplate?.hydratedContentText);
  return asText(part[TEXT_AT[kind]]);
}

/** The id of the message that this one is about, or null: nobody sees it as one of its own. */
export function subjectOf(message) {
  const { kind, part } = contentOf(message.content);
  return REFERS[kind] ? (part[REFERS[kind]]?.id ?? "") : null;
}

/** What a message quotes: `{id, author, content}`, or null. */
export function quoteOf(content) {
  const { part } = contentOf(content);
  const context = part?.contextInfo;
  if (!context?.stanzaId || !context.quotedMessage) return null;
  return { id: context.stanzaId, author: context.participant ?? "", content: context.quotedMessage };
}

/** Whether the bot sent it, not the owner on the instance's own phone. */
export const isSent = (message) => message.from_me && message.id.startsWith("3EB0");

export function isForwarded(content) {
  return Boolean(contentOf(content).part?.contextInfo?.isForwarded);
}

/** The digits of a JID, or the JID itself where it has none. */
export function numberOf(jid) {
  return String(jid ?? "").split("@")[0].split(":")[0];
}

export const isGroup = (jid) => String(jid).endsWith("@g.us");
