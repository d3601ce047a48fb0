// @ts-check
/** Putting a node into a link by letting it go there: which link it would be, and the ops. */
/** @import {App, Key, LinkPlace, Op, Point, Socket} from "../types.js" */

import {insertIntoLink} from "../document/changes.js"
import {splitKey} from "../document/paths.js"
import {socketAt} from "./links.js"
import {bestOf, fit} from "./sockets.js"
import {moved} from "../view/boxes.js"
import {HEADER} from "../view/metrics.js"

/** The link that a moved node would be put into: it is the only one in the hand, hangs on nothing,
 * and both of its sides fit.
 * @param {App} app @param {Set<Key>} keys @param {number} dx @param {number} dy @param {Point} point
 * @returns {LinkPlace | null} */
export function insertion(app, keys, dx, dy, point) {
  const [key] = keys
  if (keys.size !== 1 || !key.startsWith("nodes/")) return null
  const id = splitKey(key)[1]
  const place = app.scene.nodes.get(id)
  if (!place || app.scene.linksOf(id).length) return null
  const box = moved(place.box, dx, dy)
  const x = box.x + box.w / 2
  for (const probe of [point, {x, y: box.y + HEADER / 2}, {x, y: box.y + box.h / 2}]) {
    const hit = app.scene.at(probe, app.session.camera.zoom)
    if (hit.kind === "link" && endsFor(app, id, hit.link)) return hit.link
  }
  return null
}

/** Ops that put a node into a link. @param {App} app @param {Key} key @param {string} onto  the link's
 * @returns {Op[]} */
export function insertOps(app, key, onto) {
  const id = splitKey(key)[1]
  const link = app.scene.links.get(onto)
  const ends = link ? endsFor(app, id, link) : null
  if (!link || !ends) return []
  const {graph} = app.store
  const {input, output} = ends
  return insertIntoLink(graph, app.scene.where, `${link.node}/${link.input}`, id, input.name, output.index)
}

/** The sockets of a node by which it fits into a link. @param {App} app @param {string} id
 * @param {LinkPlace} link @returns {{input: Socket, output: Socket} | null} */
function endsFor(app, id, link) {
  const sockets = app.scene.nodes.get(id)?.sockets ?? []
  const start = socketAt(app.scene, link, "start")
  const end = socketAt(app.scene, link, "end")
  if (!start || !end) return null
  const input = bestOf(sockets.filter(s => s.side === "in" && fit(app.specs, start, s)), start.type)
  const output = bestOf(sockets.filter(s => s.side === "out" && fit(app.specs, s, end)), end.type)
  return input && output ? {input, output} : null
}
