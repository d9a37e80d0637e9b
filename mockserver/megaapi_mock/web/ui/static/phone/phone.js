// A contact's phone: its frame with the switches, and on the screen its chats or one of them.
import * as api from "../core/api.js";
import { button, fill, freshId, h } from "../core/dom.js";
import { focusOn, isFocusLost } from "../core/focus.js";
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
import { Notices } from "./notices.js";
import { openSheet } from "./sheet.js";
import { Unread } from "./unread.js";

// What `chat` says of a phone that shows its list of chats.
const NO_CHAT = "";
// What is not a message of its own, and so can be done where only admins write.
const ABOUT_OTHERS = new Set(["reaction", "poll-vote", "edited", "deleted"]);
// The call by which a bot shuts people out, and lets them in again.
const BLOCKING = "block_chat";
// Larger groups show some of their members by their numbers.
const MOST_MEMBERS = 40;

export class Phone {
  /** `chat` is what it shows: a chat, "" for the list of them, undefined for the instance's own. */
  constructor(store, { instance, number, chat }, owner) {
    Object.assign(this, { store, instance, number, chat, owner });
    this.contact = null;
    this.names = new Map();
    // By chat, the end of what was done there last: what is typed fast arrives in the order it was typed.
    this.turns = new Map();
    this.unread = new Unread(this);
    this.shown = null;
    this.subscriptions = new Subscriptions(store.topics);
    this.build();
    this.subscriptions.on("contact", (contact) => this.hearContact(contact));
    this.subscriptions.on("message", (message) => { if (this.shown?.chat !== message.chat) this.unread.hear(message); });
    for (const topic of ["loaded", "rewound"]) this.subscriptions.on(topic, () => this.unread.startAgain());
    this.subscriptions.on("clock", () => this.showTime());
    this.subscriptions.on("records", ({ record }) => { if (record?.operation === BLOCKING && record.instance === this.instance) this.refresh(); });
    this.subscriptions.on("instances", () => {
      this.learnShops();
      this.followInstance();
    });
    this.subscriptions.on("loaded", () => this.refresh());
    const timer = setInterval(() => this.showTime(), 10_000);
    this.subscriptions.add(() => clearInterval(timer));
    this.open();
  }

  build() {
    const name = freshId("phone");
    this.heading = h("h2", { id: name }, this.number);
    this.switches = h("span", { class: "phone-switches" });
    this.screen = h("div", { class: "screen" });
    this.notices = new Notices(() => this.takeFocus());
    this.subscriptions.add(() => this.notices.end());
    this.time = h("span", { class: "phone-time" });
    this.flags = h("span", { class: "phone-flags" });
    this.body = h("div", { class: "phone-body" }, h("div", { class: "phone-status" }, this.time, this.flags), this.notices.element,
      h("div", { class: "stage" }, this.screen));
    this.element = h("section", { class: "phone", "aria-labelledby": name },
      h("div", { class: "phone-top" }, this.heading, this.switches), this.body);
    this.showTime();
  }

  async open() {
    try {
      const learning = this.learnNames();
      // What is heard meanwhile is newer than what is read.
      this.heard = {};
      this.isOutdated = false;
      this.contact = { ...await api.contact(this.instance, this.number), ...this.heard };
      this.learnName(this.contact);
      this.drawTop();
      if (this.isOutdated) await this.refresh();
      await Promise.all([learning, this.unread.begin()]);
      await this.openFirst();
    } catch (refusal) {
      this.drawTop();
      fill(this.screen, h("p", { class: "empty" }, refusal.message));
    }
  }

  async learnNames() {
    const { items } = await api.contactsOf(this.instance, { limit: 500 }).catch(() => ({ items: [] }));
    items.forEach((one) => this.learnName(one));
    this.learnShops();
  }

  learnShops() {
    for (const shop of this.store.instances.values()) if (shop.number) this.names.set(shop.number, shop.name);
  }

  learnName(contact) {
    for (const address of [contact.number, numberOf(contact.jid), numberOf(contact.lid)]) {
      if (address && contact.name) this.names.set(address, contact.name);
    }
  }

  /** Show what was open here before, as far as it is still there. */
  async openFirst() {
    const { chat } = this;
    if (chat === NO_CHAT) this.showChats();
    else await this.openChat(chat && isGroup(chat) ? chat : this.contact.jid);
  }

  /** Show that chat, at once or when the phone has been opened. */
  showLater(chat) {
    this.chat = chat;
    if (this.contact) this.openChat(chat);
  }

  /** The instance was removed, or is there again. */
  followInstance() {
    if (this.shop() && this.isOrphan) {
      this.isOrphan = false;
      this.open();
    } else if (!this.shop() && this.store.loaded && !this.isOrphan) this.showOrphan();
  }

  showOrphan() {
    this.isOrphan = true;
    this.closeSheet();
    this.shown?.end();
    this.shown = null;
    fill(this.screen, h("p", { class: "empty" }, t("phone.no-instance", { key: this.instance })));
  }

