// @ts-check
/** Where groups and notes go when nodes have been arranged: a group stays around what it held, a
 * note that would be covered goes below. Pure. */

/** @import {Box, Key} from "../types.js" */

import {frame} from "./changes.js"

const GAP = 48  // canvas units between the nodes and notes below them

/** @param {Map<Key, Box>} before  of nodes, groups and notes @param {Map<Key, Box>} after  of the
 * nodes that were arranged @returns {Map<Key, Box>} of the groups and notes that move */
export function beside(before, after) {
  const groups = groupsAfter(before, after)
  const low = Math.max(...[...after.values(), ...groups.values()].map(({y, h}) => y + h))
  let left = Math.min(...[...after.values()].map(({x}) => x))
  /** @type {Map<Key, Box>} */
  const notes = new Map()
  for (const [key, box] of before) {
    if (!key.startsWith("notes/") || ![...after.values()].some(one => overlap(one, box))) continue
    notes.set(key, {...box, x: left, y: low + GAP})
    left += box.w + GAP
  }
  return new Map([...groups, ...notes])
}

/** The smallest first, so that one that holds others is put around them.
 * @param {Map<Key, Box>} before @param {Map<Key, Box>} after @returns {Map<Key, Box>} */
function groupsAfter(before, after) {
  /** @type {Map<Key, Box>} */
  const groups = new Map()
  const inOrder = [...before].filter(([key]) => key.startsWith("groups/"))
    .sort(([, a], [, b]) => a.w * a.h - b.w * b.h)
  for (const [key, box] of inOrder) {
    const held = [...after, ...groups]
      .filter(([one]) => inside(box, /** @type {Box} */ (before.get(one))))
    if (!held.length) continue
    const [x, y, w, h] = frame(around(held.map(([, one]) => one)))
    groups.set(key, {x, y, w, h})
  }
  return groups
}

/** @param {Box[]} boxes @returns {Box} */
function around(boxes) {
  const x = Math.min(...boxes.map(box => box.x))
  const y = Math.min(...boxes.map(box => box.y))
  const right = Math.max(...boxes.map(box => box.x + box.w))
  const bottom = Math.max(...boxes.map(box => box.y + box.h))
  return {x, y, w: right - x, h: bottom - y}
}

/** Whether the middle of a box is in another. @param {Box} outer @param {Box} inner */
function inside(outer, inner) {
  const [x, y] = [inner.x + inner.w / 2, inner.y + inner.h / 2]
  return x >= outer.x && x <= outer.x + outer.w && y >= outer.y && y <= outer.y + outer.h
}

/** @param {Box} one @param {Box} other */
function overlap(one, other) {
  return one.x < other.x + other.w && other.x < one.x + one.w
    && one.y < other.y + other.h && other.y < one.y + one.h
}
