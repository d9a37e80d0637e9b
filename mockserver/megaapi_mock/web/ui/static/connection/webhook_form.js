// Where the webhooks of an instance go: shown, changed, and tested.
import * as api from "../core/api.js";
import { button, field, fill, h } from "../core/dom.js";
import { outcomeLine } from "../core/dialog.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { answerOf } from "../core/records.js";
import { inWords } from "../core/sentences.js";
import { durationOf } from "../core/time.js";
import { codeBlock } from "../inspector/json_view.js";
import { isReachable, refuse } from "./address.js";
import { webhookCommand } from "./first_steps.js";

const TRIED_WITH = "connected";
const PATIENCE = 35;

export class WebhookForm {
  constructor(store, instance) {
    Object.assign(this, { store, instance });
    this.url = h("input", { type: "url", placeholder: "http://127.0.0.1:9000/webhook", spellcheck: "false", on: { input: () => this.nameTest() } });
    this.enabled = h("input", { type: "checkbox", on: { change: () => this.nameTest() } });
    this.testButton = button(t("webhook.test"), () => this.test(), { icon: icon("webhook", 16) });
    this.outcome = outcomeLine();
    this.help = h("div");
    // What is wrong is said below, in the language of the page.
    const form = h("form", { class: "webhook-form", novalidate: true }, field(t("webhook.url"), this.url),
      h("label", { class: "check" }, this.enabled, t("webhook.enabled")),
      h("div", { class: "actions" }, button(t("webhook.save"), () => undefined, { kind: "primary", type: "submit" }),
        this.testButton), this.outcome, this.help);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save();
    });
    this.element = h("div", { class: "webhook-part" }, h("h4", {}, t("webhook.title")), form);
  }

  end() {
    this.ended = true;
  }

  /** Take over what the instance has, unless it is just being typed. */
  hear(instance) {
    this.instance = instance;
    const { url, enabled } = instance.webhook;
    const key = JSON.stringify([url, enabled]);
    if (key === this.drawn) return;
    this.drawn = key;
    if (document.activeElement !== this.url) this.url.value = url;
    // Whoever types a first address wants webhooks there.
    this.enabled.checked = enabled || !url;
    this.nameTest();
    fill(this.help, url ? null : [h("p", { class: "hint" }, t("webhook.none")), codeBlock(t("next.command"), webhookCommand(instance), { open: false })]);
  }

  /** Whether something else stands here than the instance has. */
  get isChanged() {
    const { url, enabled } = this.instance.webhook;
    return this.url.value.trim() !== url || (this.enabled.checked !== enabled && Boolean(url));
  }

  /** What is tested is what stands here: it becomes the instance's first, and the button says so. */
  nameTest() {
    this.testButton.lastChild.textContent = t(this.isChanged ? "webhook.apply-test" : "webhook.test");
  }

  /** Take over what stands here; whether it was. */
  async save() {
    const url = this.url.value.trim();
    if (!isReachable(url)) {
      refuse(url, this.outcome, (meant) => {
        this.url.value = meant;
        this.url.focus();
        this.save();
      });
      return false;
    }
    try {
      this.store.hearInstance(await api.onInstance(this.instance.key, "webhook", { url, enabled: this.enabled.checked }));
      this.outcome.say(t("webhook.saved"));
      this.nameTest();
      return true;
    } catch (refusal) {
      this.outcome.say(refusal.message, true);
      return false;
    }
  }

  /** Send a harmless event to the address that stands here, and say what came back. */
  async test() {
    if (this.isChanged && !(await this.save())) return;
    this.outcome.say(t("webhook.testing"));
    try {
      const { deliveries, reason } = await api.onInstance(this.instance.key, "emit", { event: TRIED_WITH });
      if (!deliveries.length) throw new Error(inWords(reason));
      this.showAnswer(await api.delivery(deliveries[0], PATIENCE));
    } catch (refusal) {
      this.outcome.say(refusal.message, true);
    }
  }

  showAnswer(delivery) {
    const { status, milliseconds, error } = answerOf(delivery);
    const good = status >= 200 && status < 300;
    this.outcome.say(status ? t("webhook.answered", { status, time: durationOf(milliseconds) }) : (inWords(error ?? delivery.reason) ?? t(`delivery.${delivery.state}`)), !good);
  }
}
