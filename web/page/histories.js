// @ts-check
/** What can be taken back, kept while the page is loaded anew: in this window alone, and only for the
 * document that it fits. Each step says what it expects to find, so that what others have edited
 * meanwhile is left. */

/** @import {Json} from "../types.js" */
/** @import {Entry} from "../document/history.js" */
/** @import {DocumentStore} from "../document/store.js" */
/** @import {Room} from "../net/room.js" */

import {parse, stringify} from "../net/json.js"

const PREFIX = "easel.history/"
const MOST = 500_000  // letters for a document's undo, and for its redo: a window has some millions

/** @typedef {Pick<DocumentStore, "name" | "epoch" | "rev" | "history">} Kept */

export class Histories {
  #storage
  #client

  /** @param {Pick<Room, "getItem" | "setItem" | "removeItem">} storage  of the window
   * @param {string} client  whose edits they are: a copy of the window has another */
  constructor(storage, client) {
    this.#storage = storage
    this.#client = client
  }

  /** The page is about to go. @param {Kept} store */
  keep({name, epoch, rev, history}) {
    const [undo, redo] = [history.undoable, history.redoable].map(latest)
    if (!undo.length && !redo.length) return
    this.#storage.setItem(PREFIX + name, stringify({client: this.#client, epoch, rev, undo, redo}))
  }

  /** A document is open again, as the server has it. @param {Kept} store */
  recall({name, epoch, rev, history}) {
    const kept = read(this.#storage.getItem(PREFIX + name))
    this.#storage.removeItem(PREFIX + name)
    if (!kept || kept.client !== this.#client || kept.epoch !== epoch || kept.rev > rev) return
    history.restore(kept.undo, kept.redo)
  }
}

/** As many of the last as there is room for.
 * @param {readonly Entry[]} entries @returns {Entry[]} */
function latest(entries) {
  let from = entries.length
  for (let room = MOST; from > 0; from--) {
    room -= stringify(entries[from - 1]).length
    if (room < 0) break
  }
  return entries.slice(from)
}

/** @param {string | null} text
 * @returns {{client: string, epoch: string, rev: number, undo: Entry[], redo: Entry[]} | null} */
function read(text) {
  try {
    const kept = text ? parse(text) : null
    return kept && [kept.undo, kept.redo].every(areEntries) ? kept : null
  } catch {
    return null  // written by something else
  }
}

/** @param {Json} given @returns {boolean} */
function areEntries(given) {
  return Array.isArray(given) && given.every(one => Array.isArray(one?.ops))
}
