// @ts-check
/** What lies under a point, as the eye sees it: what is drawn on top is found first. Pure. */
/** @import {Box, Hit, Key, Point, Socket} from "../types.js" */
/** @import {CanvasScene} from "./scene.js" */
/** @import {Placed} from "./layout.js" */

import {grown, holds} from "./boxes.js"
import {pictureCells} from "./layout.js"
import {CORNER_HIT, DOT, GROUP_HEADER, HEADER, LEAST_FAULT_ZOOM, REROUTE} from "./metrics.js"
import {distance} from "./route.js"

/** Screen pixels from a dot, a link or an edge within which a hand means it. */
const REACH = {socket: 11, link: 6, reroute: 9, edge: 5}
/** Below this zoom sockets are too small to be meant. */
const LEAST_SOCKET_ZOOM = 0.25
/** Below this zoom single widgets are. */
const LEAST_WIDGET_ZOOM = 0.4

/** @param {CanvasScene} scene @param {Point} point @param {number} zoom @returns {Hit} */
export function hit(scene, point, zoom) {
  const reach = Math.min(REACH.socket / zoom, 22)
  const near = grown({x: point.x, y: point.y, w: 0, h: 0}, reach)
  const nodes = scene.nodesNear(near).reverse()
  return inNodes(nodes, point, zoom, reach)
    ?? inReroutes(scene, near, point, zoom)
    ?? inNotes(scene, near, point)
    ?? inLinks(scene, near, point, zoom)
    ?? inGroups(scene, near, point, zoom)
    ?? {kind: "nothing"}
}

/** Sentences lie over all nodes. Then top down: a node's sockets reach over its side, but not over a
 * node that lies above it.
 * @param {Placed[]} nodes  topmost first @param {Point} point @param {number} zoom
 * @param {number} reach
 * @returns {Hit | null} */
function inNodes(nodes, point, zoom, reach) {
  const failed = nodes.find(({fault}) => fault && holds(fault.box, point))
  if (failed && zoom >= LEAST_FAULT_ZOOM) return {kind: "problem", node: failed.id}
  for (const node of nodes) {
    const socket = zoom >= LEAST_SOCKET_ZOOM ? socketAt(node, point, reach) : null
    if (socket) return {kind: "socket", socket}
    if (holds(node.box, point)) return inNode(node, point, zoom)
  }
  return null
}

/** The nearest socket. A widget's is meant only at its dot: the rest of the row is the widget's.
 * @param {Placed} node @param {Point} point @param {number} reach @returns {Socket | null} */
export function socketAt(node, point, reach) {
  if (!holds(grown(node.box, reach), point)) return null
  let best = null
  let least = reach
  for (const socket of node.sockets) {
    const own = socket.widget ? Math.min(reach, DOT * 0.7) : reach
    const far = Math.hypot(socket.x - point.x, socket.y - point.y)
    if (far <= own && far < least) {
      best = socket
      least = far
    }
  }
  return best
}

/** @param {Placed} node @param {Point} point @param {number} zoom @returns {Hit} */
function inNode(node, point, zoom) {
  const {box, id} = node
  const collapsed = node.node.look?.collapsed
  if (!collapsed && holds(cornerOf(box, zoom), point)) return {kind: "corner", key: `nodes/${id}`}
  const header = point.y <= box.y + HEADER
  if (header && node.shown.problem && holds(problemBox(box), point)) {
    return {kind: "problem", node: id}
  }
  if (zoom >= LEAST_WIDGET_ZOOM) {
    const widget = node.widgets.find((place) => holds(place.box, point))
    if (widget) return {kind: "widget", node: id, widget}
  }
  if (node.picture && holds(node.picture, point)) {
    const cells = pictureCells(node.picture, node.shown.pictures.length)
    const index = cells.findIndex((cell) => holds(cell, point))
    if (index >= 0) return {kind: "picture", node: id, index}
  }
  return {kind: "node", node: id, header}
}

/** Where the sign of a problem stands in a header.
 * @param {Box} box @returns {Box} */
export function problemBox(box) {
  return {x: box.x + box.w - 28, y: box.y + 7, w: 20, h: 20}
}

/** @param {Box} box @param {number} zoom @returns {Box} */
function cornerOf(box, zoom) {
  const side = Math.min(CORNER_HIT / Math.min(1, zoom), box.w / 3, box.h / 3)
  return {x: box.x + box.w - side, y: box.y + box.h - side, w: side, h: side}
}

/** Keys of one kind whose boxes hold the point, topmost first.
 * @param {CanvasScene} scene @param {Box} near @param {string} kind @param {Point} point
 * @param {number} by  how much the boxes are grown @returns {{key: Key, box: Box}[]} */
function holding(scene, near, kind, point, by) {
  const keys = [...scene.index.things.near(near)].filter((key) => key.startsWith(kind))
  return scene.sorted(keys).reverse().flatMap((key) => {
    const box = scene.boxOf(key)
    return box && holds(grown(box, by), point) ? [{key, box}] : []
  })
}

/** @param {CanvasScene} scene @param {Box} near @param {Point} point @param {number} zoom
 * @returns {Hit | null} */
function inReroutes(scene, near, point, zoom) {
  const by = Math.max(0, REACH.reroute / zoom - REROUTE)
  const [found] = holding(scene, near, "reroutes/", point, by)
  return found ? {kind: "reroute", id: found.key.slice(9)} : null
}

/** @param {CanvasScene} scene @param {Box} near @param {Point} point @returns {Hit | null} */
function inNotes(scene, near, point) {
  const [found] = holding(scene, near, "notes/", point, 0)
  if (!found) return null
  if (holds(cornerOf(found.box, 1), point)) return {kind: "corner", key: found.key}
  return {kind: "note", id: found.key.slice(6)}
}

/** @param {CanvasScene} scene @param {Box} near @param {Point} point @param {number} zoom
 * @returns {Hit | null} */
function inLinks(scene, near, point, zoom) {
  let best = null
  let least = REACH.link / zoom
  for (const link of scene.linksNear(near)) {
    if (!holds(grown(link.box, least), point)) continue
    const far = distance(link.points, point)
    if (far < least) {
      best = link
      least = far
    }
  }
  return best ? {kind: "link", link: best} : null
}

/** The smallest group first: a group within a group is meant before it.
 * @param {CanvasScene} scene @param {Box} near @param {Point} point @param {number} zoom
 * @returns {Hit | null} */
function inGroups(scene, near, point, zoom) {
  const found = holding(scene, near, "groups/", point, 0)
    .sort((a, b) => a.box.w * a.box.h - b.box.w * b.box.h)
  for (const {key, box} of found) {
    if (holds(cornerOf(box, zoom), point)) return {kind: "corner", key}
    const header = point.y <= box.y + Math.max(GROUP_HEADER, 18 / zoom)
    return {kind: "group", id: key.slice(7), header}
  }
  return null
}