  /** The server has started again, or was reset: the contact may be another. */
  async refresh() {
    if (!this.contact) this.isOutdated = true;
    if (!this.contact || !this.shop()) return;
    const contact = await api.contact(this.instance, this.number).catch(() => null);
    if (contact) this.hearContact(contact);
  }

  async groupOf(chat) {
    const group = await api.group(this.instance, chat).catch(() => null);
    await this.learnMembers(group?.participants ?? []);
    return group;
  }

  /** The names of people whom the world does not list. */
  learnMembers(participants) {
    const unknown = participants.filter(({ jid }) => !this.names.has(numberOf(jid))).slice(0, MOST_MEMBERS);
    return Promise.all(unknown.map(({ jid }) => api.contact(this.instance, jid).then((one) => this.learnName(one), () => undefined)));
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

  /** Whether it is the phone of that number, as dialled or as WhatsApp has it. */
  hasNumber(number) {
    return this.number === number || this.isMe(number);
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
    this.isEnded = true;
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
    fill(this.switches, menu, close);
    const state = this.contact?.state ?? "reachable";
    this.flags.replaceChildren(...[state === "reachable" ? null : t(`phone.${state}`), this.contact?.blocked_by_instance ? t("phone.shut-out") : null, this.showsButtons ? null : t("phone.no-buttons")].filter(Boolean).map((text) => h("span", { class: "flag" }, text)));
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
    if (contact.instance !== this.instance || ![contact.number, contact.jid].some((one) => one && [this.number, this.contact?.jid].includes(one))) return;
    this.heard = contact;
    if (!this.contact) return;
    const shownBefore = this.showsButtons;
    if (contact.state !== this.contact.state) this.notices.clear();
    this.contact = { ...this.contact, ...contact };
    this.drawTop();
    if (shownBefore !== this.showsButtons) this.shown?.list?.reset();
  }

  show(view, chat) {
    if (this.isEnded) {
      // It was closed while it was still reading.
      view.end();
      return;
    }
    const hadFocus = this.screen.contains(document.activeElement);
    this.shown?.end();
    this.shown = view;
    fill(this.screen, view.element);
    if (hadFocus && isFocusLost()) this.takeFocus();
    this.chat = chat;
    this.owner.keep();
  }

  /** Give the focus to where one goes on from: the message box, or the first control there is. */
  takeFocus() {
    const { input } = this.shown?.composer ?? {};
    // On a screen that is touched the box would bring up the keys.
    const isTouched = matchMedia("(hover: none)").matches;
    const within = (selector) => this.screen.querySelector(selector);
    [isTouched ? within(".messages") : input, within(".chat-rows"), within("button"), this.switches.firstChild].some(focusOn);
  }

  showChats() {
    this.show(new ChatList(this), NO_CHAT);
  }

  async openChat(chat) {
    const group = isGroup(chat) ? await this.groupOf(chat) : null;
    // A group that is gone since.
    const shown = isGroup(chat) && !group ? this.address() : chat;
    this.show(new Conversation(this, shown, {
      group, inspect: (subject) => this.owner.inspect(subject), rewindBefore: (message) => this.owner.rewindBefore(this, message),
    }), shown);
  }

  /**
   * The customer does something, after all that was done in this chat before; gives the message, or
   * null when it was refused. `media` may be still on its way.
   */
  act(action) {
    const silence = this.shown?.whySilent?.();
    if (silence && (this.shown.isOut || !ABOUT_OTHERS.has(action.event))) {
      this.notice(silence);
      return Promise.resolve(null);
    }
    const chat = this.shown?.chat;
    const inGroup = chat && isGroup(chat) ? { group: chat } : {};
    const body = { from: this.writer(), ...inGroup, ...action };
    const turn = (this.turns.get(chat) ?? Promise.resolve()).then(() => this.send(body));
    this.turns.set(chat, turn);
    return turn;
  }

  async send(body) {
    try {
      return await api.inbound(this.instance, { ...body, media: await body.media });
    } catch (refusal) {
      this.notice(this.reasonOf(refusal, body.from));
      return null;
    }
  }

  /** Who writes in what is shown: in a group another participant may. */
  writer() {
    return this.shown?.writer?.() ?? this.number;
  }

  /** Why nothing left this phone: its own switches first, which can be changed right here. */
  reasonOf(refusal, writer) {
    const state = this.contact?.state ?? "reachable";
    if (refusal.status === 409 && writer === this.number && this.contact?.blocked_by_instance && !isGroup(this.shown?.chat)) return t("phone.is-shut-out");
    return refusal.status === 409 && writer === this.number && state !== "reachable" ? t(`phone.is-${state}`) : refusal.message;
  }

  /** A sentence on the phone, for a while. */
  notice(sentence) {
    this.notices.show(sentence);
  }

  /** A sheet over the screen, in the place of the one before. */
  openSheet(title, children) {
    this.closeSheet();
    this.sheet = openSheet(this.screen, title, children, () => this.takeFocus());
    return this.sheet;
  }

  closeSheet() {
    this.sheet?.close();
    this.sheet = null;
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
