// A long list of which only a window is in the page. Scrolling moves the window over what is
// loaded and asks for more at the far end; what is on screen does not jump.
import { h, oncePerFrame } from "./dom.js";
import { focusOn, isFocusLost, rememberFocus } from "./focus.js";
import { t } from "./i18n.js";

const WINDOW = 90;
const STEP = 30;
const NEAR = 600;

/**
 * `source.items()`: what is loaded, in the order shown. `source.render(item, before)`: its element.
 * `source.keyOf(item)`. `source.more()`: load more at the far end; how many came. With `bottom` the
 * list is read from its end, as a chat is, and more comes at the top.
 */
export class WindowedList {
  constructor(container, source, { bottom = false } = {}) {
    Object.assign(this, { container, source, bottom });
    this.elements = new Map();
    this.loading = false;
    this.start = 0;
    this.end = 0;
    const look = oncePerFrame(() => this.followScroll());
    container.addEventListener("scroll", look, { passive: true });
    container.addEventListener("scroll", () => this.noteScroll(), { passive: true });
    // Pictures grow when they have come, and a notice takes room from the list: one that was at
    // its end stays there.
    this.sizes = new ResizeObserver((changes) => {
      this.allowForShrinking(changes);
      if (bottom && this.isFollowing()) this.toNearEnd();
    });
    this.heights = new WeakMap();
    this.follows = true;
    this.lastTop = 0;
  }

  /** Whoever moves up stays there; what grew meanwhile only puts the end further away. */
  noteScroll() {
    const { scrollTop } = this.container;
    if (this.isAtNearEnd()) this.follows = true;
    else if (scrollTop < this.lastTop) this.follows = false;
    this.lastTop = scrollTop;
  }

  /** What shrinks, or a list that grows, moves the place up too: nobody has moved then. */
  allowForShrinking(changes) {
    for (const { target, contentRect: { height } } of changes) {
      const before = this.heights.get(target) ?? height;
      this.heights.set(target, height);
      this.lastTop -= Math.max(0, target === this.container ? height - before : before - height);
    }
  }

  /** Whether the list goes on to what is new. */
  isFollowing() {
    // The event of a scroll comes later than the scroll.
    this.noteScroll();
    return this.bottom ? this.follows : this.isAtNearEnd();
  }

  /** Show the list from its near end. */
  reset() {
    this.keepingFocus(() => this.drawAnew());
    this.toNearEnd();
  }

  drawAnew() {
    const { length } = this.source.items();
    this.start = this.bottom ? Math.max(0, length - WINDOW) : 0;
    this.end = this.bottom ? length : Math.min(length, WINDOW);
    this.empty();
    this.draw();
  }

  empty() {
    this.elements.clear();
    this.sizes.disconnect();
    this.container.textContent = "";
    this.sizes.observe(this.container);
  }

  /** The items are others, or there are more between them: the first on screen stays where it is. */
  drawAgain() {
    const anchor = this.firstOnScreen();
    const [key] = [...this.elements].find(([, element]) => element === anchor) ?? [];
    const index = this.source.items().findIndex((item) => this.source.keyOf(item) === key);
    if (index < 0 || this.isFollowing()) {
      this.reset();
      return;
    }
    const above = anchor.offsetTop - this.container.scrollTop;
    this.keepingFocus(() => {
      this.start = Math.max(0, index - WINDOW / 2);
      this.keepWindow();
      this.empty();
      this.draw();
    });
    this.container.scrollTop = this.elements.get(key).offsetTop - above;
    this.lastTop = this.container.scrollTop;
  }

  /** Change what is in the page; whoever was in it with the keyboard stays there. */
  keepingFocus(work) {
    const isHere = this.container.contains(document.activeElement);
    const [key, element] = (isHere && [...this.elements].find(([, one]) => one.contains(document.activeElement))) || [];
    const restore = element ? rememberFocus(element) : null;
    work();
    if (!restore || !isFocusLost()) return;
    const drawn = this.elements.get(key);
    if (drawn && (restore(drawn) || focusOn(drawn.querySelector("button")))) return;
    this.container.focus({ preventScroll: true });
  }

  /** Move the window so that this item is in the page. */
  showIndex(index) {
    this.follows = false;
    if (index >= this.start && index < this.end) return;
    this.start = Math.max(0, index - WINDOW / 2);
    this.keepWindow();
    this.draw();
  }

