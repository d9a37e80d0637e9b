// Whose phone to open: people the instance has chats with, latest first, then everyone in the world.
import * as api from "../core/api.js";
import { field, fill, h } from "../core/dom.js";
import { openDialog } from "../core/dialog.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { WindowedList } from "../core/windowed_list.js";
import { inShort } from "./content.js";
import { digitsOf, isNumber } from "./numbers.js";

const PAGE = 60;
const PAUSE = 150;

/** Open the dialog for an instance; `take(number)` hears of the choice. */
export function openPicker(shop, take) {
  const picker = new Picker(shop, (number) => {
    dialog.close();
    take(number);
  });
  const dialog = openDialog(t("phones.add"), [field(t("phones.who"), picker.input, t("phones.who-hint")), picker.rows]);
  picker.look();
  picker.input.focus();
}

class Picker {
  constructor(shop, take) {
    Object.assign(this, { shop, instance: shop.key, take, people: [], sources: [], listed: null });
    // The own number may be dialled in several ways.
    this.own = shop.number ? api.contact(shop.key, shop.number).then(({ jid }) => jid, () => null) : null;
    this.input = h("input", { type: "search", placeholder: t("phones.search"), on: { input: () => this.lookSoon(), keydown: (event) => this.onKey(event) } });
    this.rows = h("div", { class: "picker-list" });
    this.list = new WindowedList(this.rows, {
      items: () => this.people, keyOf: (one) => one.number, render: (one) => this.row(one), more: () => this.more(),
    });
  }

  onKey(event) {
    if (event.key !== "Enter" || event.isComposing) return;
    // The button that opened this has the focus when it closes, and the key would press it again.
    event.preventDefault();
    this.takeFirst();
  }

  /** Take the first who has what is typed now, looked for at once. */
  async takeFirst() {
    clearTimeout(this.timer);
    const text = this.input.value.trim();
    if (this.listed !== text) await this.look();
    if (this.listed === text && this.people.length && this.input.isConnected) this.take(this.people[0].number);
  }

  lookSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  async look() {
    const typed = this.input.value.trim();
    const text = isNumber(typed) ? digitsOf(typed) : typed;
    this.listed = null;
    const { person, refusal } = await this.dialled(typed);
    const ownJid = await this.own;
    if (this.input.value.trim() !== typed) return;
    this.ownJid = ownJid;
    this.people = person ? [person] : [];
    this.sources = [
      { read: (since) => api.chatsOf(this.instance, { text, limit: PAGE, since }), since: null },
      { read: (since) => api.contactsOf(this.instance, { text, limit: PAGE, since }), since: null },
    ];
    const { sources } = this;
    await this.more();
    if (sources !== this.sources || this.input.value.trim() !== typed) return;
    this.listed = typed;
    this.rows.setAttribute("role", this.people.length ? "list" : "group");
    this.list.reset();
    if (!this.people.length) fill(this.rows, h("p", { class: "empty" }, refusal ?? t("phones.nobody")));
  }

  /** Who has the number that is typed, or why nobody's phone can be opened by it. */
  async dialled(typed) {
    if (!isNumber(typed)) return {};
    try {
      const { number, jid, name, saved_name: saved } = await api.contact(this.instance, typed);
      if (jid === await this.own) return { refusal: t("phones.own") };
      return { person: { number: number ?? digitsOf(typed), name: saved ?? name } };
    } catch (refusal) {
      return { refusal: refusal.message };
    }
  }

  /** The next page of people not listed yet; how many came. */
  async more() {
    const { sources } = this;
    const before = this.people.length;
    while (sources.length && this.people.length - before < PAGE / 2) {
      const page = await sources[0].read(sources[0].since).catch(() => ({ items: [], next: null }));
      if (sources !== this.sources) return 0;
      page.items.filter((one) => one.number).forEach((one) => this.add(one));
      sources[0].since = page.next;
      if (!page.next) sources.shift();
    }
    return this.people.length - before;
  }

  add(one) {
    if ([one.jid, one.chat].includes(this.ownJid)) return;
    if (!this.people.some(({ number }) => number === one.number)) this.people.push(one);
  }

  row(one) {
    return h("div", { role: "listitem" }, h("button", { type: "button", class: "chat-row", on: { click: () => this.take(one.number) } },
      h("span", { class: "avatar small" }, icon("person", 18)),
      h("span", { class: "chat-words" }, h("strong", {}, one.name || one.number), one.last ? inShort(one.last.content) : h("span", { class: "in-short" }, one.number)),
      h("span", { class: "chat-end" }, one.last ? one.number : null)));
  }
}
