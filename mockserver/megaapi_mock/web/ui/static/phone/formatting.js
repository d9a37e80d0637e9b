// WhatsApp's formatting: *bold*, _italic_, ~struck~, `code`, ```block```, lists, quotes, addresses.
import { h } from "../core/dom.js";

const BLOCK = /```([\s\S]+?)```/;
const INLINE = [
  { pattern: /`([^`\n]+)`/, tag: "code", plain: true },
  { pattern: /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]/, link: true },
  { pattern: /(?<![\p{L}\p{N}*])\*(\S(?:[^*\n]*\S)?)\*(?![\p{L}\p{N}*])/u, tag: "strong" },
  { pattern: /(?<![\p{L}\p{N}_])_(\S(?:[^_\n]*\S)?)_(?![\p{L}\p{N}_])/u, tag: "em" },
  { pattern: /(?<![\p{L}\p{N}~])~(\S(?:[^~\n]*\S)?)~(?![\p{L}\p{N}~])/u, tag: "s" },
];

/** A link that leaves the page; anything but http and https stays text. */
export function link(address, label = address) {
  if (!/^https?:\/\//i.test(address)) return h("span", {}, label);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, label);
}

/** The text as nodes. */
export function formatted(text) {
  const match = BLOCK.exec(text);
  if (!match) return lines(text);
  const after = text.slice(match.index + match[0].length);
  return [...lines(text.slice(0, match.index)), h("pre", {}, match[1]), ...formatted(after)];
}

function lines(text) {
  if (!text) return [];
  return text.split("\n").flatMap((line, index) => [index ? h("br") : null, ...formattedLine(line)]);
}

function formattedLine(line) {
  const quote = /^> (.+)/.exec(line);
  if (quote) return [h("span", { class: "quoted-line" }, inline(quote[1]))];
  const item = /^[*-] (.+)/.exec(line);
  if (item) return ["•\u00a0", ...inline(item[1])];
  return inline(line);
}

function inline(text) {
  const first = INLINE
    .map((rule) => ({ rule, match: rule.pattern.exec(text) }))
    .filter(({ match }) => match)
    .sort((one, other) => one.match.index - other.match.index)[0];
  if (!first) return text ? [text] : [];
  const { rule, match } = first;
  const after = text.slice(match.index + match[0].length);
  return [text.slice(0, match.index), marked(rule, match), ...inline(after)];
}

function marked(rule, match) {
  if (rule.link) return link(match[0]);
  return h(rule.tag, {}, rule.plain ? match[1] : inline(match[1]));
}
