// @ts-check
/** Edits that the server has not answered, kept in the browser until it has: a reload, or a tab
 * that is closed while the line is cut, loses nothing. Whoever opens the document next sends them
 * as the same edits of the same client, and the server takes each once. */

/** @import {Edit} from "../types.js" */
/** @import {Room} from "./room.js" */

import {parse, stringify} from "./json.js"

const PREFIX = "easel.edit/"

export class Keep {
  #storage

  /** @param {Room | null} storage  null: nothing is kept */
  constructor(storage) {
    this.#storage = storage
  }

  /** @param {string} doc @param {Edit} edit */
  add(doc, edit) {
    this.#storage?.setItem(keyOf(doc, edit), stringify(edit))
  }

  /** @param {string} doc @param {{client: string, clock: number}} edit */
  remove(doc, edit) {
    this.#storage?.removeItem(keyOf(doc, edit))
  }

  /** The edits of a document that are kept, each client's in order.
   * @param {string} doc @returns {Edit[]} */
  of(doc) {
    const found = this.#keys(doc).flatMap(key => readEdit(this.#storage?.getItem(key) ?? ""))
    return found.sort((one, other) => one.clock - other.clock)
  }

  /** The document is gone: its edits would spoil another one of its name.
   * @param {string} doc */
  forget(doc) {
    for (const key of this.#keys(doc)) this.#storage?.removeItem(key)
  }

  /** The document has another name now.
   * @param {string} doc @param {string} to */
  rename(doc, to) {
    for (const edit of this.of(doc)) {
      this.remove(doc, edit)
      this.add(to, edit)
    }
  }

  /** @param {string} doc @returns {string[]} */
  #keys(doc) {
    const storage = this.#storage
    if (!storage) return []
    const keys = Array.from({length: storage.length}, (_, at) => storage.key(at) ?? "")
    return keys.filter(key => key.startsWith(`${PREFIX}${encodeURIComponent(doc)}/`))
  }
}

/** @param {string} doc @param {{client: string, clock: number}} edit @returns {string} */
function keyOf(doc, {client, clock}) {
  return `${PREFIX}${encodeURIComponent(doc)}/${client}/${clock}`
}

/** @param {string} text @returns {Edit[]} none if somebody else has spoilt it */
function readEdit(text) {
  try {
    const {client, clock, ops} = parse(text)
    return typeof client === "string" && Array.isArray(ops) ? [{client, clock, ops}] : []
  } catch {
    return []
  }
}
