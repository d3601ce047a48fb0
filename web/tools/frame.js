// @ts-check
/** Where the canvas lies on the page, asked of the browser only when that may be another: it lays
 * the whole page out to answer. */
/** @import {Point} from "../types.js" */

export class Frame {
  /** @type {Point | null} */
  #corner = null

  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host
  }

  /** Forget where it was when the page says that it has changed. */
  watch() {
    const forget = () => this.forget()
    new ResizeObserver(forget).observe(this.host)
    addEventListener("resize", forget)
    addEventListener("scroll", forget, {capture: true, passive: true})
  }

  forget() {
    this.#corner = null
  }

  /** A point of the page in pixels from the canvas's corner. @param {Point} page
   * @returns {Point} */
  inside({x, y}) {
    const corner = this.#found()
    return {x: x - corner.x, y: y - corner.y}
  }

  /** A point of the canvas's pixels on the page. @param {Point} screen @returns {Point} */
  outside({x, y}) {
    const corner = this.#found()
    return {x: x + corner.x, y: y + corner.y}
  }

  /** @returns {Point} */
  #found() {
    if (!this.#corner) {
      const {left, top} = this.host.getBoundingClientRect()
      this.#corner = {x: left, y: top}
    }
    return this.#corner
  }
}
