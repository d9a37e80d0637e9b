// One instance: its state, the QR and pairing codes, what can end the link, and its webhook.
import * as api from "../core/api.js";
import { button, field, fill, freshId, h } from "../core/dom.js";
import { openDialog, outcomeLine } from "../core/dialog.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { copyButton } from "../inspector/json_view.js";
import { WebhookForm } from "./webhook_form.js";

export class InstanceCard {
  constructor(store, instance) {
    Object.assign(this, { store, instance });
    const name = freshId("instance");
    this.head = h("header", { class: "card-head" });
    this.heading = h("h3", { id: name });
    this.facts = h("dl", { class: "facts" });
    this.link = h("div", { class: "link-part" });
    this.outcome = outcomeLine();
    this.webhook = new WebhookForm(store, instance);
    this.element = h("section", { class: "card", "aria-labelledby": name }, this.head, this.facts, this.link, this.outcome, this.webhook.element);
    this.drawn = "";
    this.hear(instance);
  }

  end() {
    this.webhook.end();
  }

  hear(instance) {
    this.instance = instance;
    this.webhook.hear(instance);
    const { presence, webhook, qr, ...rest } = instance;
    const key = JSON.stringify(rest);
    const isNewCode = qr !== this.qrShown;
    this.qrShown = qr;
    if (key !== this.drawn) {
      this.drawn = key;
      this.draw();
    } else if (isNewCode && instance.state !== "connected") {
      // A new code comes every 20 s; what is being typed beside it stays.
      this.drawQr();
    }
  }

  draw() {
    const { instance } = this;
    const state = instance.banned ? "banned" : instance.state;
    this.heading.textContent = instance.name;
    fill(this.head, this.heading, h("span", { class: `pill state-${instance.state}` }, t(`instance.${state}`)),
      button(t("instance.delete", { key: instance.key }), () => this.askToDelete(), { kind: "plain", icon: icon("trash", 18), bare: true }));
    fill(this.facts, this.fact(t("instance.key"), instance.key), this.fact(t("instance.token"), instance.token), this.fact(t("instance.number"), instance.number));
    if (["connected", "connecting"].includes(instance.state)) this.drawLinked();
    else this.drawLinking();
  }

  askToDelete() {
    const { key } = this.instance;
    const dialog = openDialog(t("instance.delete", { key }), [h("p", {}, t("instance.delete-what")), h("div", { class: "actions" },
      button(t("instance.do-delete"), () => {
        dialog.close();
        this.run(() => api.deleteInstance(key));
      }, { kind: "danger", icon: icon("trash", 16) }))]);
  }

  fact(name, value) {
    if (!value) return null;
    return [h("dt", {}, name), h("dd", {}, h("code", {}, value), copyButton(t("copy.what", { name }), () => value, { bare: true }))];
  }

  drawLinked() {
    const opens = this.instance.state === "connecting";
    fill(this.link, opens ? h("p", { class: "hint" }, t("instance.opens")) : null, h("div", { class: "actions" },
      opens ? this.connectAgain(t("instance.connect-now")) : null,
      this.ending("phone", "unlink", "link"), this.ending("gateway", "drop", "power"), this.ending("ban", "ban", "block", "danger")));
  }

  /** The button that ends the link in that way. */
  ending(by, name, picture, kind = "") {
    return button(t(`instance.${name}`), () => this.run(() => api.onInstance(this.instance.key, "unlink", { by })),
      { kind, icon: icon(picture, 16), title: t(`instance.${name}-what`) });
  }

  connectAgain(label) {
    return button(label, () => this.run(() => api.onInstance(this.instance.key, "link")), { kind: "primary", icon: icon("check", 16) });
  }

  drawLinking() {
    const { key, state, number, session } = this.instance;
    this.qr = h("div", { class: "qr" });
    // Whose phone it is must be known before one can scan.
    const who = () => (number ? {} : { number: this.wanted?.value.trim() });
    const scan = button(t("instance.scan"), () => this.run(() => api.onInstance(key, "link", who())), { kind: session ? "" : "primary", icon: icon("phone", 16) });
    const show = button(t("instance.show-qr"), () => this.run(() => api.onInstance(key, "qr")), { icon: icon("qr", 16) });
    fill(this.link, session ? this.sessionPart() : this.noSessionHint(),
      this.qr, h("div", { class: "actions" }, scan, state === "qr" ? null : show), this.pairing());
    this.drawQr();
  }

  /** What can be done with a link that the gateway dropped and the phone still has. */
  sessionPart() {
    return [h("p", { class: "hint" }, t("instance.dropped")), h("div", { class: "actions" },
      this.connectAgain(t("instance.connect-again")), this.ending("phone", "unlink", "link"), this.ending("ban", "ban", "block", "danger"))];
  }

  noSessionHint() {
    return h("p", { class: "hint" }, t(this.instance.banned ? "instance.was-banned" : "instance.needs-phone"));
  }

  pairing() {
    const { key, number, pairing_code: code } = this.instance;
    if (!code) return this.askForPairing(key, number);
    const typed = h("input", { type: "text", autocomplete: "off", placeholder: "ABCD-1234", maxlength: 12 });
    const form = h("form", { class: "pairing" }, h("p", {}, t("instance.pairing-code"), " ", h("code", { class: "pairing-code" }, code)),
      field(t("instance.type-code"), typed), button(t("instance.link"), () => undefined, { kind: "primary", type: "submit" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run(() => api.onInstance(key, "link", { code: typed.value.trim() }));
    });
    return form;
  }

  askForPairing(key, number) {
    this.wanted = h("input", { type: "tel", value: number ?? "5511900000020" });
    const form = h("form", { class: "pairing-ask" }, field(t("instance.pairing-number"), this.wanted),
      button(t("instance.show-pairing"), () => undefined, { type: "submit", icon: icon("link", 16) }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run(() => api.onInstance(key, "pairing-code", { number: this.wanted.value.trim() }));
    });
    return form;
  }

  async drawQr() {
    const place = this.qr;
    const shown = await api.readInstance(this.instance.key, "/qr").catch(() => null);
    if (shown?.image) fill(place, h("img", { src: shown.image, alt: t("instance.qr-alt"), width: 200, height: 200 }));
    else fill(place, h("div", { class: "qr-none" }, icon("qr", 56), h("p", {}, t("instance.no-qr"))));
  }

  async run(work) {
    this.outcome.say("");
    try {
      const instance = await work();
      if (instance.key && instance.state) this.store.hearInstance(instance);
    } catch (refusal) {
      this.outcome.say(refusal.message, true);
    }
  }
}