  toNearEnd() {
    this.follows = true;
    this.container.scrollTop = this.bottom ? this.container.scrollHeight : 0;
    this.lastTop = this.container.scrollTop;
  }

  /** Whether the near end is on screen. */
  isAtNearEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.container;
    return this.bottom ? scrollHeight - scrollTop - clientHeight < 80 : scrollTop < 40;
  }

  /** So many items came at the near end. */
  grown(count = 1) {
    const { length } = this.source.items();
    if (this.bottom) {
      if (!this.isFollowing()) return;
      this.end = length;
      this.start = Math.max(this.start, length - WINDOW - STEP);
      this.draw();
      this.toNearEnd();
    } else if (this.isAtNearEnd()) {
      this.end = Math.min(length, Math.max(this.end, WINDOW));
      this.keepWindow();
      this.draw();
    } else {
      // What is on screen stays; it only stands further down the list now.
      this.start += count;
      this.end += count;
    }
  }

  keepWindow() {
    this.end = Math.min(this.source.items().length, this.start + WINDOW);
  }

  /** Draw an item again, if it is in the page. */
  changed(key) {
    const old = this.elements.get(key);
    if (!old) return;
    const items = this.source.items();
    const index = this.indexOf(key, items);
    if (index < 0) return;
    const follow = this.isFollowing();
    this.keepingFocus(() => {
      const fresh = this.render(items[index], items[index - 1]);
      old.replaceWith(fresh);
      this.sizes.unobserve(old);
      this.sizes.observe(fresh);
      this.elements.set(key, fresh);
    });
    if (follow && this.bottom) this.toNearEnd();
  }

  indexOf(key, items) {
    for (let index = Math.min(this.end, items.length) - 1; index >= this.start; index -= 1) {
      if (this.source.keyOf(items[index]) === key) return index;
    }
    return -1;
  }

  /** Bring what is in the page in line with the window, without moving what is on screen. */
  draw() {
    this.keepingFocus(() => this.drawWindow());
  }

  drawWindow() {
    const items = this.source.items();
    const shown = items.slice(this.start, this.end);
    const keys = new Set(shown.map((item) => this.source.keyOf(item)));
    for (const [key, element] of this.elements) {
      if (keys.has(key)) continue;
      element.remove();
      this.sizes.unobserve(element);
      this.elements.delete(key);
    }
    let after = null;
    shown.forEach((item, offset) => { after = this.place(item, items[this.start + offset - 1], after); });
  }

  /** The element of an item, or one that says it cannot be shown: the others go on. */
  render(item, before) {
    try {
      return this.source.render(item, before);
    } catch {
      return h("p", { class: "empty" }, t("message.not-drawn"));
    }
  }

  place(item, before, after) {
    const key = this.source.keyOf(item);
    let element = this.elements.get(key);
    if (!element) {
      element = this.render(item, before);
      this.elements.set(key, element);
      this.sizes.observe(element);
    }
    const next = after ? after.nextSibling : this.container.firstChild;
    if (element !== next) this.container.insertBefore(element, next);
    return element;
  }

  async followScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.container;
    const above = scrollTop;
    const below = scrollHeight - scrollTop - clientHeight;
    if (above < NEAR && this.start > 0) this.move(Math.max(0, this.start - STEP));
    else if (below < NEAR && this.end < this.source.items().length) this.move(this.start + STEP);
    const far = this.bottom ? this.start === 0 && above < NEAR : this.end >= this.source.items().length && below < NEAR;
    if (far) await this.loadMore();
  }

  move(start) {
    this.keepingPlace(() => {
      this.start = Math.min(start, Math.max(0, this.source.items().length - 1));
      this.keepWindow();
      this.draw();
    });
  }

  async loadMore() {
    if (this.loading || !this.source.more) return;
    this.loading = true;
    const count = await this.source.more().catch(() => 0);
    this.loading = false;
    if (!count) return;
    if (this.bottom) {
      this.start += count;
      this.end += count;
    }
    this.followScroll();
  }

  /** Do something to the elements while the first one on screen stays where it is. */
  keepingPlace(work) {
    const anchor = this.firstOnScreen();
    const before = anchor?.offsetTop ?? 0;
    work();
    if (anchor?.isConnected) this.container.scrollTop += anchor.offsetTop - before;
  }

  firstOnScreen() {
    const top = this.container.scrollTop;
    for (const element of this.container.children) {
      if (element.offsetTop + element.offsetHeight > top) return element;
    }
    return null;
  }
}
