// @ts-check
/** A document as this page sees it: the server's state with its own pending edits on top.
 *
 * One graph is changed in place; how each pending edit is taken back is kept, so that an edit of
 * somebody else costs what it touches and not the size of the document. Knows no socket: whoever
 * has one is handed the edits, and hands in what the server says. */

/** @import {Change, Edit, Graph, Op, Store} from "../types.js" */
/** @import {Applied} from "./ops.js" */
/** @import {Entry} from "./history.js" */

import {History} from "./history.js"
import {apply, takeBack} from "./ops.js"
import {EditRefused} from "./paths.js"
import {Signal} from "./signal.js"
import {copy} from "./values.js"

const FILE = "file"  // the author of what somebody did to the document's file

/** An edit that the server has not answered. entry: what takes it back in the history; applied:
 * what it did here, null while it does not fit; skipped: paths that it passed over at first.
 * @typedef {{edit: Edit, entry: Entry | null, applied: Applied | null, skipped: string[]}}
 *   Pending */
/** @typedef {{rev: number, client: string, clock: number, ops: Op[], skipped?: string[]}} Edited */
/** What a person should hear of: an edit that the server did not take, or paths that an undo left.
 * @typedef {{kind: "refused", path: string, message: string}
 *   | {kind: "skipped", paths: string[]}} News */

/** @implements {Store} */
export class DocumentStore {
  /** @type {Graph} */
  graph = {format: "easel/1", nodes: {}}
  rev = 0
  /** @type {string | null} */
  epoch = null
  /** @type {Pending[]} */
  pending = []
  /** @type {Signal<News>} */
  news = new Signal()
  history = new History()
  #clock
  #send
  #say
  /** @type {Signal<Change>} */
  #changes = new Signal()

  /** @param {{name: string, client: string, clock?: number, send?: (edit: Edit) => void,
   *   say?: (reason: string, values: {path: string}) => string}} parts
   *   clock: larger than any that this client has used; send: is handed every edit; say: the
   *   sentence for the key of a reason */
  constructor({name, client, clock = Date.now() * 1000, send = () => {}, say = reason => reason}) {
    this.name = name
    this.client = client
    this.#clock = clock
    this.#send = send
    this.#say = say
  }

  get settled() {
    return this.pending.length === 0
  }

  get canUndo() {
    return this.history.canUndo
  }

  get canRedo() {
    return this.history.canRedo
  }

  /** @param {(change: Change) => void} listener @returns {() => void} */
  on(listener) {
    return this.#changes.on(listener)
  }

  // Editing

  /** One gesture; "" or the sentence why it does not fit.
   * @param {Op[]} ops @returns {string} */
  edit(ops) {
    try {
      const applied = this.#make(copy(ops), entry => this.history.add(entry))
      if (applied) this.#tell(applied.paths, true)
      return ""
    } catch (error) {
      if (!(error instanceof EditRefused)) throw error
      return this.#say(error.reason, {path: error.path})
    }
  }

  /** Take back the last gesture of one's own; the paths that somebody else has changed since.
   * @returns {string[]} */
  undo() {
    return this.#turn(false)
  }

  /** @returns {string[]} */
  redo() {
    return this.#turn(true)
  }

