// WhatsApp's formatting: *bold*, _italic_, ~struck~, `code`, ```block```, lists, quotes, addresses.
import { h } from "../core/dom.js";
import { asText } from "../core/messages.js";

const BLOCK = /```([\s\S]+?)```/g;
const INLINE = [
  { pattern: /`([^`\n]+)`/g, tag: "code", plain: true },
  { pattern: /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]/g, link: true },
  { pattern: /(?<![\p{L}\p{N}*])\*(\S(?:[^*\n]*\S)?)\*(?![\p{L}\p{N}*])/gu, tag: "strong" },
  { pattern: /(?<![\p{L}\p{N}_])_(\S(?:[^_\n]*\S)?)_(?![\p{L}\p{N}_])/gu, tag: "em" },
  { pattern: /(?<![\p{L}\p{N}~])~(\S(?:[^~\n]*\S)?)~(?![\p{L}\p{N}~])/gu, tag: "s" },
];
// What goes beyond is shown as it was written: a message of nothing but marks must not hold up its chat.
const MOST_LETTERS = 20_000;
const MOST_MARKS = 1500;

/** A link that leaves the page; anything but http and https stays text. */
export function link(address, label = address) {
  if (!/^https?:\/\//i.test(address)) return h("span", {}, label);
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, label);
}

/** The text as nodes. */
export function formatted(value) {
  const text = asText(value);
  const end = endOfMarks(text);
  const budget = { left: MOST_MARKS };
  const nodes = [];
  let at = 0;
  for (const match of text.slice(0, end).matchAll(BLOCK)) {
    if (budget.left <= 0) break;
    budget.left -= 1;
    nodes.push(lines(text.slice(at, match.index), budget), h("pre", {}, match[1]));
    at = match.index + match[0].length;
  }
  nodes.push(lines(text.slice(at, end), budget), asWritten(text.slice(end)));
  return nodes;
}

/** How far marks are looked for: to the end of a word, so that no address is cut in two. */
function endOfMarks(text) {
  if (text.length <= MOST_LETTERS) return text.length;
  return Math.max(text.lastIndexOf(" ", MOST_LETTERS), text.lastIndexOf("\n", MOST_LETTERS)) + 1;
}

function asWritten(text) {
  return text ? h("span", { class: "as-written" }, text) : null;
}

function lines(text, budget) {
  if (!text) return [];
  const all = text.split("\n");
  const shown = all.slice(0, budget.left);
  budget.left -= shown.length;
  const nodes = shown.map((line, index) => [index ? h("br") : null, formattedLine(line, budget)]);
  const rest = all.slice(shown.length).join("\n");
  return [nodes, asWritten(shown.length && shown.length < all.length ? `\n${rest}` : rest)];
}

function formattedLine(line, budget) {
  const quote = /^> (.+)/.exec(line);
  if (quote) return h("span", { class: "quoted-line" }, inline(quote[1], budget));
  const item = /^[*-] (.+)/.exec(line);
  if (item) return ["•\u00a0", inline(item[1], budget)];
  return inline(line, budget);
}

/** Each rule's next match is looked for once, and again only when the text was passed by. */
function inline(text, budget, rules = INLINE) {
  const nexts = rules.map((rule) => ({ rule, match: matchFrom(rule, text, 0) }));
  const nodes = [];
  let at = 0;
  while (budget.left > 0) {
    for (const next of nexts) if (next.match?.index < at) next.match = matchFrom(next.rule, text, at);
    const first = earliest(nexts);
    if (!first) break;
    budget.left -= 1;
    nodes.push(text.slice(at, first.match.index), marked(first, budget, rules));
    at = first.match.index + first.match[0].length;
  }
  return [...nodes, text.slice(at)].filter(Boolean);
}

function matchFrom(rule, text, index) {
  rule.pattern.lastIndex = index;
  return rule.pattern.exec(text);
}

function earliest(nexts) {
  return nexts.reduce((best, next) => (next.match && !(best?.match.index <= next.match.index) ? next : best), null);
}

function marked({ rule, match }, budget, rules) {
  if (rule.link) return link(match[0]);
  // Bold within bold is bold: each level has a rule less, so that levels come to an end.
  return h(rule.tag, {}, rule.plain ? match[1] : inline(match[1], budget, rules.filter((one) => one !== rule)));
}
