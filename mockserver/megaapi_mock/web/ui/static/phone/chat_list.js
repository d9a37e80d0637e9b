// The chats of a phone: the instance's private chat and the groups both are in.
import * as api from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { focusOn } from "../core/focus.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { Subscriptions } from "../core/topics.js";
import { dayOf, hourOrDayOf } from "../core/time.js";
import { WindowedList } from "../core/windowed_list.js";
import { inShort } from "./content.js";

const PAGE = 60;

function lastWords(message) {
  if (!message) return h("span", { class: "in-short" }, t("chats.none-yet"));
  if (message.deleted === "everyone") return h("span", { class: "in-short" }, t("message.deleted"));
  return inShort(message.content);
}

export class ChatList {
  constructor(phone) {
    this.phone = phone;
    this.chats = [];
    this.next = null;
    this.day = dayOf(phone.store.now());
    this.subscriptions = new Subscriptions(phone.store.topics);
    this.rows = h("div", { class: "chat-rows", tabindex: "-1" });
    this.element = h("div", { class: "chat-list" }, h("header", { class: "chat-header" }, h("h3", {}, t("chats.title"))), this.rows);
    this.list = new WindowedList(this.rows, {
      items: () => this.chats, keyOf: (chat) => chat.chat, render: (chat) => this.row(chat), more: () => this.more(),
    });
    this.subscriptions.on("message", (message) => this.hear(message));
    this.subscriptions.on("groups", ({ instance }) => { if (instance === phone.instance) this.load(); });
    for (const topic of ["rewound", "loaded"]) this.subscriptions.on(topic, () => this.load());
    this.subscriptions.on("clock", () => this.followDay());
    this.load();
  }

  end() {
    this.subscriptions.end();
  }

  /** Where the day of the clock is another one, so is which rows say theirs. */
  followDay() {
    const day = dayOf(this.phone.store.now());
    if (this.day !== day) this.list.reset();
    this.day = day;
  }

  async page(since) {
    return api.chatsOf(this.phone.instance, { with: this.phone.address(), limit: PAGE, since });
  }

  async load() {
    if (this.loading) {
      // What is being read may be older than what asks for it now.
      this.stale = true;
      return;
    }
    this.loading = true;
    await this.read();
    this.loading = false;
    if (!this.stale) return;
    this.stale = false;
    this.load();
  }

  async read() {
    try {
      const page = await this.page(null);
      this.chats = page.items;
      this.next = page.next;
      this.rows.setAttribute("role", this.chats.length ? "list" : "group");
      this.list.reset();
      if (document.activeElement === this.rows) focusOn(this.rows.querySelector("button"));
      this.lookForUnread(page.items);
    } catch (refusal) {
      fill(this.rows, h("p", { class: "empty" }, refusal.message));
    }
  }

  /** Number the chats into which something came while they were not listened to. */
  async lookForUnread(chats) {
    for (const chat of chats) {
      if (await this.phone.unread.look(chat).catch(() => false)) this.list.changed(chat.chat);
    }
  }

  async more() {
    if (!this.next) return 0;
    const page = await this.page(this.next);
    this.next = page.next;
    this.chats = [...this.chats, ...page.items];
    this.lookForUnread(page.items);
    return page.items.length;
  }

  hear(message) {
    if (message.instance !== this.phone.instance) return;
    const index = this.chats.findIndex((chat) => chat.chat === message.chat);
    if (index < 0) {
      if (this.loading || message.chat === this.phone.address()) this.load();
      return;
    }
    // Ticks of an older message are not news.
    if (message.place < this.chats[index].place) return;
    const [chat] = this.chats.splice(index, 1);
    this.chats.unshift({ ...chat, last: message, place: message.place });
    this.list.reset();
  }

  row(chat) {
    const unread = this.phone.unread.count(chat.chat);
    const name = chat.kind === "group" ? chat.name : (this.phone.shop()?.name ?? this.phone.instance);
    return h("div", { role: "listitem" }, h("button", { type: "button", class: "chat-row", on: { click: () => this.phone.openChat(chat.chat) } },
      h("span", { class: "avatar" }, icon(chat.kind === "group" ? "people" : "phone", 20)),
      h("span", { class: "chat-words" }, h("strong", {}, name), lastWords(chat.last)),
      h("span", { class: "chat-end" }, chat.last ? h("time", {}, hourOrDayOf(chat.last.time, this.phone.store.now())) : null,
        unread ? h("span", { class: "badge", "aria-label": t("chats.unread", { count: unread }) }, unread) : null)));
  }
}
