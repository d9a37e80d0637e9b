// Sentences on a phone. Each stands above the screen for as long as it takes to read it and covers
// nothing; a screen reader finds it in the page's live region also when it is gone from there.
import { announce, button, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";

const LEAST = 6000;
const MOST = 20_000;
const A_LETTER = 90;

/** For how many milliseconds a sentence stays. */
export function readingTime(sentence) {
  return Math.min(MOST, Math.max(LEAST, sentence.length * A_LETTER));
}

export class Notices {
  /** `leave` gives the focus to something else when a notice that has it is closed. */
  constructor(leave) {
    this.leave = leave;
    this.element = h("div", { class: "notices" });
  }

  /** Show a sentence, in the place of the one before. */
  show(sentence) {
    const note = h("div", { class: "notice" }, h("span", {}, sentence),
      button(t("close"), () => this.close(note), { kind: "plain", icon: icon("close", 14), bare: true }));
    const wait = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.close(note), readingTime(sentence));
    };
    // Whoever is at it is still reading.
    for (const event of ["pointerenter", "focusin"]) note.addEventListener(event, () => clearTimeout(this.timer));
    for (const event of ["pointerleave", "focusout"]) note.addEventListener(event, wait);
    this.element.replaceChildren(note);
    announce(sentence);
    wait();
  }

  close(note) {
    const hadFocus = note.contains(document.activeElement);
    note.remove();
    if (hadFocus) this.leave();
  }

  /** Take away what is no longer true. */
  clear() {
    const note = this.element.firstChild;
    if (note) this.close(note);
  }

  end() {
    clearTimeout(this.timer);
  }
}
