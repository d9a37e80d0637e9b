// What the page remembers: a tab for itself, and for the tab that is opened next.

/** Remember a value under a name. */
export function keep(name, value) {
  const text = JSON.stringify(value);
  for (const storage of [sessionStorage, localStorage]) storage.setItem(name, text);
}

/** What was remembered in this tab, or else in the one used last; null when nothing was. */
export function recall(name) {
  for (const storage of [sessionStorage, localStorage]) {
    const text = storage.getItem(name);
    if (text !== null) return parsed(text);
  }
  return null;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
