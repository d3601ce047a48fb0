// @ts-check
/** Moving things, or copies of them: shown while it lasts, one edit when they are let go. A node
 * that hangs on nothing and is let go over a link is put into it. */
/** @import {App, Draft, Key} from "../types.js" */
/** @import {Touch} from "./tool.js" */

import {duplicate} from "../document/clipboard.js"
import {edit, editAndSelect} from "./edit.js"
import {splitKey} from "../document/paths.js"
import {insertion, insertOps} from "./insert.js"
import {moved, snapped, snaps} from "./places.js"
import {withContent} from "./select.js"
import {Drafting} from "./tool.js"

export class Moving extends Drafting {
  cursor = "grabbing"
  follows = true

  /** @param {App} app @param {Touch} start @param {Key} key  what is held
   * @param {boolean} copy  copies move, the things stay */
  constructor(app, start, key, copy) {
    super()
    this.start = start.point
    this.copy = copy
    const {selection} = app.session
    const chosen = selection.has(key) ? selection : new Set([key])
    if (chosen !== selection) app.session.set({selection: chosen})
    this.keys = movable(app, withContent(app.scene, chosen), copy)
    this.corner = app.scene.around([key]) ?? {x: 0, y: 0}
  }

  /** @param {App} app @param {Touch} touch @returns {Draft} */
  draft(app, touch) {
    let dx = touch.point.x - this.start.x
    let dy = touch.point.y - this.start.y
    if (snaps(app, touch)) {
      dx = snapped(this.corner.x, dx)
      dy = snapped(this.corner.y, dy)
    }
    const link = this.copy ? null : insertion(app, this.keys, dx, dy, touch.point)
    return {kind: "move", keys: this.keys, dx, dy, onto: link?.key ?? null, copy: this.copy}
  }

  /** @param {App} app @param {Draft | null} draft @param {Touch} touch */
  finish(app, draft, touch) {
    void touch
    if (draft?.kind !== "move") return
    const {dx, dy, onto} = draft
    if (this.copy) return copies(app, this.keys, [Math.round(dx), Math.round(dy)], false)
    const ops = moved(app.scene, this.keys, dx, dy)
    if (onto !== null) ops.push(...insertOps(app, [...this.keys][0], onto))
    edit(app, ops)
  }
}

/** What a hand can move: nothing that is pinned, unless it is copied.
 * @param {App} app @param {Set<Key>} keys @param {boolean} copy @returns {Set<Key>} */
function movable(app, keys, copy) {
  if (copy) return keys
  return new Set([...keys].filter(key => {
    const [kind, id] = splitKey(key)
    return kind !== "nodes" || !app.scene.nodes.get(id)?.node.look?.pinned
  }))
}

/** Put copies of things elsewhere and select them.
 * @param {App} app @param {Iterable<Key>} keys @param {[number, number]} by
 * @param {boolean} links  the copies are fed by what feeds the originals */
export function copies(app, keys, by, links) {
  const placeOf = placesIn(app)
  const {ops, keys: made} = duplicate(app.store.graph, app.scene.where, keys, by, {links, placeOf})
  editAndSelect(app, ops, made)
}

/** Where nodes are that no file has placed yet. @param {App} app
 * @returns {(id: string) => [number, number] | undefined} */
export function placesIn(app) {
  return id => {
    const box = app.scene.nodes.get(id)?.box
    return box ? [Math.round(box.x), Math.round(box.y)] : undefined
  }
}
