// Exchanges and deliveries as the inspector lists them: newest first, bounded, indexed by message.
import * as api from "./api.js";
import { contentOf, numberOf, textOf } from "./messages.js";

const KEPT = 6000;
const PAGE = 300;

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

/** Pages of both kinds, newest first, as records in the order they were recorded, oldest first: the mock's clock may have been set back. */
export function inOrder(exchanges, deliveries) {
  const records = [...exchanges.map((record) => ({ ...record, kind: "exchange" })), ...deliveries.map((record) => ({ ...record, kind: "delivery" }))];
  return records.sort((one, other) => one.place - other.place);
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
    this.next = { exchange: null, delivery: null };
  }

  /** Load the newest page of both, and keep what has arrived meanwhile. */
  async load() {
    const before = new Set(this.items);
    const [exchanges, deliveries] = await Promise.all([api.exchanges({ limit: PAGE }), api.deliveries({ limit: PAGE })]);
    const arrived = this.items.filter((record) => !before.has(record));
    this.clear();
    this.next = { exchange: exchanges.next, delivery: deliveries.next };
    inOrder(exchanges.items, deliveries.items).forEach((record) => this.keep(record));
    [...arrived].reverse().forEach((record) => this.keep(record));
    this.topics.publish("records", { reloaded: true });
  }

  /** Load the page before the oldest records; gives how many came. */
  async loadOlder() {
    const { exchange, delivery } = this.next;
    const none = { items: [], next: null };
    const [exchanges, deliveries] = await Promise.all([
      exchange ? api.exchanges({ limit: PAGE, since: exchange }) : none, delivery ? api.deliveries({ limit: PAGE, since: delivery }) : none,
    ]);
    this.next = { exchange: exchanges.next, delivery: deliveries.next };
    const fresh = inOrder(exchanges.items, deliveries.items).filter((record) => !this.byId.has(record.id));
    for (const record of fresh) {
      this.byId.set(record.id, record);
      this.index(record);
    }
    this.items.push(...fresh.reverse());
    return fresh.length;
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

  /** What tells whether a call was recorded before a message; by their times where nothing that is loaded tells of the message. */
  orderOfRefusals() {
    const places = new Map(this.items.map(({ id }, index) => [id, -index]));
    return (refusal, message) => {
      const known = [...(this.byMessage.get(message.id) ?? [])].map((id) => places.get(id)).filter((place) => place !== undefined);
      return known.length ? places.get(refusal.id) < Math.min(...known) : refusal.time < message.time;
    };
  }

  /** Calls that were refused and meant for a chat, oldest first; `isThere` judges an address. */
  refusalsIn(instance, isThere) {
    return this.items
      .filter((record) => record.kind === "exchange" && record.instance === instance
        && outcomeOf(record) === "refused" && isThere(addresseeOf(record)))
      .reverse();
  }
}

/** A record's name: the operation, the route, or the event. */
export function nameOfRecord(record) {
  if (record.kind === "exchange") return record.operation ?? `${record.request.method} ${record.request.path}`;
  return record.event;
}

/** The words of the message a record carries, for lists. */
export function wordsOfRecord(record) {
  if (record.kind === "exchange") return wordsOfCall(record.request?.body);
  const message = record.payload?.message;
  if (message === null || message === undefined) return "";
  if (typeof message !== "object") return String(message);
  return textOf(message) || contentOf(message).kind;
}

function wordsOfCall(body) {
  const data = body?.messageData;
  if (data === null || typeof data !== "object") return "";
  const words = data.text || data.textWithLink || data.caption || data.fileName || data.address || textOf(data.message);
  return typeof words === "string" ? words : "";
}
