// @ts-check
/** What can be taken back and done again: one's own edits, without limit. Knows no document. */

/** @import {Op} from "../types.js" */

/** The ops that take a gesture back. They are made anew when the gesture is replayed on a
 * document that somebody else has changed.
 * @typedef {{ops: Op[]}} Entry */

export class History {
  /** @type {Entry[]} */
  #undo = []
  /** @type {Entry[]} */
  #redo = []

  get canUndo() {
    return this.#undo.length > 0
  }

  get canRedo() {
    return this.#redo.length > 0
  }

  /** The last gesture stands last. @returns {readonly Entry[]} */
  get undoable() {
    return this.#undo
  }

  /** @returns {readonly Entry[]} */
  get redoable() {
    return this.#redo
  }

  /** Go on from what an earlier page could take back.
   * @param {Entry[]} undo @param {Entry[]} redo */
  restore(undo, redo) {
    this.#undo = [...undo, ...this.#undo]
    this.#redo = redo
  }

  /** A gesture was made: what was taken back before can't be done again.
   * @param {Entry} entry */
  add(entry) {
    this.#undo.push(entry)
    this.#redo.length = 0
  }

  /** Somebody changed the file: that can be taken back too.
   * @param {Entry} entry */
  addForeign(entry) {
    this.#undo.push(entry)
  }

  /** @param {boolean} forward @returns {Entry | undefined} */
  take(forward) {
    return (forward ? this.#redo : this.#undo).pop()
  }

  /** What takes back what `take` gave.
   * @param {boolean} forward @param {Entry} entry */
  turn(forward, entry) {
    (forward ? this.#undo : this.#redo).push(entry)
  }

  /** A gesture came to nothing.
   * @param {Entry} entry */
  drop(entry) {
    for (const stack of [this.#undo, this.#redo]) {
      const at = stack.lastIndexOf(entry)
      if (at >= 0) stack.splice(at, 1)
    }
  }
}
