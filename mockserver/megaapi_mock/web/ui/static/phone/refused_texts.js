// Texts that were refused while the next one was being typed already: above the box, until each is
// sent again or removed.
import { button, fill, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";

export class RefusedTexts {
  /** `name` is where they are kept; `onAgain` hears of what is to be sent again. */
  constructor(name, onAgain) {
    Object.assign(this, { name, onAgain });
    this.element = h("ul", { class: "refused-texts", "aria-label": t("composer.refused") });
    this.draw();
  }

  all() {
    return JSON.parse(sessionStorage.getItem(this.name) ?? "[]");
  }

  keep(actions) {
    if (actions.length) sessionStorage.setItem(this.name, JSON.stringify(actions));
    else sessionStorage.removeItem(this.name);
    this.draw();
  }

  add(action) {
    this.keep([...this.all(), action]);
  }

  remove(index) {
    this.keep(this.all().filter((_, place) => place !== index));
  }

  draw() {
    fill(this.element, this.all().map((action, index) => h("li", {},
      icon("warning", 16), h("span", {}, action.text),
      button(t("composer.again"), () => {
        this.remove(index);
        this.onAgain(action);
      }, { kind: "plain" }),
      button(t("composer.remove"), () => this.remove(index), { kind: "plain", icon: icon("close", 16), bare: true }))));
  }
}
