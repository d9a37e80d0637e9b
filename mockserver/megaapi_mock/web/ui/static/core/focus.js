// Where the keyboard is. What is drawn again takes the focus away from whoever works without a
// mouse, unless it is given to the control that stands there now.

const CONTROLS = "a[href], button, input, select, textarea, summary";

/** Give the focus to an element, without moving what is on screen; whether it took it. */
export function focusOn(element) {
  if (!element?.isConnected || element.disabled || !element.getClientRects().length) return false;
  element.focus({ preventScroll: true });
  return document.activeElement === element;
}

/** Whether nothing has the focus. */
export function isFocusLost() {
  return !document.activeElement || document.activeElement === document.body;
}

/**
 * Note which control of a place has the focus. Gives a function that, when the focus was lost
 * since, gives it to that control or to the one that stands for it in a place drawn again: of the
 * same name, or else the same one of its kind. It says whether something of the place has it.
 */
export function rememberFocus(place) {
  const control = document.activeElement;
  if (!control || control === place || !place.contains(control)) return () => false;
  const name = nameOf(control);
  const position = likeIt(place, control).indexOf(control);
  return (drawn = place) => {
    if (!isFocusLost()) return drawn.contains(document.activeElement);
    const candidates = likeIt(drawn, control);
    return [control, candidates.find((one) => nameOf(one) === name), candidates[position], candidates.at(-1)].some(focusOn);
  };
}

/** Draw a place again; a control in it keeps the focus. Gives what `draw` gives. */
export function keepFocus(place, draw) {
  const restore = rememberFocus(place);
  const result = draw();
  restore();
  return result;
}

/** What a control is called. */
function nameOf(control) {
  return control.getAttribute("aria-label") ?? control.labels?.[0]?.textContent ?? control.textContent;
}

/** The controls of a place that are of the same kind. */
function likeIt(place, control) {
  return [...place.querySelectorAll(CONTROLS)].filter((one) => one.tagName === control.tagName && one.classList[0] === control.classList[0]);
}
