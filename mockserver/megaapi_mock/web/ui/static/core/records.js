// Exchanges and deliveries as the inspector lists them: newest first, bounded, indexed by message.
import * as api from "./api.js";
import { contentOf, numberOf, textOf } from "./messages.js";

// As many as the server keeps of both kinds by itself.
const KEPT = 10_000;
const PAGE = 300;
const OLDER_PAGE = 500;
// Pages of one chat's records that are read for the messages that are shown of it.
const MOST_PAGES = 8;

/** The ids of the messages a record is about: a call to many makes one for each. */
export function messageIdsOf(record) {
  if (record.kind === "delivery") {
    const payload = record.payload;
    return [payload?.key?.id ?? payload?.message?.key?.id].filter(Boolean);
  }
  const body = record.response?.body;
  // Where the answer to many has its report depends on the plan.
  const made = [body?.messageData, ...Object.values(body?.messageData?.data ?? {}), ...Object.values(body?.data ?? {})];
  return made.map((one) => one?.key?.id).filter(Boolean);
}

/** The chats a call of the bot is meant for. */
export function recipientsOf(exchange) {
  const body = exchange.request?.body;
  if (body === null || typeof body !== "object") return [];
  return [body.messageData?.to ?? body.to ?? body.messageData?.key?.remoteJid ?? []].flat();
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
    // What belongs to chats that are open and is older than all that is listed.
    this.beside = new Map();
    this.chats = new Map();
    this.next = { exchange: null, delivery: null };
    this.readingOlder = null;
  }

  /** Whether the server has older ones than those that are listed. */
  get hasOlder() {
    return Boolean(this.next.exchange || this.next.delivery);
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
  loadOlder() {
    this.readingOlder ??= this.readOlder().finally(() => { this.readingOlder = null; });
    return this.readingOlder;
  }

  async readOlder() {
    const { next, items } = this;
    const none = { items: [], next: null };
    const [exchanges, deliveries] = await Promise.all([
      next.exchange ? api.exchanges({ limit: OLDER_PAGE, since: next.exchange }) : none, next.delivery ? api.deliveries({ limit: OLDER_PAGE, since: next.delivery }) : none,
    ]);
    // They were read again meanwhile.
    if (items !== this.items) return 0;
    this.next = { exchange: exchanges.next, delivery: deliveries.next };
    const fresh = inOrder(exchanges.items, deliveries.items).filter((record) => !this.byId.has(record.id));
    for (const record of fresh) {
      this.byId.set(record.id, record);
      this.index(record);
    }
    this.items.push(...fresh.reverse());
    // One kind reaches further back than the other.
    this.items.sort((one, other) => other.place - one.place);
    return fresh.length;
  }

  /** Read what belongs to a chat from that time on and is not listed, from where it was left off; whether something was. */
  async readChat(instance, chat, since) {
    if (!this.hasOlder || this.items.at(-1)?.time < since) return false;
    const { beside, chats } = this;
    const name = `${instance} ${chat}`;
    if (!chats.has(name)) chats.set(name, [{ kind: "exchange", read: api.exchanges, next: null }, { kind: "delivery", read: api.deliveries, next: null }]);
    const before = beside.size;
    await Promise.all(chats.get(name).map(async (place) => {
      for (let pages = 0; pages < MOST_PAGES && !place.isDone && !(place.time < since); pages += 1) {
        const page = await place.read({ instance, chat, limit: PAGE, since: place.next });
        page.items.forEach((record) => this.keepBeside({ ...record, kind: place.kind }, beside));
        Object.assign(place, { next: page.next, time: page.items.at(-1)?.time, isDone: !page.next });
      }
    }));
    return beside === this.beside && beside.size > before;
  }

  keepBeside(record, beside) {
    if (beside !== this.beside || this.byId.has(record.id)) return;
    beside.set(record.id, record);
    this.index(record);
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
    while (this.items.length > KEPT) this.drop();
  }

  /** Forget the oldest; it can be loaded again, behind the oldest of its kind that stays. */
  drop() {
    const { id, kind } = this.items.pop();
    this.byId.delete(id);
    this.next[kind] = this.items.findLast((record) => record.kind === kind)?.id ?? null;
  }

  replace(record) {
    const index = this.items.findIndex((item) => item.id === record.id);
    if (index >= 0) this.items[index] = record;
  }

  index(record) {
    for (const message of messageIdsOf(record)) {
      if (!this.byMessage.has(message)) this.byMessage.set(message, new Set());
      this.byMessage.get(message).add(record.id);
    }
  }

  /** What is known of a message, oldest first; of one kind where that is given. */
  ofMessage(message, kind = null) {
    return [...(this.byMessage.get(message) ?? [])]
      .map((id) => this.byId.get(id) ?? this.beside.get(id))
      .filter((record) => record && (!kind || record.kind === kind))
      .sort((one, other) => one.place - other.place);
  }

  /** What tells whether a call was recorded before a message; by their times where nothing that is loaded tells of the message. */
  orderOfRefusals() {
    return (refusal, message) => {
      const known = this.ofMessage(message.id);
      return known.length ? refusal.place < known[0].place : refusal.time < message.time;
    };
  }

  /** Calls that were refused and meant for a chat, oldest first; `isThere` judges an address. */
  refusalsIn(instance, isThere) {
    const old = [...this.beside.values()].filter(({ id }) => !this.byId.has(id));
    return [...old, ...this.items]
      .filter((record) => record.kind === "exchange" && record.instance === instance
        && outcomeOf(record) === "refused" && recipientsOf(record).some(isThere))
      .sort((one, other) => one.place - other.place);
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
