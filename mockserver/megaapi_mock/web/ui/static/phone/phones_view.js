// The customers' phones side by side, and beside them the trace of the message that was picked.
import * as api from "../core/api.js";
import { chosenInstance, instancePicker } from "../core/chosen_instance.js";
import { button, field, fill, h } from "../core/dom.js";
import { dialogForm, openDialog, outcomeLine } from "../core/dialog.js";
import { focusOn } from "../core/focus.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { keep, recall } from "../core/kept.js";
import { numberOf } from "../core/messages.js";
import { Trace } from "../inspector/trace.js";
import { openRewind } from "../replay/rewind.js";
import { Subscriptions } from "../core/topics.js";
import { firstSteps, noInstance } from "../connection/first_steps.js";
import { Phone } from "./phone.js";
import { numbersIn } from "./numbers.js";
import { openPicker } from "./picker.js";

const KEPT_AS = "megaapi-mock-phones";
const MOST = 8;
const FIRST_NUMBER = "5511900000002";

export class PhonesView {
  constructor(store) {
    this.store = store;
    this.phones = [];
    this.trace = null;
    this.inspected = null;
    this.subscriptions = new Subscriptions(store.topics);
    this.tools = h("div", { class: "toolbar" });
    this.hint = h("div", { class: "first-steps" });
    this.outcome = outcomeLine();
    this.none = h("p", { class: "empty", hidden: true }, t("phones.none"));
    this.row = h("div", { class: "phone-row" }, this.none);
    this.element = h("div", { class: "phones-view" }, h("div", { class: "phones-main" }, this.tools, this.outcome, this.hint, this.row));
    this.subscriptions.on("instances", () => this.drawTools());
    this.subscriptions.on("instance", (instance) => { if (instance.key === this.instance) this.drawHint(); });
    this.subscriptions.on("loaded", () => this.openKept());
    this.subscriptions.on("records", () => this.drawHint());
    if (store.loaded) this.openKept();
  }

  end() {
    this.phones.forEach((phone) => phone.end());
    this.trace?.end();
    this.subscriptions.end();
  }

  openKept() {
    this.drawTools();
    if (this.phones.length) return;
    const kept = recall(KEPT_AS);
    const open = (kept ?? []).filter(({ instance }) => this.store.instances.has(instance));
    const first = this.instance ? [{ instance: this.instance, number: FIRST_NUMBER }] : [];
    // Whoever has closed all of them wants none.
    (open.length || kept?.length === 0 ? open : first).forEach((one) => this.add(one));
    this.none.hidden = this.phones.length > 0;
  }

  drawTools() {
    if (!this.store.instances.has(this.instance)) this.instance = chosenInstance(this.store);
    const picker = instancePicker(this.store, this.instance, (key) => {
      this.instance = key;
      this.drawHint();
    });
    fill(this.tools, picker, button(t("phones.add"), () => this.openPicker(), { kind: "primary", icon: icon("plus", 16) }),
      button(t("phones.group"), () => this.openGroup(), { icon: icon("people", 16) }));
    this.drawHint();
  }

  drawHint() {
    const instance = this.store.instances.get(this.instance);
    const key = JSON.stringify([instance?.state, instance?.webhook, Boolean(instance?.webhook.url && this.store.records.items.length), this.instance]);
    if (key === this.hintShown || !this.store.loaded) return;
    this.hintShown = key;
    fill(this.hint, instance ? firstSteps(instance, this.store) : noInstance());
  }

  openPicker() {
    const shop = this.store.instances.get(this.instance);
    if (shop) openPicker(shop, (number) => this.addAll(shop.key, [number]));
    else this.outcome.say(t("connection.none"), true);
  }

  /** Open these phones, and say which ones had to go for them. */
  addAll(instance, numbers) {
    const closed = numbers.map((number) => this.add({ instance, number })).filter(Boolean);
    this.outcome.say(closed.length ? t("phones.closed", { names: closed.join(", "), most: MOST }) : "");
  }

  /** Open a phone; gives whose was closed to make room, if one was. */
  add(which) {
    // What the instance's own phone writes is a call of its own, not a customer's message.
    if (this.store.instances.get(which.instance)?.number === which.number) return null;
    if (this.phones.some((phone) => phone.instance === which.instance && phone.hasNumber(which.number))) return null;
    const oldest = this.phones.length >= MOST ? this.phones[0] : null;
    if (oldest) this.close(oldest);
    const phone = new Phone(this.store, which, this);
    this.phones.push(phone);
    this.row.append(phone.element);
    this.keep();
    return oldest?.title() ?? null;
  }

  close(phone) {
    const index = this.phones.indexOf(phone);
    const hadFocus = phone.element.contains(document.activeElement);
    phone.end();
    phone.element.remove();
    this.phones.splice(index, 1);
    this.keep();
    if (!hadFocus) return;
    const next = this.phones[index] ?? this.phones.at(-1);
    focusOn(next ? next.switches.lastChild : this.tools.querySelector("button"));
  }

  keep() {
    this.none.hidden = this.phones.length > 0;
    keep(KEPT_AS, this.phones.map(({ instance, number, chat }) => ({ instance, number, chat })));
  }

  inspect(subject) {
    if (!this.trace) {
      this.trace = new Trace(this.store, () => this.closeTrace());
      this.element.append(this.trace.element);
    }
    this.trace.show(subject);
    this.mark(subject.exchange ?? subject.message.id);
    // In a narrow window it lies over the phones.
    if (matchMedia("(max-width: 1000px)").matches) focusOn(this.trace.element.querySelector("button"));
  }

  /** Mark the message that the pane is about. */
  mark(id) {
    this.inspected = id;
    for (const entry of this.row.querySelectorAll(".entry")) entry.classList.toggle("inspected", id !== null && entry.dataset.message === id);
  }

  closeTrace() {
    const hadFocus = this.trace?.element.contains(document.activeElement);
    this.trace?.end();
    this.trace?.element.remove();
    this.trace = null;
    if (hadFocus) focusOn(this.row.querySelector(".inspected .trace, .inspected .refusal"));
    this.mark(null);
  }

  rewindBefore(phone, message) {
    openRewind(message, (sentence) => phone.notice(sentence));
  }

  openGroup() {
    const subject = h("input", { type: "text", value: t("group.subject-default"), required: true });
    const members = h("input", { type: "text", value: this.phones.map((phone) => phone.number).join(", ") || FIRST_NUMBER, required: true });
    const outcome = outcomeLine();
    const create = async () => {
      try {
        const group = await api.createGroup(this.instance, { subject: subject.value, participants: numbersIn(members.value) });
        dialog.close();
        this.openGroupOn(group);
      } catch (refusal) {
        outcome.say(refusal.message, true);
      }
    };
    const dialog = openDialog(t("phones.group"), [dialogForm([
      field(t("group.subject"), subject), field(t("group.members"), members, t("group.members-hint")), outcome,
      button(t("group.create"), () => undefined, { kind: "primary", type: "submit" }),
    ], create)]);
  }

  openGroupOn(group) {
    const members = group.participants.filter((one) => !one.me).map(({ jid }) => numberOf(jid));
    this.addAll(group.instance, members);
    for (const phone of this.phones) {
      if (phone.instance === group.instance && members.some((number) => phone.hasNumber(number))) phone.showLater(group.jid);
    }
  }
}
