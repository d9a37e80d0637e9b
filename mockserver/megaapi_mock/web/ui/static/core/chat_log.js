// The messages of one chat as far as they are loaded, oldest first, with what later ones say about
// earlier ones: reactions, edits, votes.
import * as api from "./api.js";
import { contentOf, subjectOf } from "./messages.js";

const PAGE = 100;
const OLDER_PAGE = 300;
// A page can be nothing but reactions: so many messages to look at come first, where there are any.
const ENOUGH = 30;

export const chatTopic = (instance, chat) => `chat ${instance} ${chat}`;

export class ChatLog {
  constructor(topics, instance, chat) {
    Object.assign(this, { topics, instance, chat });
    this.reading = null;
    this.clear();
  }

  clear() {
    this.version = (this.version ?? 0) + 1;
    this.items = [];
    this.byId = new Map();
    this.reactions = new Map();
    this.edited = new Set();
    this.votes = new Map();
    this.older = null;
    this.loaded = false;
  }

  /** Load the newest page, once. */
  async load() {
    this.reading ??= this.readNewest().finally(() => { this.reading = null; });
    await this.reading;
  }

  /** Forget everything and load it again: the server's past has changed. */
  async reload() {
    await this.reading;
    this.clear();
    await this.load();
    this.topics.publish(chatTopic(this.instance, this.chat), { reloaded: true });
  }

  async readNewest() {
    if (this.loaded) return;
    const page = await api.messages({ instance: this.instance, chat: this.chat, limit: PAGE });
    const later = this.items;
    this.clear();
    this.older = page.next;
    this.loaded = true;
    page.items.reverse().forEach((message) => this.keep(message));
    later.forEach((message) => this.keep(message));
    while (this.older && this.items.length < ENOUGH) await this.readOlder();
  }

  /** Load what came before the oldest message; gives how many visible ones came, 0 at the start. */
  async loadOlder() {
    let count = 0;
    while (this.older && !count) count = await this.readOlder();
    return count;
  }

  async readOlder() {
    const page = await api.messages({ instance: this.instance, chat: this.chat, limit: OLDER_PAGE, since: this.older });
    this.older = page.next;
    const fresh = page.items.filter((message) => !this.byId.has(message.id));
    // The newest first: what is known of later does not change any more.
    fresh.forEach((message) => this.note(message, { isOlder: true }));
    const visible = fresh.filter(isVisible).reverse();
    this.items = [...visible, ...this.items];
    return visible.length;
  }

  /** Take in a new or changed message and tell who shows this chat. */
  hear(message) {
    const changed = this.keep(message);
    this.topics.publish(chatTopic(this.instance, this.chat), changed);
  }

  keep(message) {
    const known = this.byId.has(message.id);
    this.note(message);
    const subject = subjectOf(message);
    if (!isVisible(message)) return { changed: subject };
    if (known) this.replace(message);
    else this.items.push(message);
    return known ? { changed: message.id } : { added: message.id };
  }

  replace(message) {
    // Newest last, and it is mostly new messages that change.
    for (let index = this.items.length - 1; index >= 0; index -= 1) {
      if (this.items[index].id === message.id) {
        this.items[index] = message;
        return;
      }
    }
  }

  /** Index a message, and what it says about another one. */
  note(message, { isOlder = false } = {}) {
    this.version += 1;
    this.byId.set(message.id, message);
    const { kind, part } = contentOf(message.content);
    const subject = subjectOf(message);
    if (kind === "reactionMessage") this.react(subject, message.sender, part.text, isOlder);
    if (kind === "pollUpdateMessage") this.vote(subject, message.sender);
    if (part?.type === "MESSAGE_EDIT" || part?.editedMessage) this.edited.add(subject);
    if (Object.keys(message.content ?? {})[0] === "editedMessage") this.edited.add(subject ?? message.id);
  }

  /** The last reaction of each person counts; "" is one that was taken back. */
  react(subject, sender, emoji, isOlder) {
    if (!this.reactions.has(subject)) this.reactions.set(subject, new Map());
    const reactions = this.reactions.get(subject);
    if (!isOlder || !reactions.has(sender)) reactions.set(sender, emoji ?? "");
  }

  /** The reactions to a message, each person's. */
  reactionsTo(id) {
    return [...(this.reactions.get(id) ?? new Map()).values()].filter(Boolean);
  }

  vote(subject, sender) {
    if (!this.votes.has(subject)) this.votes.set(subject, new Set());
    this.votes.get(subject).add(sender);
  }
}

function isVisible(message) {
  return subjectOf(message) === null;
}
