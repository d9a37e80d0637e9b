// A conversation, from a chat or a file, played to the bot again: step by step, or all of it.
import * as api from "../core/api.js";
import { button, field, fill, h } from "../core/dom.js";
import { pickText, saveFile } from "../core/files.js";
import { t } from "../core/i18n.js";
import { inWords } from "../core/sentences.js";
import { icon } from "../core/icons.js";
import { numberOf, textOf } from "../core/messages.js";
import { Panel } from "../levers/panel.js";
import { playOn } from "./plays.js";

export class PlayPanel extends Panel {
  constructor(store, instance) {
    super(store, t("play.title"));
    this.instance = instance;
    this.play = null;
    this.isBusy = false;
    this.chat = h("select");
    this.other = h("input", { type: "text", inputmode: "numeric", placeholder: t("play.same-customer") });
    this.begin = h("input", { type: "checkbox" });
    this.turns = h("ol", { class: "turns" });
    this.controls = h("div", { class: "actions" });
    fill(this.body, h("p", { class: "hint" }, t("play.what")),
      field(t("play.chat"), this.chat), field(t("play.with"), this.other, t("play.with-hint")),
      h("label", { class: "check" }, this.begin, t("play.rewind-first")), h("div", { class: "actions" },
        button(t("play.take"), () => this.take(), { kind: "primary", icon: icon("rewind", 16) }),
        button(t("play.save"), () => this.save(), { icon: icon("download", 16) }),
        button(t("play.open"), () => this.openFile(), { icon: icon("document", 16) })),
      this.controls, this.turns);
    this.subscriptions.on("play", (play) => { if (play.id === this.play?.id) this.show(play); });
    this.choose();
  }

  async choose() {
    if (!this.instance()) return;
    const page = await this.run(() => api.chatsOf(this.instance(), { limit: 200 }));
    const chats = (page?.items ?? []).filter((chat) => chat.messages);
    fill(this.chat, chats.map((chat) => h("option", { value: chat.chat }, `${chat.name ?? ""} ${chat.number ?? numberOf(chat.chat)} (${chat.messages})`)));
    this.chat.disabled = !chats.length;
    this.showLatest();
  }

  /** What was played last, wherever it was begun. */
  async showLatest() {
    const { items } = await api.get("/plays?limit=100").catch(() => ({ items: [] }));
    const latest = items.filter((play) => play.instance === this.instance()).at(-1);
    if (latest) this.show(latest);
  }

  async take() {
    if (!this.chat.value) return;
    const text = await this.run(() => api.exportConversation(this.instance(), this.chat.value, "yaml"));
    if (text === null) return;
    if (this.begin.checked && !(await this.run(() => this.rewind()))) return;
    this.load(text);
  }

  /** Return the instance to before the chat's first message. */
  async rewind() {
    const first = await api.firstMessage({ instance: this.instance(), chat: this.chat.value });
    return api.onInstance(this.instance(), "rewind", { before: first.id });
  }

  save() {
    if (!this.chat.value) return;
    this.run(async () => saveFile(`${numberOf(this.chat.value)}.yaml`, await api.exportConversation(this.instance(), this.chat.value, "yaml"), "text/yaml"), t("play.saved"));
  }

  async openFile() {
    const text = await pickText(".yaml,.yml,.json,text/yaml");
    if (text !== null) this.load(text);
  }

  async load(text) {
    const play = await this.run(() => api.post("/plays", { instance: this.instance(), yaml: text, with: this.other.value.trim() || null }), t("play.loaded"));
    if (play) this.show(play);
  }

  show(play) {
    this.play = play;
    const done = play.state === "done";
    fill(this.controls,
      button(t("play.step"), () => this.advance("step"), { icon: icon("step", 16), "aria-disabled": String(done || this.isBusy) }),
      button(t("play.run"), () => this.advance("run"), { kind: "primary", icon: icon("play", 16), "aria-disabled": String(done || this.isBusy) }),
      h("span", { class: "hint", role: "status" }, t(`play.${play.state}`)));
    fill(this.turns, play.turns.map((turn) => this.turn(turn)));
  }

  turn(turn) {
    const wanted = this.play.conversation.turns[turn.index]?.[turn.who] ?? {};
    const words = typeof wanted === "string" ? wanted : (wanted.text ?? wanted.option ?? wanted.event ?? wanted.type ?? "");
    const came = turn.who === "bot" && turn.message && turn.same === false ? textOf(turn.message.content) : null;
    const state = turn.same === false ? "differs" : turn.state;
    return h("li", { class: `turn turn-${turn.who} turn-${state}` },
      h("strong", {}, t(`play.who-${turn.who}`)), h("span", {}, String(words)), h("span", { class: "pill" }, t(`turn.${state}`)),
      came ? h("small", {}, t("play.came", { text: came })) : null, turn.error ? h("small", { class: "bad" }, inWords(turn.error)) : null);
  }

  async advance(how) {
    // A button that is really disabled would lose the focus.
    if (this.isBusy || this.play.state === "done") return;
    this.isBusy = true;
    this.show(this.play);
    const play = await this.run(() => playOn(this.play, how, (current) => this.show(current)));
    this.isBusy = false;
    this.show(play ?? this.play);
  }
}
