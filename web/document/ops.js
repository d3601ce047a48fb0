// @ts-check
/** Edits of a document as data: applied whole or refused whole, and taken back.
 *
 * Says of every edit what `engine/graph/edits.py` says; both run the cases of tests/edits. An op
 * with `was` is an undo: it is passed over, and named, unless its path still holds that. */

/** @import {Graph, Json, Op} from "../types.js" */

import {EditRefused, isRecord, mayBeMade, partsOf, recordOf} from "./paths.js"
import {checkRecord, checkValue} from "./records.js"
import {touch} from "./stamp.js"
import {copy, equal, isObject, own, put} from "./values.js"

const MOST_OPS = 50_000

/** One thing that was changed: what a holder had under a key before; undefined: nothing.
 * @typedef {{holder: Object<string, Json>, key: string, held: Json}} Step */
/** What an edit did. ops: those that took effect; paths: their parts; undo: ops that take them
 * back, in order; skipped: paths that were passed over; steps: how it is taken back exactly.
 * @typedef {{ops: Op[], paths: string[][], undo: Op[], skipped: string[], steps: Step[]}}
 *   Applied */

/** Apply an edit in place. Throws `EditRefused`; nothing has changed then.
 * @param {Graph} graph @param {Op[]} ops @returns {Applied} */
export function apply(graph, ops) {
  const edit = new Editing(graph)
  try {
    if (ops.length > MOST_OPS) throw new EditRefused("", "refused.many")
    for (const op of ops) edit.take(op)
    edit.check()
  } catch (error) {
    takeBack(graph, edit.steps)
    throw error
  }
  touch(graph)
  const {done, paths, undo, skipped, steps} = edit
  return {ops: done, paths, undo: undo.reverse(), skipped, steps}
}

/** Take back what an edit did; nothing may have changed since.
 * @param {Graph} graph @param {Step[]} steps */
export function takeBack(graph, steps) {
  touch(graph)
  for (let at = steps.length - 1; at >= 0; at--) {
    const {holder, key, held} = steps[at]
    if (held === undefined) delete holder[key]
    else put(holder, key, held)
  }
}

class Editing {
  /** @param {Graph} graph */
  constructor(graph) {
    this.graph = graph
    /** @type {Op[]} */
    this.done = []
    /** @type {string[][]} */
    this.paths = []
    /** @type {Op[]} */
    this.undo = []
    /** @type {string[]} */
    this.skipped = []
    /** @type {Step[]} */
    this.steps = []
    /** @type {Map<string, {record: string[], path: string}>} */
    this.records = new Map()
  }

  /** @param {Op} op */
  take(op) {
    const parts = partsOf(op.path)
    const key = parts[parts.length - 1]
    const held = own(this.holder(parts, false), key)
    const undone = "was" in op
    const stale = undone && !equal(op.was ?? null, held ?? null)
    const holder = stale ? undefined : this.holder(parts, op.op !== "remove")
    if (undone && !holder) {
      this.skipped.push(op.path)
      return
    }
    if (!holder) throw new EditRefused(op.path, "refused.holder")
    if (op.op !== "remove") this.put(op, parts, holder, held)
    else {
      if (held === undefined) throw new EditRefused(op.path, "refused.absent")
      this.change(holder, key, undefined)
      this.prune(parts)
    }
    this.note(op, parts, held)
  }

  /** @param {Op} op @param {string[]} parts @param {Object<string, Json>} holder
   * @param {Json} held */
  put(op, parts, holder, held) {
    if (op.op === "add" && held !== undefined) throw new EditRefused(op.path, "refused.present")
    if (op.op === "set" && held === undefined && isRecord(parts) && !("was" in op)) {
      throw new EditRefused(op.path, "refused.unmade")
    }
    if (op.value === undefined) throw new EditRefused(op.path, "refused.value")
    checkValue(op.path, op.value)
    this.change(holder, parts[parts.length - 1], copy(op.value))
  }

  /** Remember what was done, and how it is taken back.
   * @param {Op} op @param {string[]} parts @param {Json} held */
  note(op, parts, held) {
    const {path} = op
    const was = op.op === "remove" ? null : op.value
    this.done.push(op.op === "remove" ? {op: "remove", path} : {op: op.op, path, value: op.value})
    this.paths.push(parts)
    if (held === undefined) this.undo.push({op: "remove", path, was})
    else {
      const back = op.op === "remove" ? "add" : "set"
      this.undo.push({op: back, path, value: copy(held), was})
    }
    const record = recordOf(parts)
    if (record) this.records.set(record.join("\n"), {record, path})
  }

  /** The object that holds the last part; undefined if what it belongs to is not there.
   * @param {string[]} parts @param {boolean} make @returns {Object<string, Json> | undefined} */
  holder(parts, make) {
    /** @type {Object<string, Json>} */
    let here = this.graph
    for (let depth = 1; depth < parts.length; depth++) {
      const part = parts[depth - 1]
      if (own(here, part) === undefined) {
        if (!make || !allMayBeMade(parts, depth)) return undefined
        this.change(here, part, {})
      }
      const inner = here[part]
      if (!isObject(inner)) return undefined
      here = inner
    }
    return here
  }

  /** Leave no empty object where absent means the same.
   * @param {string[]} parts */
  prune(parts) {
    for (let depth = parts.length - 1; depth >= Math.max(parts.length - 2, 1); depth--) {
      const key = parts[depth - 1]
      if (key === "nodes" || !mayBeMade(parts.slice(0, depth))) return
      const above = this.holder(parts.slice(0, depth), false)
      const emptied = own(above, key)
      if (!above || !isObject(emptied) || !isEmpty(emptied)) return
      this.change(above, key, undefined)
    }
  }

  /** @param {Object<string, Json>} holder @param {string} key
   * @param {Json} value  undefined: none */
  change(holder, key, value) {
    this.steps.push({holder, key, held: own(holder, key)})
    if (value === undefined) delete holder[key]
    else put(holder, key, value)
  }

  /** See that everything that was touched can still be read. */
  check() {
    for (const {record, path} of this.records.values()) {
      const holder = this.holder(record, false)
      const value = own(holder, record[record.length - 1])
      if (value !== undefined) checkRecord(path, record, value)
    }
  }
}

/** Whether every object from this depth down to the last part may be made.
 * @param {string[]} parts @param {number} depth @returns {boolean} */
function allMayBeMade(parts, depth) {
  for (let at = depth; at < parts.length; at++) if (!mayBeMade(parts.slice(0, at))) return false
  return true
}

/** @param {Object<string, Json>} value @returns {boolean} */
function isEmpty(value) {
  for (const key in value) if (Object.hasOwn(value, key)) return false
  return true
}
