// The messages of one chat as far as they are loaded, oldest first, with what later ones say about
// earlier ones: reactions, edits, votes.
import * as api from "./api.js";
import { contentOf, subjectOf } from "./messages.js";

const PAGE = 100;
const OLDER_PAGE = 300;

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
  }

  /** Load the page before the oldest one; gives how many visible messages came. */
  async loadOlder() {
    if (!this.older) return 0;
    const page = await api.messages({ instance: this.instance, chat: this.chat, limit: OLDER_PAGE, since: this.older });
    this.older = page.next;
    const fresh = page.items.filter((message) => !this.byId.has(message.id)).reverse();
    fresh.forEach((message) => this.note(message));
    const visible = fresh.filter(isVisible);
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
  note(message) {
    this.version += 1;
    this.byId.set(message.id, message);
    const { kind, part } = contentOf(message.content);
    const subject = subjectOf(message);
    if (kind === "reactionMessage") this.react(subject, message.sender, part.text);
    if (kind === "pollUpdateMessage") this.vote(subject, message.sender);
    if (part?.type === "MESSAGE_EDIT" || part?.editedMessage) this.edited.add(subject);
    if (Object.keys(message.content ?? {})[0] === "editedMessage") this.edited.add(subject ?? message.id);
  }

  /** The id of the message right before this one, seen or not; null for the first. */
  idBefore(message) {
    let before = null;
    for (const one of this.byId.values()) {
      if (one.id !== message.id && one.time <= message.time && (!before || one.time > before.time)) before = one;
    }
    return before?.id ?? null;
  }

  react(subject, sender, emoji) {
    if (!this.reactions.has(subject)) this.reactions.set(subject, new Map());
    const reactions = this.reactions.get(subject);
    if (emoji) reactions.set(sender, emoji);
    else reactions.delete(sender);
  }

  vote(subject, sender) {
    if (!this.votes.has(subject)) this.votes.set(subject, new Set());
    this.votes.get(subject).add(sender);
  }
}

function isVisible(message) {
  return subjectOf(message) === null;
}