  /** @param {boolean} forward @returns {string[]} */
  #turn(forward) {
    const entry = this.history.take(forward)
    if (!entry) return []
    try {
      const applied = this.#make(entry.ops, back => this.history.turn(forward, back))
      this.#tell(applied?.paths ?? [], true)
      return applied?.skipped ?? entry.ops.map(op => op.path)
    } catch (error) {
      if (!(error instanceof EditRefused)) throw error
      this.#tell([], true)
      return entry.ops.map(op => op.path)
    }
  }

  /** Apply, remember and send; null if nothing took effect.
   * @param {Op[]} ops @param {(entry: Entry) => void} keep @returns {Applied | null} */
  #make(ops, keep) {
    const applied = apply(this.graph, ops)
    if (!applied.ops.length) return null
    const entry = {ops: applied.undo}
    const edit = {client: this.client, clock: ++this.#clock, ops}
    this.pending.push({edit, entry, applied, skipped: applied.skipped})
    keep(entry)
    this.#send(edit)
    return applied
  }

  /** Edits that an earlier page made and whose answer it did not live to hear.
   * @param {Edit[]} edits */
  adopt(edits) {
    const known = new Set(this.pending.map(({edit}) => `${edit.client}/${edit.clock}`))
    const fresh = edits.filter(edit => !known.has(`${edit.client}/${edit.clock}`))
    if (!fresh.length) return
    this.#unwind()
    /** @type {Pending[]} */
    const earlier = fresh.map(edit => ({edit, entry: null, applied: null, skipped: []}))
    this.pending = [...earlier, ...this.pending]
    this.#replay()
    this.#tell([], true, true)
  }

  // What the server says

  /** The whole document as the server has it.
   * @param {Graph} graph @param {number} rev @param {string} epoch */
  reset(graph, rev, epoch) {
    this.graph = graph
    this.rev = rev
    this.epoch = epoch
    this.#replay()
    this.#tell([], false, true)
  }

  /** An edit took effect; false if some before it are missing.
   * @param {Edited} edited @returns {boolean} */
  confirmed(edited) {
    if (edited.rev > this.rev + 1) return false
    const next = edited.rev === this.rev + 1
    if (next && this.#isFirst(edited)) this.#shift(edited)
    else this.caughtUp([edited])
    return true
  }

  /** Edits that were missed, in their order.
   * @param {Edited[]} batches @param {string} [epoch] */
  caughtUp(batches, epoch) {
    this.epoch = epoch ?? this.epoch
    const paths = this.#unwind()
    for (const batch of batches) {
      if (batch.rev === this.rev + 1) paths.push(...this.#confirm(batch))
      this.#acknowledge(batch)
    }
    paths.push(...this.#replay())
    this.#tell(paths, false)
  }

  /** An edit was not taken.
   * @param {{client: string, clock: number, path: string, message: string}} said */
  refused({client, clock, path, message}) {
    const found = this.pending.find(one => isOf(one, client, clock))
    if (!found) return
    const paths = this.#unwind()
    this.pending = this.pending.filter(one => one !== found)
    if (found.entry) this.history.drop(found.entry)
    const reason = reasonOf(this.graph, found.edit.ops)
    paths.push(...this.#replay())
    this.#tell(paths, false)
    this.news.emit({kind: "refused", path, message: reason ? this.#say(reason, {path}) : message})
  }

  /** @param {Edited} edited @returns {boolean} whether it is what the pending edits begin with */
  #isFirst({client, clock}) {
    const first = this.pending[0]
    return first !== undefined && isOf(first, client, clock) && first.applied !== null
  }

  /** The first pending edit is confirmed: the graph holds it already.
   * @param {Edited} edited */
  #shift(edited) {
    this.rev = edited.rev
    this.#acknowledge(edited)
    if (this.settled) this.#tell([], true)
  }

  /** @param {Edited} batch @returns {string[][]} */
  #confirm(batch) {
    const applied = apply(this.graph, batch.ops)
    this.rev = batch.rev
    if (batch.client === FILE) this.history.addForeign({ops: applied.undo})
    return applied.paths
  }

  /** @param {Edited} batch */
  #acknowledge({client, clock, skipped = []}) {
    const found = this.pending.find(one => isOf(one, client, clock))
    if (!found) return
    this.pending = this.pending.filter(one => one !== found)
    const late = skipped.filter(path => !found.skipped.includes(path))
    if (late.length) this.news.emit({kind: "skipped", paths: late})
  }

  /** Take the pending edits off; the paths that they had touched.
   * @returns {string[][]} */
  #unwind() {
    /** @type {string[][]} */
    const paths = []
    for (let at = this.pending.length - 1; at >= 0; at--) {
      const {applied} = this.pending[at]
      if (applied) {
        takeBack(this.graph, applied.steps)
        paths.push(...applied.paths)
      }
      this.pending[at].applied = null
    }
    return paths
  }

  /** Put the pending edits on again. Those that don't fit any more wait to be refused.
   * @returns {string[][]} the paths that they touch */
  #replay() {
    /** @type {string[][]} */
    const paths = []
    for (const one of this.pending) {
      one.applied = attempted(this.graph, one.edit.ops)
      paths.push(...one.applied?.paths ?? [])
      if (one.entry && one.applied) one.entry.ops = one.applied.undo
    }
    return paths
  }

  /** @param {string[][]} paths @param {boolean} mine @param {boolean} [whole] */
  #tell(paths, mine, whole = false) {
    this.#changes.emit({paths, whole, mine})
  }
}

/** @param {Pending} one @param {string} client @param {number} clock @returns {boolean} */
function isOf({edit}, client, clock) {
  return edit.clock === clock && edit.client === client
}

/** @param {Graph} graph @param {Op[]} ops @returns {Applied | null} */
function attempted(graph, ops) {
  try {
    return apply(graph, ops)
  } catch (error) {
    if (error instanceof EditRefused) return null
    throw error
  }
}

/** Why an edit does not fit; "" if it does.
 * @param {Graph} graph @param {Op[]} ops @returns {string} */
function reasonOf(graph, ops) {
  try {
    takeBack(graph, apply(graph, ops).steps)
    return ""
  } catch (error) {
    if (error instanceof EditRefused) return error.reason
    throw error
  }
}
