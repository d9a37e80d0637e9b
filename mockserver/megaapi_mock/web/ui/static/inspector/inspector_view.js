// The live list of calls and webhooks with its filters, the graph above it and the detail beside.
import { fill, h, oncePerFrame } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { answerOf, nameOfRecord, outcomeOf, wordsOfRecord } from "../core/records.js";
import { inFewWords } from "../core/sentences.js";
import { dayOf, durationOf, momentOf, sameDayOf } from "../core/time.js";
import { Subscriptions } from "../core/topics.js";
import { WindowedList } from "../core/windowed_list.js";
import { recordDetail } from "./detail.js";
import { Filters } from "./filters.js";
import { Graph } from "./graph.js";

// A list that is too short to be scrolled looks for more by itself.
const ENOUGH = 60;
const MOST_PAGES = 30;

export class InspectorView {
  constructor(store) {
    this.store = store;
    this.shown = [];
    this.fresh = 0;
    this.chosen = null;
    this.day = dayOf(store.now());
    this.subscriptions = new Subscriptions(store.topics);
    this.isLooking = false;
    this.filters = new Filters(store, () => this.filter());
    this.graph = new Graph(store, (record) => this.choose(record), () => this.lookFurther());
    this.build();
    const refresh = oncePerFrame(() => this.refresh());
    this.subscriptions.on("records", (change) => this.hear(change, refresh));
    this.subscriptions.on("resent", (record) => this.choose(this.store.records.byId.get(record.id) ?? record));
    this.subscriptions.on("clock", () => this.followDay());
    this.subscriptions.on("instances", () => this.filters.draw());
    this.subscriptions.on("live", () => { if (store.live) this.filters.loadNames(); });
    this.filter();
  }

  build() {
    this.rows = h("div", { class: "record-rows", tabindex: "0", "aria-label": t("inspector.list") });
    this.count = h("p", { class: "hint record-count", role: "status" });
    this.detail = h("div", { class: "inspector-detail", "aria-live": "polite" }, h("p", { class: "empty" }, t("inspector.pick")));
    this.element = h("div", { class: "inspector-view" }, h("h2", { class: "unseen" }, t("view.inspector")), this.filters.element, this.graph.element,
      h("div", { class: "inspector-panes" }, h("div", { class: "record-list" }, this.count, this.rows), this.detail));
    this.list = new WindowedList(this.rows, {
      items: () => this.shown, keyOf: (record) => record.id, render: (record) => this.row(record), more: () => this.more(),
    });
  }

  end() {
    this.isEnded = true;
    this.subscriptions.end();
    this.graph.end();
  }

  /** Choose what is listed again, from everything that is loaded. */
  filter() {
    this.shown = this.store.records.items.filter((record) => this.filters.accept(record));
    this.fresh = 0;
    this.list.reset();
    this.lookFurther();
    this.showCount();
  }

  async more() {
    const before = this.shown.length;
    for (let pages = 0; pages < MOST_PAGES && this.shown.length === before; pages += 1) {
      if (!(await this.loadOlder())) break;
    }
    this.showCount();
    return this.shown.length - before;
  }

  /** Load the page before; whether there may be more. */
  async loadOlder() {
    await this.store.records.loadOlder();
    this.shown = this.store.records.items.filter((record) => this.filters.accept(record));
    return this.store.records.hasOlder;
  }

  /** Load what is older until the list is filled and the graph whole, or there is no more. */
  async lookFurther() {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      for (let pages = 0; pages < MOST_PAGES && this.wantsOlder(); pages += 1) {
        await this.loadOlder();
        if (this.isEnded) return;
        this.list.drawAgain();
        this.showCount();
      }
    } catch {
      // The server is away, or has started over: then everything is read again.
    } finally {
      this.isLooking = false;
      this.showCount();
    }
  }

  wantsOlder() {
    return this.store.records.hasOlder && (this.shown.length < ENOUGH || this.graph.wantsOlder());
  }

  hear({ record, known, reloaded }, refresh) {
    if (reloaded) {
      this.filter();
      return;
    }
    if (this.chosen === record.id) this.choose(record);
    if (known) this.replace(record);
    else if (this.filters.accept(record)) {
      this.shown.unshift(record);
      this.fresh += 1;
    }
    refresh();
  }

  replace(record) {
    const index = this.shown.findIndex((one) => one.id === record.id);
    if (index < 0) return;
    this.shown[index] = record;
    this.list.changed(record.id);
  }

  /** Where the day of the clock is another one, so is which rows say theirs. */
  followDay() {
    const day = dayOf(this.store.now());
    if (this.day !== day) this.list.reset();
    this.day = day;
  }

  refresh() {
    if (this.fresh) this.list.grown(this.fresh);
    this.fresh = 0;
    this.showCount();
  }

  showCount() {
    this.rows.setAttribute("role", this.shown.length ? "list" : "group");
    this.count.textContent = this.countInWords();
  }

  countInWords() {
    const count = this.shown.length;
    if (count) return t(this.isLooking ? "inspector.count-so-far" : "inspector.count", { count });
    if (this.isLooking) return t("inspector.looking");
    return t(this.filters.areUsed ? "inspector.none-fits" : "inspector.none");
  }

  row(record) {
    const outcome = outcomeOf(record);
    const { status, milliseconds } = record.kind === "exchange" ? { status: record.response.status, milliseconds: record.duration_ms } : answerOf(record);
    const state = status || (record.kind === "exchange" ? t("exchange.no-answer") : t(`delivery.${record.state}`));
    return h("div", { role: "listitem" }, h("button", {
      type: "button", class: `record record-${outcome}`, "aria-current": record.id === this.chosen ? "true" : null, on: { click: () => this.choose(record) },
    },
    h("time", { title: momentOf(record.time) }, sameDayOf(record.time, this.store.now())),
    icon(record.kind === "exchange" ? "call" : "webhook", 16),
    h("span", { class: "record-words" }, h("span", {}, h("span", { class: "unseen" }, t(`inspector.${record.kind}`), " "), h("strong", {}, nameOfRecord(record)), h("small", {}, ` ${wordsOfRecord(record).slice(0, 90)}`)),
      record.reason ? h("small", { class: outcome === "ok" ? "" : "bad" }, inFewWords(record.reason)) : null),
    h("small", { class: "record-time" }, durationOf(milliseconds)), h("span", { class: `pill pill-${outcome}` }, state)));
  }

  choose(record) {
    const before = this.chosen;
    this.chosen = record.id;
    fill(this.detail, recordDetail(record, this.store));
    if (before !== record.id) this.showDetail();
    this.list.changed(before);
    this.list.changed(record.id);
  }

  /** Show the detail from its beginning; in a narrow window it stands below the list. */
  showDetail() {
    this.detail.scrollTop = 0;
    if (matchMedia("(max-width: 1000px)").matches) this.detail.scrollIntoView();
  }
}
