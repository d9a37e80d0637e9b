import { h } from "../core/dom.js";

export class ReplayView {
  constructor() {
    this.element = h("div");
  }

  end() {}
}
