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
import { webhookCommand } from "./first_steps.js";

const TRIED_WITH = "connected";
const PATIENCE = 35;

export class WebhookForm {
  constructor(store, instance) {
    Object.assign(this, { store, instance });
    this.url = h("input", { type: "url", placeholder: "http://127.0.0.1:9000/webhook", spellcheck: "false" });
    this.enabled = h("input", { type: "checkbox" });
    this.outcome = outcomeLine();
    this.help = h("div");
    const form = h("form", { class: "webhook-form" }, field(t("webhook.url"), this.url),
      h("label", { class: "check" }, this.enabled, t("webhook.enabled")),
      h("div", { class: "actions" }, button(t("webhook.save"), () => undefined, { kind: "primary", type: "submit" }),
        button(t("webhook.test"), () => this.test(), { icon: icon("webhook", 16) })), this.outcome, this.help);
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
    fill(this.help, url ? null : [h("p", { class: "hint" }, t("webhook.none")), codeBlock(t("next.command"), webhookCommand(instance), { open: false })]);
  }

  async save() {
    try {
      this.store.hearInstance(await api.onInstance(this.instance.key, "webhook", { url: this.url.value.trim(), enabled: this.enabled.checked }));
      this.outcome.say(t("webhook.saved"));
    } catch (refusal) {
      this.outcome.say(refusal.message, true);
    }
  }

  /** Send a harmless event and say what came back. */
  async test() {
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
