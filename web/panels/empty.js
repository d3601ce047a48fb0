// @ts-check
/** What stands on a canvas without nodes: a line of text and three examples. */

/** @import {App} from "../types.js" */

import {fill, h} from "./dom.js"
import {Stops, oncePerFrame} from "./stops.js"
import {byItself} from "../tools/later.js"

const TEMPLATES = byItself(() => import("./templates.js"))
const SHOWN = ["text-to-image", "image-to-image", "two-pass-upscale"]

export class Empty {
  #stops = new Stops()
  #filled = false

  /** @param {App} app */
  constructor(app) {
    this.app = app
    this.tiles = h("div", {class: "empty-tiles"})
    this.element = h("div", {class: "empty", hidden: true},
      h("p", {class: "empty-text"}, app.t("empty.text")), this.tiles)
    const draw = oncePerFrame(() => this.draw())
    this.#stops.add(app.session.on(names => {
      if (names.has("where")) draw()
    }))
    this.#stops.shown(app, draw)
  }

  draw() {
    const {app} = this
    const {graph} = app.tabs.active.store
    const empty = app.session.where.length === 0 && isEmpty(graph.nodes) && isEmpty(graph.notes)
    this.element.hidden = !empty
    if (empty && !this.#filled) TEMPLATES(app, part => this.#fill(part))
  }

  /** @param {typeof import("./templates.js")} part */
  async #fill({templateNames, templateTile}) {
    if (this.#filled) return
    this.#filled = true
    /** @type {string[]} */
    const names = await templateNames(this.app).catch(() => [])
    const wanted = [...SHOWN.filter(name => names.includes(name)), ...names]
    fill(this.tiles, [...new Set(wanted)].slice(0, 3).map(name => templateTile(this.app, name)))
    this.#filled = names.length > 0
  }

  end() {
    this.#stops.end()
  }
}

/** @param {Object<string, any> | undefined} holder @returns {boolean} */
function isEmpty(holder) {
  for (const key in holder) if (Object.hasOwn(holder, key)) return false
  return true
}
