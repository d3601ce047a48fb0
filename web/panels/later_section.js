// @ts-check
/** A part of a panel that is loaded when it is opened for the first time. */

/** @import {App} from "../types.js" */
/** @import {Section} from "./panel.js" */
/** @import {Later} from "../tools/later.js" */

import {h} from "./dom.js"

/** @template T @implements {Section} */
export class LaterSection {
  open = false
  /** @type {HTMLElement} */
  element = h("div", {hidden: true})
  /** @type {Section | null} */
  #section = null
  #ended = false

  /** @param {App} app @param {Later<T>} load @param {(part: T) => Section} make */
  constructor(app, load, make) {
    this.app = app
    this.load = load
    this.make = make
  }

  opened() {
    this.open = true
    if (this.#section) this.#section.opened()
    else this.load(this.app, part => this.#come(part))
  }

  /** @param {T} part */
  #come(part) {
    if (this.#ended || this.#section) return
    const section = this.#section = this.make(part)
    this.element.replaceWith(section.element)
    this.element = section.element
    if (this.open) section.opened()
  }

  closed() {
    this.open = false
    this.#section?.closed()
  }

  end() {
    this.#ended = true
    this.#section?.end()
  }
}
