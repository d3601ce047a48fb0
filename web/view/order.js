// @ts-check
/** Which thing lies over which: later ones over earlier ones, until one is raised. On this page
 * only; knows keys, not what they are. */
/** @import {Key} from "../types.js" */

export class Order {
  /** @type {Map<Key, number>} */
  #places = new Map()
  #top = 0

  /** On top of all others, if it has no place yet. @param {Key} key */
  add(key) {
    if (!this.#places.has(key)) this.#places.set(key, ++this.#top)
  }

  /** On top of all others. @param {Key} key @returns {boolean} whether it was not there */
  raise(key) {
    if (this.#places.get(key) === this.#top) return false
    this.#places.set(key, ++this.#top)
    return true
  }

  clear() {
    this.#places.clear()
    this.#top = 0
  }

  /** Sort keys from the lowest to the one on top. @param {Key[]} keys @returns {Key[]} the same */
  sort(keys) {
    const places = this.#places
    return keys.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0))
  }
}
