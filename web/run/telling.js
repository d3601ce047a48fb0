// @ts-check
/** Tells listeners what has changed of runs; what happens until then is told at once. */

import {Signal} from "../document/signal.js"

/** @typedef {{nodes: Set<string>, queue: boolean, problems: boolean, worker: boolean}} What */

export class Telling {
  #soon
  #first
  /** @type {Signal<What>} */
  #changes = new Signal()
  /** @type {What | null} what is to be told soon */
  #due = null

  /** @param {(act: () => void) => void} soon  calls `act` when listeners are to be told
   * @param {() => void} first  is done right before */
  constructor(soon, first) {
    this.#soon = soon
    this.#first = first
  }

  /** @param {(what: What) => void} listener @returns {() => void} */
  on(listener) {
    return this.#changes.on(listener)
  }

  /** @param {Iterable<string>} nodes */
  touched(nodes) {
    this.tell({nodes: new Set(nodes)})
  }

  /** @param {Partial<What>} what */
  tell({nodes = new Set(), queue = false, problems = false, worker = false}) {
    if (this.#due) {
      for (const node of nodes) this.#due.nodes.add(node)
      this.#due.queue ||= queue
      this.#due.problems ||= problems
      this.#due.worker ||= worker
      return
    }
    this.#due = {nodes: new Set(nodes), queue, problems, worker}
    this.#soon(() => this.#told())
  }

  #told() {
    const due = this.#due
    this.#due = null
    if (!due) return
    this.#first()
    this.#changes.emit(due)
  }
}
