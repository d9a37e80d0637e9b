// Whose phone to open: people the instance has chats with, latest first, then everyone in the world.
import * as api from "../core/api.js";
import { field, fill, h } from "../core/dom.js";
import { openDialog } from "../core/dialog.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { WindowedList } from "../core/windowed_list.js";
import { inShort } from "./content.js";

const PAGE = 60;
const PAUSE = 150;

/** Open the dialog; `take(number)` hears of the choice. */
export function openPicker(instance, take) {
  const picker = new Picker(instance, (number) => {
    dialog.close();
    take(number);
  });
  const dialog = openDialog(t("phones.add"), [field(t("phones.who"), picker.input, t("phones.who-hint")), picker.rows]);
  picker.look();
  picker.input.focus();
}

class Picker {
  constructor(instance, take) {
    Object.assign(this, { instance, take, people: [], sources: [] });
    this.input = h("input", { type: "search", placeholder: t("phones.search"), on: { input: () => this.lookSoon(), keydown: (event) => this.onKey(event) } });
    this.rows = h("div", { class: "picker-list" });
    this.list = new WindowedList(this.rows, {
      items: () => this.people, keyOf: (one) => one.number, render: (one) => this.row(one), more: () => this.more(),
    });
  }

  onKey(event) {
    if (event.key === "Enter" && this.people.length) this.take(this.people[0].number);
  }

  lookSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  async look() {
    const text = this.input.value.trim();
    this.people = /^\d{8,15}$/.test(text) ? [{ number: text, name: t("phones.any") }] : [];
    this.sources = [
      { read: (since) => api.chatsOf(this.instance, { text, limit: PAGE, since }), since: null },
      { read: (since) => api.contactsOf(this.instance, { text, limit: PAGE, since }), since: null },
    ];
    await this.more();
    if (this.input.value.trim() !== text) return;
    this.rows.setAttribute("role", this.people.length ? "list" : "group");
    this.list.reset();
    if (!this.people.length) fill(this.rows, h("p", { class: "empty" }, t("phones.nobody")));
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
    const known = this.people.find(({ number }) => number === one.number);
    if (!known) this.people.push(one);
    else if (known.name === t("phones.any")) known.name = one.name;
  }

  row(one) {
    return h("div", { role: "listitem" }, h("button", { type: "button", class: "chat-row", on: { click: () => this.take(one.number) } },
      h("span", { class: "avatar small" }, icon("person", 18)),
      h("span", { class: "chat-words" }, h("strong", {}, one.name || one.number), one.last ? inShort(one.last.content) : h("span", { class: "in-short" }, one.number)),
      h("span", { class: "chat-end" }, one.last ? one.number : null)));
  }
}
