// @ts-check
/** Ops that put things elsewhere on the canvas or make them another size; the grid. Pure. */
/** @import {App, Box, Key, Op, Scene} from "../types.js" */
/** @import {Touch} from "./tool.js" */

import {keyPath, splitKey} from "../document/paths.js"
import {GRID} from "../view/metrics.js"

/** Ops that move things; those that are gone or pinned stay out.
 * @param {Scene} scene @param {Iterable<Key>} keys @param {number} dx @param {number} dy
 * @returns {Op[]} */
export function moved(scene, keys, dx, dy) {
  if (!dx && !dy) return []
  return [...keys].flatMap(key => movedOne(scene, key, dx, dy))
}

/** @param {Scene} scene @param {Key} key @param {number} dx @param {number} dy @returns {Op[]} */
function movedOne(scene, key, dx, dy) {
  const {where, canvas, nodes} = scene
  const [kind, id] = splitKey(key)
  const box = kind === "groups" ? canvas.groups?.[id]?.box : canvas.notes?.[id]?.box
  const node = nodes.get(id)
  const reroute = canvas.reroutes?.[id]
  if (kind === "nodes" && node && !node.node.look?.pinned) {
    return [set(keyPath(where, key, "look", "place"), whole(node.box.x + dx, node.box.y + dy))]
  }
  if (kind === "reroutes" && reroute) {
    const [x, y] = reroute.place
    return [set(keyPath(where, key, "place"), whole(x + dx, y + dy))]
  }
  if ((kind === "groups" || kind === "notes") && box) {
    const [x, y, w, h] = box
    return [set(keyPath(where, key, "box"), whole(x + dx, y + dy, w, h))]
  }
  return []
}

/** Ops that give a node, group or note a box.
 * @param {Scene} scene @param {Key} key @param {Box} box @returns {Op[]} */
export function sized(scene, key, {x, y, w, h}) {
  const {where} = scene
  if (!key.startsWith("nodes/")) return [set(keyPath(where, key, "box"), whole(x, y, w, h))]
  return [
    set(keyPath(where, key, "look", "place"), whole(x, y)),
    set(keyPath(where, key, "look", "size"), whole(w, h)),
  ]
}

/** Whether a hand keeps to the grid: as the setting has it, with Shift the other way.
 * @param {App} app @param {Touch} touch @returns {boolean} */
export function snaps(app, touch) {
  return Boolean(app.settings.get("canvas.snap")) !== touch.shift
}

/** How far to move so that a corner comes to lie on the grid.
 * @param {number} corner @param {number} by @returns {number} */
export function snapped(corner, by) {
  return Math.round((corner + by) / GRID) * GRID - corner
}

/** @param {string} path @param {number[]} value @returns {Op} */
function set(path, value) {
  return {op: "set", path, value}
}

/** @param {...number} numbers @returns {number[]} */
function whole(...numbers) {
  return numbers.map(Math.round)
}
