// Beside the phones: all that belongs to one message, or one refused call.
import * as api from "../core/api.js";
import { button, fill, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { inOrder, messageIdsOf } from "../core/records.js";
import { Subscriptions } from "../core/topics.js";
import { recordDetail } from "./detail.js";
import { codeBlock } from "./json_view.js";

export class Trace {
  constructor(store, onClose) {
    Object.assign(this, { store, subject: null, records: [], wanted: null, asked: 0, drawn: 0 });
    this.subscriptions = new Subscriptions(store.topics);
    this.body = h("div", { class: "trace-body" });
    this.element = h("aside", { class: "trace-pane", "aria-label": t("trace.title") },
      h("header", {}, h("h2", {}, t("trace.title")), button(t("close"), onClose, { kind: "plain", icon: icon("close"), bare: true })), this.body);
    this.element.addEventListener("keydown", (event) => { if (event.key === "Escape") onClose(); });
    fill(this.body, h("p", { class: "empty" }, t("trace.empty")));
    for (const deed of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      this.body.addEventListener(deed, () => { this.wanted = null; }, { passive: true });
    }
    this.subscriptions.on("records", ({ record }) => this.hear(record));
    this.subscriptions.on("resent", ({ id }) => this.want(id));
  }

  end() {
    this.subscriptions.end();
  }

  /** Show what belongs to `{message}` or `{exchange: id}`. */
  async show(subject) {
    // What is shown of it already stays until there is more.
    if (subject !== this.subject) {
      fill(this.body, h("p", { class: "empty" }, t("loading")));
      this.wanted = null;
    }
    this.subject = subject;
    const turn = (this.asked += 1);
    try {
      const records = await this.recordsOf(subject);
      // Answers may overtake each other: what was asked for earlier knows less.
      if (this.subject !== subject || turn < this.drawn) return;
      this.drawn = turn;
      this.draw(subject, records);
    } catch (refusal) {
      fill(this.body, h("p", { class: "empty" }, refusal.message));
    }
  }

  async recordsOf({ message, exchange }) {
    if (exchange) return [{ ...(await api.exchange(exchange)), kind: "exchange" }];
    const filter = { instance: message.instance, message: message.id, limit: 50 };
    const [calls, webhooks] = await Promise.all([api.exchanges(filter), api.deliveries(filter)]);
    const records = inOrder(calls.items, webhooks.items);
    // The call that made the message is done, and so recorded, after the webhooks that it caused.
    const maker = message.from_me ? records.find((record) => record.kind === "exchange") : null;
    return maker ? [maker, ...records.filter((record) => record !== maker)] : records;
  }

  draw({ message }, records) {
    const none = message && !records.length ? h("p", { class: "empty" }, t(message.from_me ? "trace.no-call" : "trace.no-webhook")) : null;
    fill(this.body, none, records.map((record) => recordDetail(record, this.store)),
      message ? codeBlock(t("trace.message"), message, { open: false }) : null);
    this.records = records;
    this.showWanted();
  }

  /** The webhook may have arrived, and be drawn, before we are told that it was sent again. */
  want(id) {
    this.wanted = id;
    this.showWanted();
  }

  /** Go on to the webhook that was sent again, each time it is drawn, until the reader goes elsewhere. */
  showWanted() {
    const record = this.records.find(({ id }) => id === this.wanted);
    if (record) this.body.querySelector(`[data-record="${CSS.escape(record.id)}"]`)?.scrollIntoView();
  }

  hear(record) {
    const id = this.subject?.message?.id;
    if (id && record && messageIdsOf(record).includes(id)) this.show(this.subject);
  }
}
