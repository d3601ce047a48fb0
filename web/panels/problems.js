// @ts-check
/** What is wrong with the document that is shown; a click goes to the node. */

/** @import {App, NodeError} from "../types.js" */

import {nodeTitle, problemText} from "../texts/index.js"
import {centred} from "../view/camera.js"
import {icon} from "../icons/icons.js"
import {fill, h} from "./dom.js"
import {Stops, oncePerFrame} from "./stops.js"

/** Rows that are written: past these nobody reads on, and thousands would hold up every edit. */
const MOST = 200

export class Problems {
  #stops = new Stops()
  #open = false

  /** @param {App} app @param {(count: number) => void} counted */
  constructor(app, counted) {
    this.app = app
    this.counted = counted
    this.element = h("div", {class: "problems"})
    const draw = oncePerFrame(() => this.draw())
    this.#stops.add(app.tabs.on(draw), app.run.on(what => {
      if (what.problems) draw()
    }))
    this.draw()
  }

  opened() {
    this.#open = true
    this.draw()
  }

  closed() {
    this.#open = false
  }

  draw() {
    const {app} = this
    const all = app.run.allProblems(app.tabs.active.name)
    this.counted(all.length)
    if (this.#open) fill(this.element, this.#lines(all))
  }

  /** @param {{node: string, problem: NodeError}[]} all @returns {HTMLElement[]} */
  #lines(all) {
    const {t} = this.app
    if (!all.length) return [h("p", {class: "none"}, t("problems.none"))]
    const rows = all.slice(0, MOST).map(({node, problem}) => this.#row(node, problem))
    const rest = all.length - rows.length
    const more = rest > 0 ? [h("p", {class: "none"}, t("problems.more", {n: rest}))] : []
    return [h("ul", {class: "rows"}, rows), ...more]
  }

  /** @param {string} node @param {NodeError} problem @returns {HTMLElement} */
  #row(node, problem) {
    return h("li", null, h("button", {class: "row problem", type: "button", disabled: !node,
      onclick: () => goTo(this.app, node)},
    icon("warning", 16),
    h("span", {class: "row-main"},
      node ? h("span", {class: "row-title cut"}, titleOf(this.app, node)) : null,
      h("span", {class: "row-text", title: problem.text}, problemText(this.app.t, problem)))))
  }

  end() {
    this.#stops.end()
  }
}

/** The title of a node by the id under which it runs.
 * @param {App} app @param {string} id @returns {string} */
export function titleOf(app, id) {
  const found = foundAt(app, id)
  if (!found) return id
  return nodeTitle(app.t, found.node, app.specs.of(found.node, app.tabs.active.store.graph))
}

/** @param {App} app @param {string} id  "outer:inner" in a subgraph */
function foundAt(app, id) {
  const {graph} = app.tabs.active.store
  const ids = id.split(":")
  let canvas = /** @type {import("../types.js").Canvas | undefined} */ (graph)
  /** @type {string[]} */
  let where = []
  for (const [at, one] of ids.entries()) {
    const node = canvas?.nodes?.[one]
    if (!node) return null
    if (at === ids.length - 1) return {node, where, instances: ids.slice(0, -1), id: one}
    const definition = node.class_type.replace(/^subgraph\//, "")
    canvas = graph.subgraphs?.[definition]
    where = ["subgraphs", definition]
  }
  return null
}

/** Show a node: enter where it is, select it, put it in the middle.
 * @param {App} app @param {string} id */
export function goTo(app, id) {
  const found = foundAt(app, id)
  if (!found) return
  const {session} = app
  const {where, instances} = found
  session.set({where, instances, selection: new Set([`nodes/${found.id}`])})
  requestAnimationFrame(() => {
    const box = app.scene.nodes.get(found.id)?.box
    if (!box) return
    const middle = {x: box.x + box.w / 2, y: box.y + box.h / 2}
    session.set({camera: centred(session.camera, middle, session.screen)})
  })
}
