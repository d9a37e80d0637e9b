// What a phone has read of each chat, and which messages of the instance it has not.
import * as api from "../core/api.js";
import { keep, recall } from "../core/kept.js";
import { isGroup, subjectOf } from "../core/messages.js";

const PAGE = 300;
const MOST_PAGES = 4;
const CHATS = 500;
const MOST_IDS = 1000;

/** A chat's mark is the time up to which it was read, and the ids of that time: clocks can be frozen. */
export class Unread {
  constructor(phone) {
    this.phone = phone;
    this.name = `megaapi-mock-read ${phone.instance} ${phone.number}`;
    this.marks = recall(this.name);
    this.ids = new Map();
  }

  /** What there is when a phone is opened for the first time was read before. */
  async begin() {
    if (this.marks) return;
    this.marks = {};
    const { items } = await api.chatsOf(this.phone.instance, { with: this.phone.address(), limit: CHATS }).catch(() => ({ items: [] }));
    for (const { chat, last } of items) if (last) this.marks[chat] ??= { time: last.time, ids: [last.id] };
    this.keep();
  }

  keep() {
    keep(this.name, this.marks);
  }

  isUnread(message) {
    // One about another message is nothing to read.
    if (this.isOwn(message) || subjectOf(message) !== null) return false;
    const mark = this.marks?.[message.chat];
    return !mark || (message.time >= mark.time && !mark.ids.includes(message.id));
  }

  /** Whether the phone's owner wrote it: in a private chat all that the instance did not. */
  isOwn({ from_me: fromMe, chat, sender }) {
    return !fromMe && (!isGroup(chat) || this.phone.isMe(sender));
  }

  /** A message came, or is told of again at a tick. */
  hear(message) {
    if (message.instance === this.phone.instance && this.isUnread(message)) this.add(message);
  }

  add({ chat, id }) {
    if (!this.ids.has(chat)) this.ids.set(chat, new Set());
    this.ids.get(chat).add(id);
  }

  count(chat) {
    return this.ids.get(chat)?.size ?? 0;
  }

  /** A chat is on the screen with these messages, oldest first. */
  read(chat, messages) {
    this.ids.delete(chat);
    const last = messages.at(-1);
    if (!last || !this.marks) return;
    const sameTime = messages.slice(-MOST_IDS).filter(({ time }) => time === last.time);
    this.marks[chat] = { time: last.time, ids: sameTime.map(({ id }) => id) };
    this.keep();
  }

  /** Whether a message came before the last one that was read; its clock may have been set back since. */
  wasRead(chat, message) {
    const mark = this.marks?.[chat];
    return Boolean(mark) && (message.time < mark.time || mark.ids.includes(message.id));
  }

  /** Count what came into a chat while nothing listened here; whether that changed its number. */
  async look({ chat, last }) {
    const mark = this.marks?.[chat];
    if (!last || last.time < mark?.time || mark?.ids.includes(last.id)) return false;
    const before = this.count(chat);
    let since = null;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const page = await api.messages({ instance: this.phone.instance, chat, limit: PAGE, since });
      page.items.filter((message) => this.isUnread(message)).forEach((message) => this.add(message));
      since = page.next;
      if (!since || page.items.at(-1).time < mark?.time) break;
    }
    return this.count(chat) !== before;
  }

  /** The server's past has changed: what was counted may be gone, and its clock may be earlier. */
  startAgain() {
    this.ids.clear();
    const now = this.phone.store.now();
    for (const mark of Object.values(this.marks ?? {})) mark.time = Math.min(mark.time, now);
    if (this.marks) this.keep();
  }
}
