// @ts-check
/** Puts nodes on the canvas that is open: from the search, the library, a model, a picture. */

/** @import {App, GraphNode, InputSpec, Json, NodeSpec, Op, Point, Socket} from "../types.js" */

import {newId} from "../document/ids.js"
import {INSTANCE, keyPath} from "../document/paths.js"
import {seen} from "../view/camera.js"

/** What a dragged node type is called on its way: its class type. */
export const NODE_DRAG = "application/x-easel-node"
const USED = "nodes.used"
const MOST_USED = 60

/** Node types that can be added: all that are declared, and the document's own subgraphs.
 * @param {App} app @returns {NodeSpec[]} */
export function offered(app) {
  const {graph} = app.tabs.active.store
  const own = Object.keys(graph.subgraphs ?? {}).map(id =>
    app.specs.of({class_type: INSTANCE + id}, graph))
  const inside = app.session.where[1]
  return [...own.filter(spec => spec.known && spec.name !== INSTANCE + inside),
    ...app.specs.all().filter(spec => !spec.deprecated)]
}

/** How often each type was added by this person. @param {App} app
 * @returns {Object<string, number>} */
export function usedCounts(app) {
  const found = app.settings.get(USED)
  return found && typeof found === "object" ? found : {}
}

/** The sockets of a type that a link may end in.
 * @param {App} app @param {NodeSpec} spec @param {Socket} link  where it comes from
 * @returns {string | number | null} an input's name, an output's index, null for none */
export function fitting(app, spec, link) {
  if (link.side === "out") {
    const fits = spec.inputs.filter(({type}) => app.specs.fits(link.type, type))
    const best = fits.find(input => input.type === link.type && !input.widget)
      ?? fits.find(input => !input.widget) ?? fits.find(input => input.type === link.type)
    return (best ?? fits[0])?.name ?? null
  }
  const exact = spec.outputs.findIndex(({type}) => type === link.type)
  const index = exact >= 0 ? exact
    : spec.outputs.findIndex(({type}) => app.specs.fits(type, link.type))
  return index >= 0 ? index : null
}

/** Add a node, joined with a link if there is one, and select it.
 * @param {App} app @param {NodeSpec} spec @param {Point} at  canvas
 * @param {{inputs?: Object<string, Json>, link?: Socket}} [options] @returns {string} its id */
export function addNode(app, spec, at, {inputs = {}, link} = {}) {
  const {where, canvas} = app.scene
  const id = newId(canvas.nodes)
  /** @type {GraphNode} */
  const node = {class_type: spec.name, inputs: {...defaults(spec.inputs), ...inputs},
    look: {place: [Math.round(at.x), Math.round(at.y)]}}
  /** @type {Op[]} */
  const ops = []
  const end = link ? fitting(app, spec, link) : null
  if (link?.side === "out" && typeof end === "string") {
    node.inputs = {...node.inputs, [end]: [link.node, link.index]}
  }
  ops.push({op: "add", path: keyPath(where, `nodes/${id}`), value: node})
  if (link?.side === "in" && typeof end === "number") {
    const path = keyPath(where, `nodes/${link.node}`, "inputs", link.name)
    ops.push({op: "set", path, value: [id, end]})
  }
  const why = app.store.edit(ops)
  if (why) app.ui.toast(why, "bad")
  else app.session.set({selection: new Set([`nodes/${id}`])})
  count(app, spec.name)
  return id
}

/** @param {InputSpec[]} inputs @returns {Object<string, Json>} */
function defaults(inputs) {
  /** @type {Object<string, Json>} */
  const values = {}
  for (const {name, widget, fallback, options} of inputs) {
    if (!widget) continue
    const value = fallback ?? options?.[0]
    if (value !== undefined) values[name] = value
  }
  return values
}

/** @param {App} app @param {string} name */
function count(app, name) {
  const counts = {...usedCounts(app)}
  counts[name] = (counts[name] ?? 0) + 1
  const most = Object.entries(counts).sort((a, b) => b[1] - a[1]).slice(0, MOST_USED)
  app.settings.set(USED, Object.fromEntries(most))
}

/** Add a node where there is room in the middle of what is seen.
 * @param {App} app @param {string} type @param {Object<string, Json>} [inputs] @returns {string} */
export function addAtMiddle(app, type, inputs = {}) {
  const spec = app.specs.of({class_type: type}, app.tabs.active.store.graph)
  const {camera, screen} = app.session
  const view = seen(camera, screen)
  const at = {x: view.x + view.w / 2 - 120, y: view.y + view.h / 2 - 100}
  for (let tries = 0; tries < 30 && isTaken(app, at); tries++) {
    at.x += 24
    at.y += 24
  }
  return addNode(app, spec, at, {inputs})
}

/** @param {App} app @param {Point} at @returns {boolean} */
function isTaken(app, at) {
  return app.scene.within({x: at.x - 2, y: at.y - 2, w: 4, h: 4}).some(key => {
    const box = key.startsWith("nodes/") ? app.scene.nodes.get(key.slice(6))?.box : null
    return box ? Math.abs(box.x - at.x) < 20 && Math.abs(box.y - at.y) < 20 : false
  })
}
