// @ts-check
/** What is known of one document's runs: what its nodes do and show, how long they have taken, what
 * is wrong with them. Pure. */

/** @import {Found} from "./problems.js" */

import {NodeRuns} from "./nodes.js"
import {Problems} from "./problems.js"

export class DocumentRuns {
  nodes = new NodeRuns()
  /** @type {Map<string, number>} seconds of nodes' last runs */
  seconds = new Map()
  /** what is shown: what the last check found, or why the last run did not begin */
  problems = new Problems([])
  /** @type {Found[]} what the last check found */
  #checked = []

  /** @param {Found[]} found */
  checked(found) {
    this.#checked = found
    this.problems = new Problems(found)
  }

  /** A run was asked for; found: why it did not begin, none if it did.
   * @param {Found[]} found */
  asked(found) {
    this.problems = new Problems(this.#checked.length ? this.#checked : found)
  }

  /** What a check finds wrong, and what has failed in the last run. @returns {Found[]} */
  allProblems() {
    const failed = [...this.nodes.entries()].flatMap(
      ([node, {error}]) => error ? [{node, problem: error}] : [])
    return [...this.problems.found, ...failed]
  }
}
