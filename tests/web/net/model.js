// @ts-check
/** A server of one document and lines to it that can be cut, all in memory and driven step by step. */

/** @import {Graph, Json, Op} from "../../../web/types.js" */

import {apply} from "../../../web/document/ops.js"
import {EditRefused} from "../../../web/document/paths.js"
import {Signal} from "../../../web/document/signal.js"
import {copy} from "../../../web/document/values.js"
import {parse, stringify} from "../../../web/net/json.js"

/** @typedef {{rev: number, client: string, clock: number, ops: Op[]}} Kept */

/** What engine/server/document.py does. states: the document at each revision. */
export class ModelServer {
  /** @type {Graph} */
  graph = {format: "easel/1", nodes: {}}
  rev = 0
  epoch = "e0"
  name = "mine"
  /** @type {Kept[]} */
  edits = []
  /** @type {Graph[]} */
  states = [copy(this.graph)]
  /** @type {Set<ModelLine>} */
  viewers = new Set()
  /** @type {Map<string, number>} how often each edit was applied */
  applied = new Map()

  /** @param {ModelLine} line @param {string} type @param {Json} data */
  take(line, type, data) {
    if (data.doc !== this.name) return
    if (type === "open") this.#open(line, data)
    if (type === "edit") this.#edit(line, data)
    if (type === "close") this.viewers.delete(line)
  }

  /** Forget the oldest edits: who was away longer gets the whole document.
   * @param {number} kept */
  forget(kept) {
    this.edits = this.edits.slice(-kept)
  }

  /** @param {string} to */
  rename(to) {
    for (const line of this.viewers) line.hear("closed", {doc: this.name, renamed: to})
    this.viewers.clear()
    this.name = to
  }

  remove() {
    for (const line of this.viewers) line.hear("closed", {doc: this.name, renamed: null})
    this.viewers.clear()
  }

  /** @param {ModelLine} line @param {Json} data */
  #open(line, {rev, epoch}) {
    this.viewers.add(line)
    const first = this.edits.length ? this.edits[0].rev : this.rev + 1
    const said = {doc: this.name, rev: this.rev, epoch: this.epoch}
    const known = rev !== undefined && epoch === this.epoch && rev >= first - 1 && rev <= this.rev
    const missed = this.edits.filter(edit => edit.rev > rev)
    line.hear("opened", known ? {...said, batches: missed} : {...said, graph: this.graph})
  }

  /** @param {ModelLine} line @param {Json} data */
  #edit(line, {client, clock, ops}) {
    const known = this.edits.find(edit => edit.client === client && edit.clock === clock)
    const doc = this.name
    if (known) return line.hear("edited", {doc, ...known})
    try {
      const {ops: done, skipped} = apply(this.graph, ops)
      const edit = {rev: ++this.rev, client, clock, ops: done}
      this.edits.push(edit)
      this.states[this.rev] = copy(this.graph)
      const key = `${client}/${clock}`
      this.applied.set(key, (this.applied.get(key) ?? 0) + 1)
      const said = {doc, ...edit, ...skipped.length && {skipped}}
      for (const viewer of new Set([...this.viewers, line])) viewer.hear("edited", said)
    } catch (error) {
      if (!(error instanceof EditRefused)) throw error
      line.hear("refused", {doc, client, clock, path: error.path, message: error.reason})
    }
  }
}

/** A client's line: messages wait on it, in their order, until they are delivered one by one. */
export class ModelLine {
  online = false
  /** @type {Signal<{type: string, data: Json}>} */
  messages = new Signal()
  /** @type {Signal<boolean>} */
  lines = new Signal()
  /** @type {string[]} */
  going = []
  /** @type {string[]} */
  coming = []

  /** @param {ModelServer} server */
  constructor(server) {
    this.server = server
  }

  /** @param {string} type @param {Json} data */
  say(type, data) {
    if (this.online) this.going.push(stringify({type, data}))
  }

  /** @param {string} type @param {Json} data */
  hear(type, data) {
    if (this.online) this.coming.push(stringify({type, data}))
  }

  get waiting() {
    return this.going.length + this.coming.length
  }

  /** @param {boolean} outward  to the server */
  deliver(outward) {
    const text = (outward ? this.going : this.coming).shift()
    if (text === undefined) return
    const {type, data} = parse(text)
    if (outward) this.server.take(this, type, data)
    else this.messages.emit({type, data})
  }

  /** Lose the line with all that is on it. */
  cut() {
    this.online = false
    this.going = []
    this.coming = []
    this.server.viewers.delete(this)
    this.lines.emit(false)
  }

  join() {
    this.online = true
    this.lines.emit(true)
  }
}

/** A browser's storage. @implements {Storage} */
export class ModelStorage {
  /** @type {Map<string, string>} */
  #held = new Map()

  get length() {
    return this.#held.size
  }

  clear() {
    this.#held.clear()
  }

  /** @param {string} key */
  getItem(key) {
    return this.#held.get(key) ?? null
  }

  /** @param {number} at */
  key(at) {
    return [...this.#held.keys()][at] ?? null
  }

  /** @param {string} key */
  removeItem(key) {
    this.#held.delete(key)
  }

  /** @param {string} key @param {string} value */
  setItem(key, value) {
    this.#held.set(key, value)
  }
}
