// What frames every view: the bar at the top with views, language and light, and the view itself.
import { button, fill, h, select } from "./dom.js";
import { focusOn } from "./focus.js";
import { LANGUAGES, chooseLanguage, currentLanguage, t } from "./i18n.js";
import { icon } from "./icons.js";
import { ConnectionView } from "../connection/connection_view.js";
import { InspectorView } from "../inspector/inspector_view.js";
import { LeversView } from "../levers/levers_view.js";
import { PhonesView } from "../phone/phones_view.js";
import { ReplayView } from "../replay/replay_view.js";
import { inWords } from "./sentences.js";
import { Subscriptions } from "./topics.js";
import { shortMomentOf } from "./time.js";

const VIEWS = {
  phones: { icon: "phone", make: PhonesView },
  connection: { icon: "link", make: ConnectionView },
  inspector: { icon: "list", make: InspectorView },
  replay: { icon: "rewind", make: ReplayView },
  levers: { icon: "levers", make: LeversView },
};
const KEPT_AS = "megaapi-mock-theme";

export class Shell {
  constructor(root, store) {
    Object.assign(this, { root, store, view: null, disabled: null });
    this.subscriptions = new Subscriptions(store.topics);
    applyTheme(localStorage.getItem(KEPT_AS));
    addEventListener("hashchange", () => this.showView());
    store.on("live", () => this.showLive());
    store.on("clock", () => this.showClock());
    setInterval(() => this.showClock(), 1000);
  }

  /** Build everything, in the language chosen now. */
  draw() {
    document.title = t("title");
    this.live = h("span", { class: "live", role: "status" });
    this.clock = h("span", { class: "bar-clock" });
    this.nav = h("nav", { "aria-label": t("nav") });
    this.main = h("main", { id: "main", tabindex: "-1" });
    fill(this.root, h("a", { class: "skip", href: "#main", on: { click: (event) => this.skip(event) } }, t("skip")),
      h("header", { class: "bar" }, h("h1", {}, h("img", { src: "icon.svg", alt: "", width: 24, height: 24 }), h("span", {}, "megaAPI mock")),
        this.nav, h("div", { class: "bar-end" }, this.live, this.clock, this.languagePicker(), this.themeButton())),
      this.main);
    this.showView();
    this.showLive();
    this.showClock();
  }

  skip(event) {
    event.preventDefault();
    this.main.focus();
  }

  languagePicker() {
    return select(Object.entries(LANGUAGES), currentLanguage(), (name) => {
      chooseLanguage(name);
      this.draw();
      focusOn(this.root.querySelector(".language"));
    }, { "aria-label": t("language"), class: "language" });
  }

  themeButton() {
    const dark = isDark();
    return button(t(dark ? "theme.light" : "theme.dark"), (event) => {
      applyTheme(isDark() ? "light" : "dark");
      const newButton = this.themeButton();
      event.currentTarget.replaceWith(newButton);
      newButton.focus();
    }, { kind: "plain", icon: icon(dark ? "sun" : "moon"), bare: true });
  }

  showView() {
    const name = location.hash.slice(1).split("?")[0] in VIEWS ? location.hash.slice(1).split("?")[0] : "phones";
    fill(this.nav, Object.entries(VIEWS).map(([key, view]) => h("a", { href: `#${key}`, "aria-current": key === name ? "page" : null },
      icon(view.icon), h("span", {}, t(`view.${key}`)))));
    this.view?.end();
    this.view = null;
    this.main.className = `view-${name}`;
    if (this.disabled) {
      fill(this.main, this.disabledNotice());
      return;
    }
    this.view = new VIEWS[name].make(this.store);
    const hadFocus = this.main.contains(document.activeElement);
    fill(this.main, this.view.element);
    // Another view is another place, whatever control happens to look alike there.
    if (hadFocus) this.main.focus();
  }

  /** Instead of the view: nothing is shown without the control token. */
  showLocked() {
    this.disabled = null;
    this.view?.end();
    this.view = null;
    fill(this.main, h("div", { class: "next-step" }, h("p", {}, t("token.needed")),
      button(t("token.enter"), () => location.reload(), { kind: "primary" })));
  }

  /** Instead of the view: the server lets no page use it at this address, and why. */
  showDisabled(sentence) {
    // The stream asks again and again; what is shown already keeps its focus.
    if (this.disabled === sentence) return;
    this.disabled = sentence;
    this.showView();
    this.showLive();
  }

  disabledNotice() {
    return h("div", { class: "next-step", role: "alert" }, h("p", {}, h("strong", {}, t("disabled.title"))),
      h("p", {}, inWords(this.disabled)), h("p", {}, t("disabled.what")));
  }

  showLive() {
    const { live } = this.store;
    this.live.className = `live ${live ? "on" : "off"}`;
    if (live && this.disabled) {
      this.disabled = null;
      this.showView();
    }
    fill(this.live, h("span", { class: "dot", "aria-hidden": "true" }), h("span", {}, t(this.liveWords())));
  }

  liveWords() {
    if (this.disabled) return "live.disabled";
    return this.store.live ? "live.on" : "live.off";
  }

  showClock() {
    const { frozen } = this.store.clock;
    const text = shortMomentOf(this.store.now());
    this.clock.classList.toggle("frozen", frozen);
    if (this.clock.dataset.shown === `${text}${frozen}`) return;
    this.clock.dataset.shown = `${text}${frozen}`;
    fill(this.clock, icon("clock", 16), h("span", {}, text), frozen ? h("strong", {}, t("clock.frozen")) : null);
  }
}

function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function applyTheme(theme) {
  if (!theme) return;
  document.documentElement.dataset.theme = theme;
  localStorage.setItem(KEPT_AS, theme);
}
