// @ts-check
/** The seeds that inputs have had, newest first, so that a picture one liked can be drawn again.
 * Listens to documents; where it is kept is handed in. Knows nothing of widgets. */

/** @import {Change, GraphNode, Json, Store} from "../types.js" */
/** @import {Keep} from "./complete.js" */
import {RECORDS, canvasOf} from "../document/paths.js"
import {parse, stringify} from "../net/json.js"

/** @typedef {number | bigint} Value */

const KEY = "easel.seeds"
const MOST = 20 // of one input
const INPUTS = 400 // remembered in all

export class Seeds {
  /** @type {Map<string, string[]>} by document and path; the last used at the end */
  #held
  #keep

  /** @param {Keep} [keep] */
  constructor(keep) {
    this.#keep = keep
    this.#held = read(keep?.getItem(KEY) ?? null)
  }

  /** Remember the seeds of a document from now on. @param {Store} store
   * @returns {() => void} how to stop */
  watch(store) {
    const stop = store.on(change => this.#changed(store, change))
    this.#changed(store, {paths: [], whole: true, mine: false})
    return stop
  }

  /** @param {string} doc @param {string[]} where @param {string} node @param {string} input
   * @returns {Value[]} newest first */
  of(doc, where, node, input) {
    return (this.#held.get(keyOf(doc, where, node, input)) ?? []).map(valueOf)
  }

  /** @param {Store} store @param {Change} change */
  #changed(store, change) {
    let news = false
    for (const [where, node, input] of change.whole ? everywhere(store) : touched(change)) {
      const held = canvasOf(store.graph, where).nodes?.[node]
      const value = held && isSeed(held, input) ? held.inputs?.[input] : undefined
      if (Number.isInteger(value) || typeof value === "bigint") {
        news = this.#add(keyOf(store.name, where, node, input), String(value)) || news
      }
    }
    if (news) this.#save()
  }

  /** @param {string} key @param {string} value @returns {boolean} whether it was not the newest */
  #add(key, value) {
    const before = this.#held.get(key) ?? []
    if (before[0] === value) return false
    this.#held.delete(key)
    this.#held.set(key, [value, ...before.filter(one => one !== value)].slice(0, MOST))
    const oldest = this.#held.keys().next().value
    if (this.#held.size > INPUTS && oldest !== undefined) this.#held.delete(oldest)
    return true
  }

  #save() {
    this.#keep?.setItem(KEY, stringify([...this.#held]))
  }
}

/** @param {string} doc @param {string[]} where @param {string} node @param {string} input */
function keyOf(doc, where, node, input) {
  return stringify([doc, ...where, node, input])
}

/** @param {string} text @returns {Value} */
function valueOf(text) {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

/** Whether an input is a seed: something happens to it after a run, or it is called one.
 * @param {GraphNode} node @param {string} input */
function isSeed(node, input) {
  return node.after_run?.[input] !== undefined || /(^|_)seed$/.test(input)
}

/** @typedef {[string[], string, string]} Place  which canvas, node, input */

/** @param {Change} change @returns {Place[]} */
function touched({paths}) {
  return paths.flatMap(parts => {
    const where = parts[0] === "subgraphs" ? parts.slice(0, 2) : []
    const [kind, node, field, input] = parts.slice(where.length)
    /** @type {Place[]} */
    const found = kind === RECORDS[0] && field === "inputs" && input ? [[where, node, input]] : []
    return found
  })
}

/** @param {Store} store @returns {Place[]} */
function everywhere({graph}) {
  const places = [[], ...Object.keys(graph.subgraphs ?? {}).map(id => ["subgraphs", id])]
  return places.flatMap(where => Object.entries(canvasOf(graph, where).nodes ?? {})
    .flatMap(([id, node]) => Object.keys(node.inputs ?? {})
      .filter(input => isSeed(node, input))
      .map(input => /** @type {Place} */ ([where, id, input]))))
}

/** @param {string | null} text @returns {Map<string, string[]>} */
function read(text) {
  try {
    return new Map(parse(text ?? "[]").filter(isHeld))
  } catch {
    return new Map()
  }
}

/** @param {Json} pair @returns {boolean} */
function isHeld(pair) {
  return Array.isArray(pair) && typeof pair[0] === "string" && Array.isArray(pair[1])
    && pair[1].every((/** @type {Json} */ value) => /^-?\d+$/.test(value))
}
