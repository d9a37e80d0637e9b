// Elements without a framework. Whatever comes from the wire becomes a text node: there is no way
// in here to insert markup.
import { keepFocus } from "./focus.js";
import { asText } from "./messages.js";

const AS_PROPERTY = new Set(["value", "checked", "disabled", "indeterminate", "srcObject", "htmlFor"]);

/** An element with attributes, listeners (`on`), and children (strings become text). */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    setAttribute(element, name, value);
  }
  append(element, children);
  return element;
}

function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
  } else if (AS_PROPERTY.has(name)) {
    element[name] = value;
  } else {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

function append(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child instanceof Node ? child : asText(child));
  }
}

/** Replace everything in an element; the control that stands where the focus was has it again. */
export function fill(element, ...children) {
  return keepFocus(element, () => {
    element.textContent = "";
    append(element, children);
    return element;
  });
}

/** Fill a list with rows, or say why it is empty: a list without items would be none. */
export function fillList(element, rows, sentence) {
  if (rows.length) element.setAttribute("role", "list");
  else element.removeAttribute("role");
  return fill(element, rows.length ? rows : h("p", { class: "empty" }, sentence));
}

/** A button; its label is what a screen reader says when it shows an icon alone. */
export function button(label, onClick, { kind = "", icon = null, bare = false, ...more } = {}) {
  const names = ["button", kind, bare && icon ? "icon-only" : ""].filter(Boolean).join(" ");
  const spoken = bare ? { "aria-label": label, title: label } : {};
  return h("button", { type: "button", class: names, on: { click: onClick }, ...spoken, ...more },
    icon, bare ? null : label);
}

let lastId = 0;

/** An id no other element has. */
export function freshId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

/** A text whose parts between backticks are names in code. */
function withCode(text) {
  return text.split("`").map((part, index) => (index % 2 ? h("code", {}, part) : part));
}

/** A labelled input, select or text area. */
export function field(label, control, hint = null) {
  const id = control.id || freshId("field");
  control.id = id;
  const help = hint ? h("small", { class: "hint", id: `${id}-hint` }, withCode(hint)) : null;
  if (help) control.setAttribute("aria-describedby", help.id);
  return h("div", { class: "field" }, h("label", { htmlFor: id }, label), control, help);
}

/** A select of [value, label] pairs. */
export function select(pairs, chosen, onChange, attributes = {}) {
  const options = pairs.map(([value, label]) => h("option", { value, selected: value === chosen }, label));
  return h("select", { ...attributes, on: { change: (event) => onChange(event.target.value) } }, options);
}

/** Say something to screen readers, without moving the focus. */
export function announce(sentence) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = sentence;
}

/** Run `work` once per frame, however often it is asked for. */
export function oncePerFrame(work) {
  let planned = false;
  return () => {
    if (planned) return;
    planned = true;
    // Frames stop in a hidden tab; the timer keeps it current there.
    const run = () => {
      if (!planned) return;
      planned = false;
      work();
    };
    requestAnimationFrame(run);
    setTimeout(run, 120);
  };
}
