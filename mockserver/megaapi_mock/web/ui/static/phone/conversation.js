// One chat open on a phone: its header, messages and composer.
import * as api from "../core/api.js";
import { chatTopic } from "../core/chat_log.js";
import { announce, button, fill, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { closeMenu } from "../core/menu.js";
import { contentOf, isGroup, textOf } from "../core/messages.js";
import { recipientsOf, messageIdsOf, outcomeOf, sameChat } from "../core/records.js";
import { Subscriptions } from "../core/topics.js";
import { WindowedList } from "../core/windowed_list.js";
import { entry } from "./bubble.js";
import { Composer } from "./composer.js";
import { nameOf } from "./content.js";
import { Search } from "./search.js";

const MOST_PAGES = 500;
const TYPING = new Set(["composing", "recording"]);

export class Conversation {
  constructor(phone, chat, { group = null, inspect, rewindBefore }) {
    Object.assign(this, { phone, chat, group, inspect, rewindBefore });
    this.log = phone.store.log(phone.instance, chat);
    this.subscriptions = new Subscriptions(phone.store.topics);
    this.refusals = [];
    this.merged = null;
    // How often it was asked who is in the group, and whether the last answer is still to come.
    this.groupReads = 0;
    this.isAsking = false;
    this.composer = new Composer(this);
    this.build();
    this.listen();
    this.open();
  }

  build() {
    this.presence = h("small", { class: "presence", "aria-live": "polite" });
    this.messages = h("div", { class: "messages", tabindex: "0", role: "log", "aria-label": t("conversation.messages", { name: this.phone.title() }) });
    this.newer = button(t("conversation.newer"), () => this.toNewest(), { kind: "newer", icon: icon("down", 16), hidden: true });
    this.search = new Search((text) => this.find(text), (id) => this.showMessage(id));
    // Each bubble has controls of its own: nobody has to go through all of them to write.
    const toBox = button(t("conversation.to-box"), () => this.composer.input.focus(), { kind: "to-box" });
    this.messages.addEventListener("keydown", (event) => { if (event.key === "Escape") this.composer.input.focus(); });
    this.element = h("div", { class: "conversation" }, this.header(), this.search.element, toBox, this.messages, h("div", { class: "newer-place" }, this.newer), this.composer.element);
    this.list = new WindowedList(this.messages, {
      items: () => this.items(),
      keyOf: (item) => item.id,
      render: (item, before) => entry(item, before, this),
      more: () => this.loadOlder(),
    }, { bottom: true });
    this.messages.addEventListener("scroll", () => { if (this.list.isAtNearEnd()) this.newer.hidden = true; }, { passive: true });
  }

  header() {
    this.title = h("strong");
    this.showTitle();
    const back = button(t("back"), () => this.phone.showChats(), { kind: "plain", icon: icon("back"), bare: true });
    return h("header", { class: "chat-header" }, back, h("span", { class: "avatar" }, icon(this.group ? "people" : "phone", 20)),
      h("div", { class: "chat-title" }, this.title, this.presence), this.actions());
  }

  showTitle() {
    this.title.textContent = this.group?.subject ?? this.phone.shop()?.name ?? this.phone.instance;
  }

  actions() {
    const save = button(t("conversation.save"), () => this.phone.saveConversation(this.chat),
      { kind: "plain", icon: icon("download", 18), bare: true });
    return [this.search.button, save];
  }

  listen() {
    this.subscriptions.on(chatTopic(this.phone.instance, this.chat), (change) => this.hear(change));
    this.subscriptions.on("records", (change) => this.hearRecord(change));
    this.subscriptions.on("presence", () => this.showPresence());
    this.subscriptions.on("instance", () => this.showPresence());
    this.subscriptions.on("instances", () => this.showTitle());
    this.subscriptions.on("groups", ({ instance }) => { if (this.group && instance === this.phone.instance) this.readGroup(); });
    for (const topic of ["rewound", "loaded"]) this.subscriptions.on(topic, () => { if (this.group) this.readGroup(); });
    const timer = setInterval(() => this.followPresence(), 5000);
    this.subscriptions.add(() => clearInterval(timer));
  }

  async open() {
    try {
      await this.log.load();
    } catch (refusal) {
      fill(this.messages, h("p", { class: "empty" }, refusal.message));
      return;
    }
    this.findRefusals();
    this.list.reset();
    this.markRead();
    this.showPresence();
    this.readRecords();
  }

  /** What became of the messages that are loaded, as far as the list of all records does not reach back to them. */
  async readRecords() {
    const { log } = this;
    const oldest = log.items[0];
    if (!oldest || !(await this.phone.store.records.readChat(this.phone.instance, this.chat, oldest.time).catch(() => false))) return;
    if (this.phone.shown !== this) return;
    this.findRefusals();
    this.list.drawAgain();
  }

  /** What is in the chat that is open counts as read. */
  markRead() {
    // Nothing is read while it is asked who is in the group still.
    if (this.isOut || this.isAsking) return;
    if (this.phone.shown === this && !this.phone.isEnded) this.phone.unread.read(this.chat, this.log.items);
  }

  end() {
    this.subscriptions.end();
    this.composer.end();
  }

  /** Somebody came, went, or renamed the group. */
  async readGroup() {
    this.groupReads += 1;
    this.isAsking = true;
    const reads = this.groupReads;
    const group = await this.phone.groupOf(this.chat);
    if (this.phone.shown !== this || reads !== this.groupReads) return;
    this.isAsking = false;
    if (!group) {
      this.phone.openChat(this.phone.address());
      return;
    }
    const wasOut = this.isOut;
    this.group = group;
    this.showTitle();
    this.showPresence();
    this.composer.drawWriters();
    if (wasOut !== this.isOut) {
      this.findRefusals();
      this.list.reset();
    }
    this.markRead();
  }

  /** Whether the owner of this phone is no longer in the group that it shows. */
  get isOut() {
    return Boolean(this.group) && !this.group.participants.some(({ jid }) => this.phone.isMe(jid));
  }

  /** Whether only admins write in this group, and the owner of this phone is none. */
  get isSilenced() {
    return Boolean(this.group?.announce) && this.group.participants.some(({ jid, admin }) => !admin && this.phone.isMe(jid));
  }

  /** Why nothing can be written here, or "". */
  whySilent() {
    if (this.isOut) return t("conversation.left");
    return this.isSilenced ? t("conversation.admins-only") : "";
  }

  /** What comes into a group is shown to whoever is in it. */
  isShown(message) {
    return !this.isOut || this.phone.unread.wasRead(this.chat, message);
  }

  items() {
    if (!this.refusals.length && !this.isOut) return this.log.items;
    if (this.merged?.version !== this.log.version) this.merged = { version: this.log.version, items: this.merge() };
    return this.merged.items;
  }

  /** Messages and refused calls in the order they came; refusals from before all that is loaded wait for the older messages. */
  merge() {
    const isEarlier = this.phone.store.records.orderOfRefusals();
    const merged = [];
    let waiting = this.refusals;
    if (this.log.older && this.log.items.length) waiting = waiting.filter((refusal) => !isEarlier(refusal, this.log.items[0]));
    waiting = [...waiting];
    for (const message of this.log.items.filter((one) => this.isShown(one))) {
      while (waiting.length && isEarlier(waiting[0], message)) merged.push(waiting.shift());
      merged.push(message);
    }
    return [...merged, ...waiting];
  }

  findRefusals() {
    this.refusals = this.phone.store.records.refusalsIn(this.phone.instance, (address) => this.isHere(address)).map((record) => ({ ...record, refusal: true }))
      .filter((refusal) => this.isShown(refusal));
    this.merged = null;
  }

  async loadOlder() {
    const before = this.items().length;
    if (await this.log.loadOlder()) this.readRecords();
    return this.items().length - before;
  }

  hear(change) {
    if (change.reloaded) {
      // What a menu is about may be gone.
      closeMenu();
      this.findRefusals();
      this.list.reset();
      this.markRead();
      this.readRecords();
      return;
    }
    if (change.changed) this.list.changed(change.changed);
    if (change.added) this.hearNew(change.added);
  }

  hearNew(id) {
    if (this.isOut) return;
    const message = this.log.byId.get(id);
    this.markRead();
    this.showGrowth(this.isOwn(message));
    if (message.from_me) announce(t("conversation.new", { name: this.phone.title(), text: textOf(message.content) || contentOf(message.content).kind }));
    this.showPresence();
  }

  showGrowth(follow) {
    if (follow && !this.list.isFollowing()) {
      this.list.reset();
      return;
    }
    this.newer.hidden = this.list.isFollowing();
    this.list.grown();
  }

  hearRecord({ record, reloaded }) {
    if (reloaded) {
      this.findRefusals();
      this.list.reset();
      return;
    }
    if (record.instance !== this.phone.instance) return;
    for (const message of messageIdsOf(record)) this.list.changed(message);
    if (record.kind === "exchange" && outcomeOf(record) === "refused" && recipientsOf(record).some((address) => this.isHere(address))) {
      this.findRefusals();
      this.showGrowth(false);
    }
  }

  toNewest() {
    this.newer.hidden = true;
    this.messages.focus({ preventScroll: true });
    this.list.reset();
  }

  /** Typing ends by itself after a while. */
  followPresence() {
    const { store, instance } = this.phone;
    if (TYPING.has(store.instances.get(instance)?.presence?.[this.chat])) store.readInstance(instance);
    this.showPresence();
  }

  showPresence() {
    const shop = this.phone.store.instances.get(this.phone.instance);
    const shown = shop?.presence?.[this.chat];
    const typing = this.othersTyping();
    const key = typing ? `presence.${typing.option}` : `presence.${shown ?? (shop?.state === "connected" ? "online" : "offline")}`;
    const text = this.presenceText(typing, shown, key);
    if (this.presence.textContent !== text) this.presence.textContent = text;
    this.presence.classList.toggle("active", Boolean(typing) || TYPING.has(shown));
  }

  /** What stands below the title: who types, who is in the group, or whether the instance is there. */
  presenceText(typing, shown, key) {
    if (typing && !this.isOut) return `${nameOf(typing.participant, this.phone.names)}: ${t(key)}`;
    if (this.isOut) return "";
    if (!this.group || TYPING.has(shown)) return t(key);
    return this.group.participants.map((one) => this.phone.nameOf(one.jid)).join(", ");
  }

  /** Who else types in this group right now. */
  othersTyping() {
    if (!isGroup(this.chat)) return null;
    const now = this.phone.store.now();
    return [...this.phone.store.presence.values()].find((one) => one.instance === this.phone.instance && one.chat === this.chat
      && !this.phone.isMe(one.participant) && TYPING.has(one.option) && now - one.time < 20) ?? null;
  }

  /** Whether an address a bot has used leads to this chat: number, JID, or LID. */
  isHere(address) {
    return sameChat(address, this.chat) || (!isGroup(this.chat) && Boolean(address) && this.phone.isMe(address));
  }

  isOwn(message) {
    return isGroup(this.chat) ? !message.from_me && this.phone.isMe(message.sender) : !message.from_me;
  }

  ownReactionTo(id) {
    const given = this.log.reactions.get(id) ?? new Map();
    return [...given].find(([sender]) => this.phone.isMe(sender))?.[1] ?? null;
  }

  /** Who writes: the phone's owner, or the participant chosen in a group. */
  writer() {
    const jid = this.composer.writer?.value;
    return !jid || this.isOut || this.phone.isMe(jid) ? this.phone.number : jid;
  }

  async showMessage(id) {
    for (let pages = 0; pages < MOST_PAGES && !this.items().some((item) => item.id === id); pages += 1) {
      if (!(await this.loadOlder())) break;
    }
    const index = this.items().findIndex((item) => item.id === id);
    if (index < 0) {
      this.phone.notice(t("conversation.gone"));
      return;
    }
    this.list.showIndex(index);
    const element = this.list.elements.get(id);
    element?.scrollIntoView({ block: "center" });
    element?.classList.add("flash");
    setTimeout(() => element?.classList.remove("flash"), 1500);
  }

  /** Find messages with that text. */
  async find(text) {
    const { items } = await api.messages({ instance: this.phone.instance, chat: this.chat, text, limit: 50 });
    return { items: items.filter((message) => this.isShown(message)) };
  }
}
