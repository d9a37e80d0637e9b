// Sentences of the server (reasons, refusals, what faults and fields mean) in the language of the page. They are
// English on the wire; a sentence that the table does not have is shown as it is.
import calls from "../texts/pt_calls.js";
import pt from "../texts/pt_sentences.js";
import faults from "../texts/pt_faults.js";
import fields from "../texts/pt_fields.js";
import webhooks from "../texts/pt_webhooks.js";
import { currentLanguage } from "./i18n.js";

const FILE = /^(.*) (\(spec\/[^()]*\))$/s;
const FIELD = /^([\w./[\]-]+): (.*)$/s;
// Where one sentence ends and the next begins is not inside a value.
const VALUE = "((?:(?!; ).)+?)";
const HOLE = /\{(\w+)(\+?)\}/g;
// Longer ones are not sentences, and would take their time.
const LONGEST = 2000;
const MOST_KEPT = 500;
const rules = [];
const known = new Map();

/** One rule: `{name}` stands for what differs, `{name+}` for a sentence of its own. */
function readRule([english, portuguese]) {
  const names = [];
  const parts = english.split(HOLE);
  let source = "";
  for (let index = 0; index < parts.length; index += 3) {
    source += parts[index].replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
    if (index + 1 >= parts.length) break;
    names.push({ name: parts[index + 1], isSentence: parts[index + 2] === "+" });
    source += VALUE;
  }
  return { english, portuguese, names, pattern: new RegExp(`^${source}$`, "s") };
}

/** The server's sentence in the language of the page. */
export function inWords(sentence) {
  if (currentLanguage() !== "pt" || typeof sentence !== "string" || sentence.length > LONGEST) return sentence;
  if (!known.has(sentence)) {
    if (known.size >= MOST_KEPT) known.clear();
    known.set(sentence, translate(sentence, () => undefined) ?? sentence);
  }
  return known.get(sentence);
}

/** The same without the file of the contract, which the detail shows. */
export function inFewWords(sentence) {
  return inWords(typeof sentence === "string" ? sentence.replace(FILE, "$1") : sentence);
}

/** The sentence in Portuguese, or null; `onRule` hears which lines of the table were used. */
export function translate(sentence, onRule) {
  if (!rules.length) rules.push(...[...calls, ...pt, ...webhooks, ...faults, ...fields].map(readRule));
  return byRule(sentence, onRule) ?? withFile(sentence, onRule) ?? afterField(sentence, onRule) ?? inParts(sentence, onRule);
}

function byRule(sentence, onRule) {
  for (const { english, portuguese, names, pattern } of rules) {
    const match = pattern.exec(sentence);
    if (!match) continue;
    onRule(english);
    const values = Object.fromEntries(names.map(({ name, isSentence }, index) => {
      const value = match[index + 1];
      return [name, isSentence ? (translate(value, onRule) ?? value) : value];
    }));
    return portuguese.replace(HOLE, (_, name) => values[name]);
  }
  return null;
}

function withFile(sentence, onRule) {
  const match = FILE.exec(sentence);
  const words = match && translate(match[1], onRule);
  return words ? `${words} ${match[2]}` : null;
}

/** Several sentences with semicolons between them; those that are not known stay as they are. */
function inParts(sentence, onRule) {
  const parts = sentence.split("; ");
  if (parts.length < 2) return null;
  const translated = parts.map((part) => translate(part, onRule));
  return translated.some(Boolean) ? translated.map((part, index) => part ?? parts[index]).join("; ") : null;
}

/** `number: ` and the like, with a sentence behind it. */
function afterField(sentence, onRule) {
  const match = FIELD.exec(sentence);
  const words = match && translate(match[2], onRule);
  return words ? `${match[1]}: ${words}` : null;
}
