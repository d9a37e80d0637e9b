// A contact's phone: its frame with the switches, and on the screen its chats or one of them.
import * as api from "../core/api.js";
import { announce, button, fill, freshId, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { isGroup, numberOf } from "../core/messages.js";
import { Subscriptions } from "../core/topics.js";
import { hourOf } from "../core/time.js";
import { openMenu } from "../core/menu.js";
import { saveFile } from "../core/files.js";
import { ChatList } from "./chat_list.js";
import { nameOf } from "./content.js";
import { Conversation } from "./conversation.js";

export class Phone {
  constructor(store, { instance, number }, owner) {
    Object.assign(this, { store, instance, number, owner });
    this.contact = null;
    this.names = new Map();
    this.unread = new Map();
    this.seenUntil = new Map();
    this.shown = null;
    this.subscriptions = new Subscriptions(store.topics);
    this.build();
    this.subscriptions.on("contact", (contact) => this.hearContact(contact));
    this.subscriptions.on("message", (message) => this.countUnread(message));
    this.subscriptions.on("clock", () => this.showTime());
    const timer = setInterval(() => this.showTime(), 10_000);
    this.subscriptions.add(() => clearInterval(timer));
    this.open();
  }

  build() {
    const name = freshId("phone");
    this.heading = h("h2", { id: name }, this.number);
    this.switches = h("span", { class: "phone-switches" });
    this.screen = h("div", { class: "screen" });
    this.notices = h("div", { class: "notices", role: "alert" });
    this.time = h("span", { class: "phone-time" });
    this.flags = h("span", { class: "phone-flags" });
    this.body = h("div", { class: "phone-body" }, h("div", { class: "phone-status" }, this.time, this.flags), this.screen, this.notices);
    this.element = h("section", { class: "phone", "aria-labelledby": name },
      h("div", { class: "phone-top" }, this.heading, this.switches), this.body);
    this.showTime();
  }

  async open() {
    try {
      const learning = this.learnNames();
      this.contact = await api.contact(this.instance, this.number);
      this.learnName(this.contact);
      this.drawTop();
      await learning;
      await this.openFirst();
    } catch (refusal) {
      this.drawTop();
      fill(this.screen, h("p", { class: "empty" }, refusal.message));
    }
  }

  async learnNames() {
    const { items } = await api.contactsOf(this.instance, { limit: 500 }).catch(() => ({ items: [] }));
    items.forEach((one) => this.learnName(one));
    for (const shop of this.store.instances.values()) if (shop.number) this.names.set(shop.number, shop.name);
  }

  learnName(contact) {
    for (const address of [contact.number, numberOf(contact.jid), numberOf(contact.lid)]) {
      if (address && contact.name) this.names.set(address, contact.name);
    }
  }

  async openFirst() {
    await this.openChat(this.first ?? this.contact.jid);
  }

  /** Show that chat, at once or when the phone has been opened. */
  showLater(chat) {
    this.first = chat;
    if (this.contact) this.openChat(chat);
  }

  shop() {
    return this.store.instances.get(this.instance);
  }

  title() {
    return this.contact?.name || this.number;
  }

  address() {
    return this.contact?.jid ?? this.number;
  }

  nameOf(jid) {
    return this.isMe(jid) ? t("you") : nameOf(jid, this.names);
  }

  isMe(jid) {
    const { contact } = this;
    return [this.number, numberOf(contact?.jid), numberOf(contact?.lid)].includes(numberOf(jid));
  }

  get showsButtons() {
    return this.contact?.shows_buttons !== false;
  }

  votesFor(id) {
    return this.shown?.log?.votes.get(id)?.size ?? 0;
  }

  end() {
    this.shown?.end();
    this.subscriptions.end();
  }

  showTime() {
    this.time.textContent = hourOf(this.store.now());
  }

  drawTop() {
    this.heading.replaceChildren(this.title(), " ", h("small", {}, this.number));
    const menu = button(t("phone.menu"), (event) => this.openSwitches(event.currentTarget), { kind: "plain", icon: icon("more"), bare: true, "aria-haspopup": "menu" });
    const close = button(t("phone.close", { name: this.title() }), () => this.owner.close(this), { kind: "plain", icon: icon("close", 18), bare: true });
    this.switches.replaceChildren(menu, close);
    const state = this.contact?.state ?? "reachable";
    this.flags.replaceChildren(...[state === "reachable" ? null : t(`phone.${state}`), this.showsButtons ? null : t("phone.no-buttons")].filter(Boolean).map((text) => h("span", { class: "flag" }, text)));
    this.body.classList.toggle("off", state === "phone_off");
  }

  openSwitches(anchor) {
    const state = this.contact?.state ?? "reachable";
    const turn = (to) => () => this.change({ state: state === to ? "reachable" : to });
    openMenu(anchor, [
      { label: t(state === "phone_off" ? "phone.turn-on" : "phone.turn-off"), icon: icon("power", 16), act: turn("phone_off") },
      { label: t(state === "blocked" ? "phone.unblock" : "phone.block"), icon: icon("block", 16), act: turn("blocked") },
      { label: t(this.showsButtons ? "phone.hide-buttons" : "phone.show-buttons"), icon: icon("list", 16), act: () => this.change({ shows_buttons: !this.showsButtons }) },
    ], { label: t("phone.menu") });
  }

  async change(change) {
    try {
      this.hearContact(await api.changeContact(this.instance, this.number, change));
    } catch (refusal) {
      this.notice(refusal.message);
    }
  }

  hearContact(contact) {
    if (contact.instance !== this.instance || contact.jid !== this.contact?.jid) return;
    const shownBefore = this.showsButtons;
    this.contact = { ...this.contact, ...contact };
    this.drawTop();
    if (shownBefore !== this.showsButtons) this.shown?.list?.reset();
  }

  countUnread(message) {
    if (message.instance !== this.instance || !message.from_me || this.shown?.chat === message.chat) return;
    if (this.lastCounted === message.id) return;
    this.lastCounted = message.id;
    this.unread.set(message.chat, (this.unread.get(message.chat) ?? 0) + 1);
  }

  /** How many messages came into a chat since it was last open here. */
  unreadIn({ chat, last }) {
    const counted = this.unread.get(chat) ?? 0;
    // What came before the list listened was not counted, but shows as the last message.
    const isNewer = last?.from_me && last.time > (this.seenUntil.get(chat) ?? Infinity);
    return counted || (isNewer ? 1 : 0);
  }

  show(view) {
    const { log } = this.shown ?? {};
    if (log) this.seenUntil.set(log.chat, log.items.at(-1)?.time ?? 0);
    this.shown?.end();
    this.shown = view;
    fill(this.screen, view.element);
  }

  showChats() {
    this.show(new ChatList(this));
  }

  async openChat(chat) {
    this.unread.delete(chat);
    const group = isGroup(chat) ? await api.group(this.instance, chat).catch(() => null) : null;
    this.show(new Conversation(this, chat, {
      group, inspect: (subject) => this.owner.inspect(subject), rewindBefore: (message, previous) => this.owner.rewindBefore(this, message, previous),
    }));
  }

  /** The customer does something; gives the message, or null when it was refused. */
  async act(action) {
    const chat = this.shown?.chat;
    const inGroup = chat && isGroup(chat) ? { group: chat } : {};
    try {
      return await api.inbound(this.instance, { from: this.shown?.writer?.() ?? this.number, ...inGroup, ...action });
    } catch (refusal) {
      this.notice(refusal.message);
      return null;
    }
  }

  /** A sentence on the phone, for a while. */
  notice(sentence) {
    const note = h("div", { class: "notice" }, h("span", {}, sentence),
      button(t("close"), () => note.remove(), { kind: "plain", icon: icon("close", 14), bare: true }));
    this.notices.replaceChildren(note);
    announce(sentence);
    setTimeout(() => note.remove(), 12_000);
  }

  /** A sheet over the screen; Escape closes it. */
  openSheet(title, children) {
    const name = freshId("sheet");
    const sheet = h("div", { class: "sheet-backdrop" });
    sheet.append(h("div", { class: "sheet", role: "dialog", "aria-modal": "true", "aria-labelledby": name, tabindex: "-1" },
      h("header", {}, h("h3", { id: name }, title), button(t("close"), () => sheet.remove(), { kind: "plain", icon: icon("close"), bare: true })),
      children));
    sheet.addEventListener("keydown", (event) => { if (event.key === "Escape") sheet.remove(); });
    sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.remove(); });
    this.body.append(sheet);
    sheet.querySelector("input, button.primary")?.focus();
    return sheet;
  }

  async saveConversation(chat) {
    try {
      const yaml = await api.exportConversation(this.instance, chat, "yaml");
      saveFile(`${numberOf(chat)}.yaml`, yaml, "text/yaml");
    } catch (refusal) {
      this.notice(refusal.message);
    }
  }
}
