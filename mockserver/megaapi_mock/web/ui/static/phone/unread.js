// What a phone has read of each chat, and which messages of the instance it has not.
import * as api from "../core/api.js";
import { keep, recall } from "../core/kept.js";
import { isGroup, subjectOf } from "../core/messages.js";

const PAGE = 300;
const MOST_PAGES = 4;
const CHATS = 500;

/** A chat's mark is the place up to which it was read: clocks can be frozen, and set back. */
export class Unread {
  constructor(phone) {
    this.phone = phone;
    this.name = `megaapi-mock-seen ${phone.instance} ${phone.number}`;
    this.marks = recall(this.name);
    this.ids = new Map();
    this.heardMeanwhile = null;
  }

  /** What there is when a phone is opened for the first time was read before. */
  async begin() {
    if (this.marks) return;
    this.marks = {};
    for (const { chat, last, place } of await this.chats()) if (last) this.marks[chat] ??= { place, time: last.time };
    this.keep();
  }

  async chats() {
    const { items } = await api.chatsOf(this.phone.instance, { with: this.phone.address(), limit: CHATS }).catch(() => ({ items: [] }));
    return items;
  }

  keep() {
    keep(this.name, this.marks);
  }

  isUnread(message) {
    // One about another message is nothing to read.
    if (this.isOwn(message) || subjectOf(message) !== null) return false;
    return message.place > (this.marks?.[message.chat]?.place ?? -1);
  }

  /** Whether the phone's owner wrote it: in a private chat all that the instance did not. */
  isOwn({ from_me: fromMe, chat, sender }) {
    return !fromMe && (!isGroup(chat) || this.phone.isMe(sender));
  }

  /** A message came, or is told of again at a tick. */
  hear(message) {
    if (message.instance !== this.phone.instance) return;
    if (this.heardMeanwhile) this.heardMeanwhile.push(message);
    else if (this.isUnread(message)) this.add(message);
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
    this.marks[chat] = { place: last.place, time: last.time };
    this.keep();
  }

  /** Whether a message came before the last one that was read; of a refused call the time alone can tell. */
  wasRead(chat, { refusal, time, place }) {
    const mark = this.marks?.[chat];
    return Boolean(mark) && (refusal ? time <= mark.time : place <= mark.place);
  }

  /** Count what came into a chat while nothing listened here; whether that changed its number. */
  async look({ chat, last, place }) {
    const read = this.marks?.[chat]?.place ?? -1;
    if (!last || place <= read) return false;
    const before = this.count(chat);
    let since = null;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const page = await api.messages({ instance: this.phone.instance, chat, limit: PAGE, since });
      page.items.filter((message) => this.isUnread(message)).forEach((message) => this.add(message));
      since = page.next;
      if (!since || page.items.at(-1).place <= read) break;
    }
    return this.count(chat) !== before;
  }

  /** The server's past has changed: what was counted may be gone, and places may start over. What comes meanwhile is unread. */
  async startAgain() {
    this.ids.clear();
    if (!this.marks || this.heardMeanwhile) return;
    this.heardMeanwhile = [];
    const there = new Map((await this.chats()).map(({ chat, place }) => [chat, place]));
    const heard = this.heardMeanwhile;
    this.heardMeanwhile = null;
    for (const { chat, place } of heard) there.set(chat, Math.min(there.get(chat) ?? place, place - 1));
    for (const [chat, mark] of Object.entries(this.marks)) mark.place = Math.min(mark.place, there.get(chat) ?? -1);
    heard.forEach((message) => this.hear(message));
    this.keep();
  }
}
