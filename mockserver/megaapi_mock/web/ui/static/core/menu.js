// A menu that opens at a button: arrow keys move in it, Escape closes it and returns the focus.
import { h } from "./dom.js";
import { focusOn } from "./focus.js";

let close = () => undefined;

/** Open a menu; items are `{label, icon, act, danger}`, or elements that stand above them. */
export function openMenu(anchor, items, { label }) {
  close();
  const entries = items.map((item) => (item instanceof Node ? item : entry(item)));
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label, tabindex: "-1" }, entries);
  // Inside the main part: a screen reader that goes by landmarks finds it there.
  (document.querySelector("main") ?? document.body).append(menu);
  place(menu, anchor);
  close = () => {
    const hadFocus = menu.contains(document.activeElement);
    menu.remove();
    document.removeEventListener("pointerdown", outside, true);
    close = () => undefined;
    // What is chosen may take the focus further; it starts from where the menu was opened.
    if (hadFocus) focusOn(anchor);
  };
  const outside = (event) => { if (!menu.contains(event.target)) close(); };
  document.addEventListener("pointerdown", outside, true);
  menu.addEventListener("keydown", (event) => steer(event, menu));
  menu.querySelector("button")?.focus();
  return menu;
}

/** Close the menu that is open, if one is. */
export function closeMenu() {
  close();
}

function entry({ label, icon, act, danger }) {
  const choose = () => {
    close();
    act();
  };
  return h("button", { type: "button", role: "menuitem", class: danger ? "danger" : "", on: { click: choose } }, icon ?? null, label);
}

function place(menu, anchor) {
  const { left, bottom, top, right } = anchor.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = menu;
  const x = left + offsetWidth > innerWidth - 8 ? right - offsetWidth : left;
  const y = bottom + offsetHeight > innerHeight - 8 ? top - offsetHeight : bottom + 4;
  menu.style.left = `${Math.max(8, x)}px`;
  menu.style.top = `${Math.max(8, y)}px`;
}

function steer(event, menu) {
  const entries = [...menu.querySelectorAll("button")];
  const here = entries.indexOf(document.activeElement);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: entries.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    entries.at(to % entries.length)?.focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    close();
  }
}
