// Exchanges and deliveries as the inspector lists them: newest first, bounded, indexed by message.
import * as api from "./api.js";
import { contentOf, numberOf } from "./messages.js";

const KEPT = 3000;
const FIRST_PAGE = 300;

/** The id of the message a record is about, or null. */
export function messageIdOf(record) {
  if (record.kind === "delivery") {
    const payload = record.payload;
    return payload?.key?.id ?? payload?.message?.key?.id ?? null;
  }
  return record.response?.body?.messageData?.key?.id ?? null;
}

/** The chat a call of the bot is meant for, or null. */
export function addresseeOf(exchange) {
  const body = exchange.request?.body;
  if (body === null || typeof body !== "object") return null;
  return body.messageData?.to ?? body.to ?? body.messageData?.key?.remoteJid ?? null;
}

/** Whether two addresses, with or without a domain, are the same chat. */
export function sameChat(one, other) {
  return Boolean(one) && numberOf(one) === numberOf(other);
}

/** `ok`, `refused`, `waiting` or `failed`. */
export function outcomeOf(record) {
  if (record.kind === "exchange") {
    return record.response.status >= 400 || record.response.status === 0 || record.fault ? "refused" : "ok";
  }
  if (record.state === "queued") return "waiting";
  if (record.state !== "delivered") return "failed";
  const status = record.attempts.at(-1)?.status ?? 0;
  return status >= 200 && status < 300 ? "ok" : "failed";
}

/** The receiver's last answer: status and milliseconds, or why there is none. */
export function answerOf(delivery) {
  const attempt = delivery.attempts.at(-1);
  return { status: attempt?.status ?? null, milliseconds: attempt?.duration_ms ?? null, error: attempt?.error ?? null };
}

export class Records {
  constructor(topics) {
    this.topics = topics;
    this.clear();
  }

  clear() {
    this.items = [];
    this.byId = new Map();
    this.byMessage = new Map();
  }

  /** Load the newest page of both, and keep what has arrived meanwhile. */
  async load() {
    const [exchanges, deliveries] = await Promise.all([
      api.exchanges({ limit: FIRST_PAGE }), api.deliveries({ limit: FIRST_PAGE }),
    ]);
    const arrived = this.items;
    this.clear();
    const records = [
      ...exchanges.items.map((record) => ({ ...record, kind: "exchange" })),
      ...deliveries.items.map((record) => ({ ...record, kind: "delivery" })),
    ].sort((one, other) => one.time - other.time);
    records.forEach((record) => this.keep(record));
    [...arrived].reverse().forEach((record) => this.keep(record));
    this.topics.publish("records", { reloaded: true });
  }

  hear(kind, record) {
    const entry = { ...record, kind };
    const known = this.byId.has(entry.id);
    this.keep(entry);
    this.topics.publish("records", { record: entry, known });
  }

  keep(record) {
    if (this.byId.has(record.id)) this.replace(record);
    else this.items.unshift(record);
    this.byId.set(record.id, record);
    this.index(record);
    while (this.items.length > KEPT) this.byId.delete(this.items.pop().id);
  }

  replace(record) {
    const index = this.items.findIndex((item) => item.id === record.id);
    if (index >= 0) this.items[index] = record;
  }

  index(record) {
    const message = messageIdOf(record);
    if (!message) return;
    if (!this.byMessage.has(message)) this.byMessage.set(message, new Set());
    this.byMessage.get(message).add(record.id);
  }

  /** What is known of a message: the records of that kind, oldest first. */
  ofMessage(message, kind) {
    return [...(this.byMessage.get(message) ?? [])]
      .map((id) => this.byId.get(id))
      .filter((record) => record?.kind === kind);
  }

  /** Calls that were refused and meant for this chat, oldest first. */
  refusalsIn(instance, chat) {
    return this.items
      .filter((record) => record.kind === "exchange" && record.instance === instance
        && outcomeOf(record) === "refused" && sameChat(addresseeOf(record), chat))
      .reverse();
  }

  /** What a record says in a few words, for lists. */
  static summaryOf(record) {
    if (record.kind === "exchange") return record.operation ?? `${record.request.method} ${record.request.path}`;
    return record.event;
  }

  static wordsOf(record) {
    const message = record.kind === "delivery" ? record.payload?.message : record.request?.body?.messageData;
    if (message === null || typeof message !== "object") return typeof message === "string" ? message : "";
    const { kind, part } = contentOf(message);
    const text = message.text ?? message.caption ?? (typeof part === "string" ? part : part?.text ?? part?.caption);
    return typeof text === "string" ? text : kind;
  }
}
