// Bodies and headers, readable and copyable.
import { copyText } from "../core/clipboard.js";
import { announce, button, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { digitsBehind, exactText } from "./exact.js";

/** A body as text: JSON indented, anything else as it is. */
export function bodyText(body) {
  if (body === null || body === undefined) return "";
  return typeof body === "string" ? (digitsBehind(body) ?? body) : exactText(body, 2);
}

/** A titled block of code with a copy button; nothing for an empty one. */
export function codeBlock(title, body, { open = true, note = null } = {}) {
  const text = bodyText(body);
  if (!text) return null;
  const copy = copyButton(t("copy"), () => text);
  return h("details", { class: "code-block", open }, h("summary", {}, title, note ? h("small", {}, ` ${note}`) : null),
    h("div", { class: "code" }, copy, h("pre", { tabindex: "0" }, text)));
}

/** Headers, folded. */
export function headerBlock(title, headers) {
  const names = Object.entries(headers ?? {});
  if (!names.length) return null;
  return h("details", { class: "code-block" }, h("summary", {}, title),
    h("dl", { class: "headers" }, names.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])));
}

/** A button that copies and says so. */
export function copyButton(label, textOf, { bare = false } = {}) {
  const press = async () => {
    const copied = await Promise.resolve(textOf()).then(copyText).catch(() => false);
    const sentence = t(copied ? "copied" : "copy.failed");
    announce(sentence);
    element.lastChild.replaceWith(bare ? icon(copied ? "check" : "warning", 14) : sentence);
    setTimeout(() => element.lastChild.replaceWith(bare ? icon("copy", 14) : label), 1500);
  };
  const element = button(label, press, { kind: bare ? "small plain" : "small", icon: icon("copy", 14), bare });
  return element;
}
