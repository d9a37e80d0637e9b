// Values that people type into forms, and the leaves of a document as form fields.

/** What was typed: a number, true, false, null, a list or object in JSON; else the text itself. */
export function parseValue(text) {
  const trimmed = text.trim();
  if (/^(-?\d+(\.\d+)?|true|false|null|\[[\s\S]*\]|\{[\s\S]*\})$/.test(trimmed)) {
    try {
      return JSON.parse(trimmed);
    } catch {
      return trimmed;
    }
  }
  return trimmed;
}

/** The leaves of a document: `[{path, value}]`, paths dotted as `set` takes them. */
export function leavesOf(document, path = "") {
  if (document === null || typeof document !== "object") return [{ path, value: document }];
  return Object.entries(document).flatMap(([key, value]) => leavesOf(value, path ? `${path}.${key}` : key));
}

/** The schema of a dotted path, or null. */
export function schemaAt(schema, path) {
  let here = schema;
  for (const key of path.split(".")) {
    const choices = [here, ...(here?.allOf ?? []), ...(here?.oneOf ?? []), ...(here?.anyOf ?? [])];
    here = choices.map((one) => one?.properties?.[key] ?? (/^\d+$/.test(key) ? one?.items : null)).find(Boolean);
    if (!here) return null;
  }
  return here;
}

/** A typed text as the kind of value that stands there now. */
export function likeBefore(text, before) {
  if (typeof before === "string") return text;
  return parseValue(text);
}
