// @ts-check
/** What is selected: sets of keys. Knows no events. */
/** @import {App, Box, Hit, Key, Point, Scene} from "../types.js" */

import {splitKey} from "../document/paths.js"
import {isBorder} from "../view/border.js"
import {holds} from "../view/boxes.js"

/** The key of the thing under a point, if it is one that can be selected.
 * @param {Hit} hit @returns {Key | null} */
export function keyOf(hit) {
  if ("node" in hit) return isBorder(hit.node) ? null : `nodes/${hit.node}`
  if (hit.kind === "corner") return hit.key
  if (hit.kind === "reroute") return `reroutes/${hit.id}`
  if (hit.kind === "note") return `notes/${hit.id}`
  if (hit.kind === "group" && hit.header) return `groups/${hit.id}`
  return null
}

/** What a menu for a hit is about: of a socket, its node. @param {Hit} hit @returns {Key | null} */
export function menuKey(hit) {
  if (hit.kind !== "socket") return keyOf(hit)
  return isBorder(hit.socket.node) ? null : `nodes/${hit.socket.node}`
}

/** A hit of a thing itself, as if its title were pressed. @param {Key} key @returns {Hit} */
export function hitOf(key) {
  const [kind, id] = splitKey(key)
  if (kind === "nodes") return {kind: "node", node: id, header: true}
  if (kind === "groups") return {kind: "group", id, header: true}
  return kind === "notes" ? {kind: "note", id} : {kind: "reroute", id}
}

/** @param {Set<Key>} selection @param {Key} key @returns {Set<Key>} */
function toggled(selection, key) {
  const next = new Set(selection)
  if (!next.delete(key)) next.add(key)
  return next
}

/** What a click on `key` leaves selected. @param {Set<Key>} selection @param {Key | null} key
 * @param {boolean} more  Shift or Ctrl is held @returns {Set<Key>} */
export function clicked(selection, key, more) {
  if (key === null) return more ? selection : new Set()
  return more ? toggled(selection, key) : new Set([key])
}

/** The box between two corners. @param {Point} one @param {Point} other @returns {Box} */
export function boxBetween(one, other) {
  const x = Math.min(one.x, other.x)
  const y = Math.min(one.y, other.y)
  return {x, y, w: Math.abs(one.x - other.x), h: Math.abs(one.y - other.y)}
}

/** Keys that a box selects: all it touches, but groups only if it holds them whole.
 * @param {Scene} scene @param {Box} box @returns {Key[]} */
export function boxed(scene, box) {
  return scene.within(box).filter(key =>
    !key.startsWith("groups/") || encloses(box, scene.around([key])))
}

/** What lies in a group: things whose middle is inside.
 * @param {Scene} scene @param {string} id @returns {Key[]} */
function contentOf(scene, id) {
  const group = scene.canvas.groups?.[id]
  if (!group) return []
  const [x, y, w, h] = group.box
  const box = {x, y, w, h}
  return scene.within(box).filter(key => {
    if (key === `groups/${id}`) return false
    const inner = scene.around([key])
    if (key.startsWith("groups/")) return encloses(box, inner)
    return inner !== null && holds(box, middle(inner))
  })
}

/** Keys with the content of every group among them.
 * @param {Scene} scene @param {Iterable<Key>} keys @returns {Set<Key>} */
export function withContent(scene, keys) {
  const all = new Set(keys)
  for (const key of [...all]) {
    const [kind, id] = splitKey(key)
    if (kind === "groups") for (const inner of contentOf(scene, id)) all.add(inner)
  }
  return all
}

/** @param {Box} box @returns {Point} */
export function middle(box) {
  return {x: box.x + box.w / 2, y: box.y + box.h / 2}
}

/** @param {Box} outer @param {Box | null} inner @returns {boolean} */
function encloses(outer, inner) {
  if (!inner) return false
  return holds(outer, inner) && holds(outer, {x: inner.x + inner.w, y: inner.y + inner.h})
}

/** Select, if it is a change. @param {App} app @param {Set<Key>} selection */
export function select(app, selection) {
  const now = app.session.selection
  if (selection.size === now.size && [...selection].every(key => now.has(key))) return
  app.session.set({selection})
}
