import { h } from "../core/dom.js";

export class LeversView {
  constructor() {
    this.element = h("div");
  }

  end() {}
}
