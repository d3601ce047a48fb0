// @ts-check
/** Pages of several clients, driven by lines of JSON: whoever runs this holds their sockets.
 *
 * In: `{page, line: bool}`, `{page, text}` (what the socket said), `{act: n}` (so many random
 * actions), `{ask: true}` (how all stand). Out: `{page, text}` (to be sent), `{page, cut: bool}`,
 * `{acted: true}`, `{graphs: [text], settled, seen}`. */

import {createInterface} from "node:readline"

import {Signal} from "../../../web/document/signal.js"
import {parse, stringify} from "../../../web/net/json.js"
import {Keep} from "../../../web/net/keep.js"
import {Sync} from "../../../web/net/sync.js"
import {Chance, randomOps} from "../document/random.js"
import {ModelStorage} from "./model.js"

/** @import {Json} from "../../../web/types.js" */

const [seed, count] = process.argv.slice(2).map(Number)
const chance = new Chance(seed)

class Page {
  online = false
  /** @type {Signal<{type: string, data: Json}>} */
  messages = new Signal()
  /** @type {Signal<boolean>} */
  lines = new Signal()

  /** @param {number} page */
  constructor(page) {
    this.page = page
    this.sync = new Sync({voice: this, client: `page${page}`, keep: new Keep(new ModelStorage())})
    void this.sync.open("mine")
  }

  get store() {
    return /** @type {import("../../../web/document/store.js").DocumentStore} */ (
      this.sync.storeOf("mine"))
  }

  /** @param {string} type @param {Json} data */
  say(type, data) {
    if (this.online) tell({page: this.page, text: stringify({type, data})})
  }

  act() {
    const {store} = this
    if (chance.often(0.06)) tell({page: this.page, cut: true})
    else if (chance.often(0.25)) void (chance.often(0.6) ? store.undo() : store.redo())
    else store.edit(randomOps(chance, store.graph))
  }
}

const pages = Array.from({length: count}, (_, at) => new Page(at))

for await (const text of createInterface({input: process.stdin})) {
  const said = parse(text)
  if (said.act) {
    for (let n = 0; n < said.act; n++) chance.of(pages).act()
    tell({acted: true})
  } else if (said.ask) {
    const stores = pages.map(({store}) => store)
    tell({
      graphs: stores.map(({graph}) => stringify(graph)),
      settled: stores.every(({settled}) => settled),
      revs: stores.map(({rev}) => rev),
    })
  } else if (said.line !== undefined) {
    pages[said.page].online = said.line
    pages[said.page].lines.emit(said.line)
  } else pages[said.page].messages.emit(parse(said.text))
}

/** @param {Json} said */
function tell(said) {
  process.stdout.write(`${stringify(said)}\n`)
}
