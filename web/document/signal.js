// @ts-check
/** Something that others listen to. Knows nothing of what it says. */

/** @template T */
export class Signal {
  /** @type {Set<(value: T) => void>} */
  #listeners = new Set()

  /** @param {(value: T) => void} listener @returns {() => void} how to stop */
  on(listener) {
    /** @param {T} value */
    const own = value => listener(value)
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }

  /** @param {T} value */
  emit(value) {
    for (const listener of [...this.#listeners]) listener(value)
  }
}
