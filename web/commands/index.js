// @ts-check
/** All commands by name, with the keys that somebody may have changed. Knows no DOM. */
/** @import {App, Command, Commands, Settings} from "../types.js" */
/** @import {Clipboard} from "../tools/clipboard.js" */
/** @import {Later} from "../tools/later.js" */
/** @import {Documents} from "./files.js" */
/** @import {Subgraphs} from "./graph.js" */

import {Signal} from "../document/signal.js"
import {normal} from "../tools/chords.js"
import {arrangeCommands} from "./arrange.js"
import {editCommands} from "./edit.js"
import {fileCommands} from "./files.js"
import {graphCommands} from "./graph.js"
import {runCommands} from "./run.js"
import {viewCommands} from "./view.js"

/** The setting that holds changed keys: {command: [keys]}. */
export const KEYS = "keys"

/** @implements {Commands} */
export class CommandList {
  /** @type {Signal<void>} */
  #changed = new Signal()
  /** @type {Map<string, Command>} */
  #all

  /** @param {App} app @param {Settings} settings
   * @param {{clipboard: Clipboard, documents: Documents, shaping: Later<Subgraphs>}} parts */
  constructor(app, settings, {clipboard, documents, shaping}) {
    this.app = app
    this.settings = settings
    const all = [...runCommands(), ...editCommands(clipboard), ...graphCommands(shaping),
      ...arrangeCommands(), ...viewCommands(), ...fileCommands(documents)]
    this.#all = new Map(all.map(command => [command.id, command]))
    settings.on(id => { if (id === KEYS) this.#changed.emit() })
  }

  /** @returns {Command[]} */
  all() {
    return [...this.#all.values()]
  }

  /** Run it, if it can be run now. @param {string} id */
  run(id) {
    const command = this.#all.get(id)
    if (command && (command.when?.(this.app) ?? true)) command.run(this.app)
  }

  /** @param {string} id @returns {string[]} */
  keysOf(id) {
    const own = this.#rebound()[id]
    return Array.isArray(own) ? own : this.#all.get(id)?.keys ?? []
  }

  /** Other keys for a command; whoever had them loses them. The usual ones are kept by absence.
   * @param {string} id @param {string[]} keys */
  rebind(id, keys) {
    const wanted = keys.map(normal).filter(Boolean)
    const next = {...this.#rebound()}
    for (const other of this.#all.keys()) {
      const had = this.keysOf(other)
      if (other !== id && had.some(one => wanted.includes(one))) {
        next[other] = had.filter(one => !wanted.includes(one))
      }
    }
    next[id] = wanted
    for (const [name, value] of Object.entries(next)) {
      if (String(value) === String(this.#all.get(name)?.keys ?? [])) delete next[name]
    }
    this.settings.set(KEYS, next)
    this.#changed.emit()
  }

  /** @param {() => void} listener @returns {() => void} */
  on(listener) {
    return this.#changed.on(listener)
  }

  /** @returns {Object<string, string[]>} */
  #rebound() {
    const held = this.settings.get(KEYS)
    return held && typeof held === "object" ? held : {}
  }
}
