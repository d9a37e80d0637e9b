// Texts in the language of the browser, or the one that was chosen.
import en from "../texts/en.js";
import pt from "../texts/pt.js";

export const LANGUAGES = { en: "English", pt: "Português" };
const TABLES = { en, pt };
const KEPT_AS = "megaapi-mock-language";

let language = localStorage.getItem(KEPT_AS) ?? preferred();
document.documentElement.lang = locale();

function preferred() {
  return navigator.languages.some((name) => name.toLowerCase().startsWith("pt")) ? "pt" : "en";
}

/** `en` or `pt`. */
export function currentLanguage() {
  return language;
}

/** What dates and numbers are written by. */
export function locale() {
  return language === "pt" ? "pt-BR" : "en";
}

/** Choose a language and remember it. */
export function chooseLanguage(name) {
  language = name in TABLES ? name : "en";
  localStorage.setItem(KEPT_AS, language);
  document.documentElement.lang = locale();
}

/** The text of that key, `{name}` replaced by the value of that name. */
export function t(key, values = {}) {
  const text = TABLES[language][key] ?? TABLES.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Of two texts the server gives, the one in this language. */
export function inLanguage(english, portuguese) {
  return language === "pt" && portuguese ? portuguese : english;
}
