// Where the customer writes: text, a quote or an edit, attachments, a voice note.
import { button, fill, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { textOf } from "../core/messages.js";
import { openAttachments, sendFile } from "./attachments.js";
import { inShort } from "./content.js";
import { Recorder } from "./recorder.js";
import { RefusedTexts } from "./refused_texts.js";

const MOST_HEIGHT = 120;

export class Composer {
  constructor(conversation) {
    this.conversation = conversation;
    this.phone = conversation.phone;
    this.about = null;
    this.draftName = `megaapi-mock-draft ${[this.phone.instance, this.phone.number, conversation.chat].join(" ")}`;
    this.build();
  }

  build() {
    const label = t("composer.label", { name: this.phone.title() });
    this.input = h("textarea", {
      rows: 1, placeholder: t("composer.placeholder"), "aria-label": label,
      on: { input: () => this.keepDraft(), keydown: (event) => this.onKey(event), paste: (event) => this.onPaste(event) },
    });
    this.writersBar = h("label", { class: "writers", hidden: true });
    this.leftNote = h("p", { class: "left-group", role: "status" });
    this.aboutBar = h("div", { class: "about", hidden: true });
    this.recorder = new Recorder((media) => {
      this.forgetAbout();
      this.phone.act({ event: "audio-voice-note", media });
    }, (sentence) => this.phone.notice(sentence));
    this.sendButton = button(t("send"), () => this.send(), { kind: "primary send", icon: icon("send"), bare: true });
    // Only a text quotes or edits: what is attached is a message of its own.
    this.attachButton = button(t("composer.attach"), (event) => openAttachments(event.currentTarget, this.phone, () => this.forgetAbout()),
      { kind: "plain", icon: icon("attach"), bare: true, "aria-haspopup": "menu" });
    this.refused = new RefusedTexts(`${this.draftName} refused`, (action) => this.sendAgain(action));
    this.element = h("div", { class: "composer" }, this.leftNote, this.refused.element, this.aboutBar, this.writersBar,
      h("div", { class: "composer-row" }, this.attachButton, this.input, this.recorder.element, this.sendButton));
    this.input.value = sessionStorage.getItem(this.draftName) ?? "";
    this.resize();
    this.drawWriters();
  }

  end() {
    this.recorder.cancel();
  }

  /** In a group, whose phone writes: as chosen before, else this one; nobody's when its owner is not in the group. */
  drawWriters() {
    const { group } = this.conversation;
    const silence = this.conversation.whySilent();
    this.letWrite(silence);
    this.writersBar.hidden = !group || Boolean(silence);
    if (this.writersBar.hidden) return;
    const people = group.participants.filter((one) => !one.me);
    const before = people.find(({ jid }) => jid === this.writer?.value)?.jid;
    const isChosen = (jid) => (before ? jid === before : this.phone.isMe(jid));
    const options = people.map(({ jid }) => h("option", { value: jid, selected: isChosen(jid) }, this.phone.nameOf(jid)));
    this.writer = h("select", { "aria-label": t("composer.as") }, options);
    fill(this.writersBar, t("composer.as"), this.writer);
  }

  /** Let something be written here, or say why not: this phone's owner is out of the group, or only admins write in it. */
  letWrite(silence) {
    const may = !silence;
    const hadFocus = this.element.contains(document.activeElement);
    this.input.disabled = !may;
    this.attachButton.disabled = !may;
    this.sendButton.disabled = !may;
    this.recorder.disable(!may);
    this.leftNote.textContent = silence;
    if (may) return;
    this.forgetAbout();
    if (hadFocus) this.phone.takeFocus();
  }

  /** What is typed and not sent is there again when the chat is. */
  keepDraft() {
    this.resize();
    if (this.about?.kind === "edit") return;
    if (this.input.value) sessionStorage.setItem(this.draftName, this.input.value);
    else sessionStorage.removeItem(this.draftName);
  }

  onKey(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape" && this.about) {
      event.stopPropagation();
      this.forgetAbout();
    }
  }

  onPaste(event) {
    const file = [...(event.clipboardData?.files ?? [])][0];
    if (!file) return;
    event.preventDefault();
    this.forgetAbout();
    sendFile(this.phone, file);
  }

  resize() {
    this.input.style.height = "auto";
    // Its border is not part of what it has to show.
    const height = this.input.scrollHeight + this.input.offsetHeight - this.input.clientHeight;
    this.input.style.height = `${Math.min(height, MOST_HEIGHT)}px`;
    this.input.style.overflowY = height > MOST_HEIGHT ? "auto" : "hidden";
    const empty = !this.input.value.trim();
    this.sendButton.hidden = empty && this.recorder.isOffered;
    this.recorder.element.hidden = !empty || !this.recorder.isOffered;
  }

  send() {
    const text = this.input.value.trim();
    if (!text) return;
    const action = { from: this.phone.writer(), ...this.actionFor(text) };
    const { about } = this;
    this.input.value = "";
    this.keepDraft();
    // The button goes away with the text.
    this.input.focus({ preventScroll: true });
    this.forgetAbout();
    this.phone.act(action).then((message) => { if (!message) this.giveBack(action, about); });
    this.keepDraft();
  }

  /** What was refused is not lost, nor what it was about: sent again, it must not become another message. */
  giveBack(action, about) {
    const draft = about?.kind === "edit" ? sessionStorage.getItem(this.draftName) ?? "" : "";
    // Something else was begun meanwhile, or the chat was left.
    if (this.about || this.input.value !== draft || !this.element.isConnected) {
      this.refused.add(action);
      this.phone.shown?.composer?.refused.draw();
      return;
    }
    if (about) this.setAbout(about.kind, about.message);
    this.input.value = action.text;
    this.keepDraft();
  }

  sendAgain(action) {
    this.input.focus({ preventScroll: true });
    this.phone.act(action).then((message) => { if (!message) this.refused.add(action); });
  }

  actionFor(text) {
    if (this.about?.kind === "edit") return { event: "edited", message: this.about.message.id, text };
    if (this.about?.kind === "quote") return { event: "text-quoted-reply", message: this.about.message.id, text };
    return { event: "text-plain", text };
  }

  quote(message) {
    this.setAbout("quote", message);
  }

  edit(message) {
    this.setAbout("edit", message);
    this.input.value = textOf(message.content);
    this.resize();
  }

  setAbout(kind, message) {
    this.about = { kind, message };
    fill(this.aboutBar, icon(kind === "edit" ? "edit" : "reply", 16), inShort(message.content),
      button(t("cancel"), () => this.cancelAbout(), { kind: "plain", icon: icon("close", 16), bare: true }));
    this.aboutBar.hidden = false;
    this.input.focus();
  }

  cancelAbout() {
    this.forgetAbout();
    this.input.focus({ preventScroll: true });
  }

  forgetAbout() {
    if (this.about?.kind === "edit") this.input.value = sessionStorage.getItem(this.draftName) ?? "";
    this.about = null;
    this.aboutBar.hidden = true;
    this.resize();
  }
}
