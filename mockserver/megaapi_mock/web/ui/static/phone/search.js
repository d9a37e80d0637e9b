// Finding a message of one chat by its text.
import { button, fill, fillList, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { dayOf, hourOf } from "../core/time.js";
import { inShort } from "./content.js";

const PAUSE = 200;

export class Search {
  constructor(find, onChoose) {
    Object.assign(this, { find, onChoose });
    this.input = h("input", { type: "search", placeholder: t("conversation.search"), "aria-label": t("conversation.search"), on: { input: () => this.lookSoon(), keydown: (event) => this.onKey(event) } });
    this.results = h("div", { class: "search-results" });
    this.element = h("div", { class: "chat-search", hidden: true }, this.input, this.results);
    this.button = button(t("conversation.search"), () => this.toggle(), { kind: "plain", icon: icon("search", 18), bare: true, "aria-expanded": "false" });
  }

  toggle(open = this.element.hidden) {
    this.element.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    fill(this.results);
    this.input.value = "";
    (open ? this.input : this.button).focus();
  }

  onKey(event) {
    if (event.key === "Escape") this.toggle(false);
  }

  lookSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  async look() {
    const text = this.input.value.trim();
    if (!text) {
      fill(this.results);
      return;
    }
    const { items } = await this.find(text).catch(() => ({ items: [] }));
    if (this.input.value.trim() === text) fillList(this.results, items.map((message) => this.row(message)), t("conversation.search-none"));
  }

  row(message) {
    const choose = () => {
      this.toggle(false);
      this.onChoose(message.id);
    };
    return h("div", { role: "listitem" }, h("button", { type: "button", class: "chat-row", on: { click: choose } },
      h("span", { class: "chat-words" }, inShort(message.content), h("small", {}, `${dayOf(message.time)} ${hourOf(message.time)}`))));
  }
}
