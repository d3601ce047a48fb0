// @ts-check
/** The way back out of a subgraph: the document, the subgraphs around, the one that is open. */

/** @import {App} from "../types.js" */

import {trailOf} from "../document/trail.js"
import {icon} from "../icons/icons.js"
import {nodeTitle} from "../texts/index.js"
import {fill, h} from "./dom.js"
import {Stops, oncePerFrame} from "./stops.js"
import {parted} from "./tree.js"

export class PathBar {
  #stops = new Stops()
  #drawn = ""

  /** @param {App} app */
  constructor(app) {
    this.app = app
    this.list = h("ol", {class: "path-list"})
    this.element = h("nav", {class: "path", "aria-label": app.t("path.label"), hidden: true},
      this.list)
    const draw = oncePerFrame(() => this.draw())
    this.#stops.add(app.session.on(names => {
      if (names.has("instances")) draw()
    }))
    this.#stops.shown(app, draw)
  }

  draw() {
    const titles = this.#titles()
    const drawn = titles.join("\n")
    if (drawn === this.#drawn) return
    this.#drawn = drawn
    this.element.hidden = titles.length < 2
    fill(this.list, titles.map((title, index) => this.#step(title, titles.length - 1 - index)))
  }

  /** @returns {string[]} */
  #titles() {
    const {t, tabs, session, specs} = this.app
    const {name, store: {graph}} = tabs.active
    const trail = trailOf(graph, session.instances)
    return [parted(name).last, ...trail.map(({node}) => nodeTitle(t, node, specs.of(node, graph)))]
  }

  /** @param {string} title @param {number} out  how many canvases further out
   * @returns {HTMLElement} */
  #step(title, out) {
    const button = h("button", {class: "button quiet small cut", type: "button", title,
      "aria-current": out ? null : "page", onclick: () => this.#leave(out)}, title)
    return h("li", {class: "path-step"}, button, out ? icon("right", 12) : null)
  }

  /** @param {number} times */
  #leave(times) {
    for (let n = 0; n < times; n++) this.app.commands.run("graph.leave")
  }

  end() {
    this.#stops.end()
  }
}
