// @ts-check
/** Puts nodes on the canvas that is open: from the search, the library, a model, a picture. */

/** @import {App, GraphNode, Json, NodeSpec, Point, Socket} from "../types.js" */

import {addNode as newNodeOps} from "../document/changes.js"
import {INSTANCE} from "../document/paths.js"
import {isLink} from "../document/values.js"
import {seen} from "../view/camera.js"

const USED = "nodes.used"
const MOST_USED = 60
/** What everybody begins with, before there is a use to count. */
const FIRST = ["CheckpointLoaderSimple", "CLIPTextEncode", "KSampler", "EmptyLatentImage",
  "VAEDecode", "SaveImage", "LoadImage", "PreviewImage", "VAEEncode", "LoraLoader", "ImageScale",
  "UpscaleModelLoader", "ImageUpscaleWithModel", "SetLatentNoiseMask"]
const ROOM = {w: 250, h: 220}  // what is looked for a new node
const STEP = 72
const RINGS = 12
const WIDTH = 210
const HEADER = 34
const ROW = 24

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

/** How much a type is put before others of an equal fit: by how often this person added it.
 * @param {App} app @returns {(name: string) => number} */
export function usualness(app) {
  const counts = usedCounts(app)
  return name => {
    const first = FIRST.indexOf(name)
    const usual = first < 0 ? 0 : 1 - first / FIRST.length
    return usual + Math.min(6, Math.log2(1 + (counts[name] ?? 0)) * 2)
  }
}

/** How often each type was added by this person. @param {App} app
 * @returns {Object<string, number>} */
function usedCounts(app) {
  const found = app.settings.get(USED)
  return found && typeof found === "object" ? found : {}
}

/** Whether a link can be joined with a node of this type.
 * @param {App} app @param {NodeSpec} spec @param {Socket} link  where it comes from
 * @returns {boolean} */
export function takes(app, spec, {side, type}) {
  const fits = app.specs.fits
  return side === "out" ? spec.inputs.some(input => fits(type, input.type))
    : spec.outputs.some(output => fits(output.type, type))
}

/** Add a node, joined with a link if there is one, and select it.
 * @param {App} app @param {NodeSpec} spec
 * @param {Point} at  canvas: its left top corner; with a link, where its socket goes
 * @param {{inputs?: Object<string, Json>, link?: Socket}} [options] @returns {string} its id */
export function addNode(app, spec, at, {inputs = {}, link} = {}) {
  const {id, ops} = newNodeOps(app.store.graph, app.scene.where, spec, [0, 0], link, app.specs)
  /** @type {GraphNode} */
  const node = ops[0].value
  if (Object.keys(inputs).length) node.inputs = {...node.inputs, ...inputs}
  const {x, y} = link ? corner(spec, node, ops[1]?.value, at, link) : at
  node.look = {place: [Math.round(x), Math.round(y)]}
  const why = app.store.edit(ops)
  if (why) app.ui.toast(why, "bad")
  else app.session.set({selection: new Set([`nodes/${id}`])})
  count(app, spec.name)
  return id
}

/** The corner of a node whose joined socket lies at a point.
 * @param {NodeSpec} spec @param {GraphNode} node @param {Json} joined  the new value of the input
 *   that the link came from @param {Point} at @param {Socket} link @returns {Point} */
function corner(spec, node, joined, at, link) {
  if (link.side === "in") {
    const row = Array.isArray(joined) ? Number(joined[1]) : 0
    return {x: at.x - WIDTH, y: at.y - HEADER - (row + 0.5) * ROW}
  }
  const pure = spec.inputs.filter(input => !input.widget)
  const row = Math.max(0, pure.findIndex(({name}) => isLink(node.inputs?.[name])))
  return {x: at.x, y: at.y - HEADER - (row + 0.5) * ROW}
}

/** @param {App} app @param {string} name */
function count(app, name) {
  const counts = {...usedCounts(app)}
  counts[name] = (counts[name] ?? 0) + 1
  const most = Object.entries(counts).sort((a, b) => b[1] - a[1]).slice(0, MOST_USED)
  app.settings.set(USED, Object.fromEntries(most))
}

/** Add a node where there is room, as near to the middle of what is seen as can be.
 * @param {App} app @param {string} type @param {Object<string, Json>} [inputs] @returns {string} */
export function addAtMiddle(app, type, inputs = {}) {
  const spec = app.specs.of({class_type: type}, app.tabs.active.store.graph)
  return addNode(app, spec, roomIn(app), {inputs})
}

/** @param {App} app @returns {Point} the corner of a place that no node has */
function roomIn({scene, session}) {
  const view = seen(session.camera, session.screen)
  const middle = {x: view.x + view.w / 2 - ROOM.w / 2, y: view.y + view.h / 2 - ROOM.h / 2}
  for (let ring = 0; ring < RINGS; ring++) {
    for (const at of around(middle, ring)) {
      const taken = scene.within({...at, ...ROOM}).some(key => key.startsWith("nodes/"))
      if (!taken) return at
    }
  }
  return middle
}

/** The places of a ring, those beside and below first.
 * @param {Point} middle @param {number} ring @returns {Point[]} */
function around({x, y}, ring) {
  const far = ring * STEP
  if (!ring) return [{x, y}]
  const ways = [[0, 1], [1, 0], [0, -1], [-1, 0], [1, 1], [-1, 1], [1, -1], [-1, -1]]
  return ways.map(([across, down]) => ({x: x + across * far, y: y + down * far}))
}
