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

const PAUSE = 200;

export class PlayPanel extends Panel {
  constructor(store, instance) {
    super(store, t("play.title"));
    this.instance = instance;
    this.play = null;
    this.isBusy = false;
    this.find = h("input", { type: "search", on: { input: () => this.chooseSoon() } });
    this.chat = h("select");
    this.other = h("input", { type: "text", inputmode: "numeric", placeholder: t("play.same-customer") });
    this.begin = h("input", { type: "checkbox" });
    this.turns = h("ol", { class: "turns" });
    this.controls = h("div", { class: "actions" });
    fill(this.body, h("p", { class: "hint" }, t("play.what")),
      field(t("play.find"), this.find), field(t("play.chat"), this.chat), field(t("play.with"), this.other, t("play.with-hint")),
      h("label", { class: "check" }, this.begin, t("play.rewind-first")), h("div", { class: "actions" },
        button(t("play.take"), () => this.take(), { kind: "primary", icon: icon("rewind", 16) }),
        button(t("play.save"), () => this.save(), { icon: icon("download", 16) }),
        button(t("play.open"), () => this.openFile(), { icon: icon("document", 16) })),
      this.controls, this.turns);
    this.subscriptions.on("loaded", () => { if (!this.isBusy) this.choose(); });
    this.subscriptions.on("play", (play) => { if (play.id === this.play?.id) this.show(play); });
    this.choose();
  }

  async choose() {
    this.forget();
    if (!this.instance()) return;
    await this.listChats();
    this.showLatest();
  }

  end() {
    clearTimeout(this.timer);
    super.end();
  }

  chooseSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.listChats(), PAUSE);
  }

  /** Every chat that has messages, or those whose name or number has what is looked for. */
  async listChats() {
    const text = this.find.value.trim();
    const found = await this.run(() => api.everyChat(this.instance(), { text }));
    if (this.find.value.trim() !== text) return;
    const chats = (found ?? []).filter((chat) => chat.messages);
    const { value } = this.chat;
    fill(this.chat, chats.map((chat) => h("option", { value: chat.chat, selected: chat.chat === value }, `${chat.name ?? ""} ${chat.number ?? numberOf(chat.chat)} (${chat.messages})`)));
    this.chat.disabled = !chats.length;
  }

  /** What was played last, wherever it was begun. */
  async showLatest() {
    const { items } = await api.get("/plays?limit=100").catch(() => ({ items: [] }));
    const latest = items.filter((play) => play.instance === this.instance()).at(-1);
    if (latest) this.show(latest);
  }

  async take() {
    if (!this.chat.value) return;
    const text = await this.run(() => (this.begin.checked ? this.rewound() : api.exportConversation(this.instance(), this.chat.value, "yaml")));
    if (text !== null) this.load(text);
  }

  /** The conversation from the customer's first message on, and the instance returned to before that. */
  async rewound() {
    const [instance, chat] = [this.instance(), this.chat.value];
    const first = await api.firstMessage({ instance, chat, from_me: false });
    if (!first) throw new Error(t("rewind.bot-began"));
    const text = await api.exportConversation(instance, chat, "yaml", first.id);
    await api.onInstance(instance, "rewind", { before: first.id });
    return text;
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
    if (!this.instance()) {
      this.outcome.say(t("connection.none"), true);
      return;
    }
    const play = await this.run(() => api.post("/plays", { instance: this.instance(), yaml: text, with: this.other.value.trim() || null }), t("play.loaded"));
    if (play) this.show(play);
    else this.forget();
  }

  /** Nothing can be played until something is taken or opened: the buttons of an earlier play are not an answer to a refusal. */
  forget() {
    this.play = null;
    fill(this.controls);
    fill(this.turns);
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
    const came = turn.differs.includes("text") ? textOf(turn.message.content) : null;
    const differing = turn.differs.filter((member) => member !== "text").map((member) => t(`play.member-${member}`));
    const state = turn.same === false ? "differs" : turn.state;
    return h("li", { class: `turn turn-${turn.who} turn-${state}` },
      h("strong", {}, t(`play.who-${turn.who}`)), h("span", {}, String(words)), h("span", { class: "pill" }, t(`turn.${state}`)),
      came ? h("small", {}, t("play.came", { text: came })) : null, differing.length ? h("small", {}, t("play.differs", { members: differing.join(", ") })) : null, turn.error ? h("small", { class: "bad" }, inWords(turn.error)) : null);
  }

  async advance(how) {
    // A button that is really disabled would lose the focus.
    if (this.isBusy || this.play.state === "done") return;
    this.isBusy = true;
    this.outcome.say("");
    this.show(this.play);
    const play = await this.run(() => playOn(this.play, how, (current) => { if (current.id === this.play?.id) this.show(current); }));
    this.isBusy = false;
    const current = play ?? this.play;
    if (current) this.show(current);
  }
}
