// @ts-check
/** The content of the canvas in square bitmaps at one scale: moving the camera blits them, a change
 * repaints only the part of a tile that it touched, and what is not yet painted comes a few at a
 * time. Knows boxes and a painter that is handed in. */
/** @import {Box, Camera} from "../types.js" */

import {touches} from "./boxes.js"
import {contextOf} from "./canvas.js"

/** CSS pixels across. */
export const SIDE = 256
/** Bytes that tiles may hold together. */
const MOST_BYTES = 160 << 20
/** Dirty parts of a tile that are repainted one by one; more, and all of it is. */
const MOST_PARTS = 6

/** How a level lies on the screen: a tile's side in device pixels, and where the canvas' origin is.
 * @typedef {{side: number, x: number, y: number}} Lie */
/** dirty: parts to be painted again, in canvas units; null: all of it.
 * @typedef {{canvas: HTMLCanvasElement, column: number, row: number, dirty: Box[] | null, used:
 *   number}} Tile */
/** size: of a tile in device pixels; side: in canvas units; ready: it has once been whole.
 * @typedef {{zoom: number, scale: number, size: number, side: number, ready: boolean,
 *   tiles: Map<string, Tile>}} Level */

export class Tiles {
  /** @type {Level | null} */
  level = null
  /** Shown where the level has nothing yet.
   * @type {Level | null} */
  before = null
  #frame = 0
  /** @type {HTMLCanvasElement[]} */
  #spare = []

  /** @param {() => HTMLCanvasElement} make
   * @param {(ctx: CanvasRenderingContext2D, box: Box, zoom: number) => void} paint
   *   paints what lies in a box of the canvas; the context's transform and clip are set */
  constructor(make, paint) {
    this.make = make
    this.paint = paint
    this.dpr = 1
  }

  /** Paint at this zoom from now on.
   * @param {number} zoom @param {number} dpr */
  setZoom(zoom, dpr) {
    if (this.level?.zoom === zoom && this.dpr === dpr) return
    if (this.level?.ready || !this.before) {
      this.#release(this.before)
      this.before = this.level
    } else {
      this.#release(this.level)
    }
    this.dpr = dpr
    const scale = zoom * dpr
    const size = Math.round(SIDE * dpr)
    this.level = {zoom, scale, size, side: size / scale, ready: false, tiles: new Map()}
  }

  /** Everything has to be painted again; what was is shown no more.
   */
  clear() {
    this.#release(this.before)
    this.#release(this.level)
    this.before = null
    if (this.level) this.level.ready = false
  }

  /** Everything has to be painted again; until then what was is shown. */
  stale() {
    for (const tile of this.level?.tiles.values() ?? []) tile.dirty = null
  }

  /** @param {Box[]} boxes  canvas units */
  touch(boxes) {
    const {level} = this
    if (!level) return
    for (const tile of level.tiles.values()) {
      if (!tile.dirty) continue
      const own = boxOf(tile, level)
      for (const box of boxes) if (tile.dirty && touches(own, box)) tile.dirty.push(box)
      if (tile.dirty.length > MOST_PARTS) tile.dirty = null
    }
  }

  /** Is there something to show for all of a box, be it of another zoom?
   * @param {Box} box @returns {boolean} */
  covers(box) {
    return [this.level, this.before].some((level) => level && this.#holds(box, level))
  }

  /** A level of a much closer zoom would need more tiles than anybody wants to look for.
   * @param {Box} box @param {Level} level @returns {boolean} */
  #holds(box, level) {
    const {left, top, right, bottom} = reachOf(box, level)
    if ((right - left + 1) * (bottom - top + 1) > level.tiles.size) return false
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        if (!level.tiles.has(`${column} ${row}`)) return false
      }
    }
    return true
  }

  /** Paint what the box shows and is not up to date, until the time is over.
   * @param {Box} box  canvas units @param {() => boolean} over  is the time over?
   * @returns {boolean} whether all of it is up to date */
  work(box, over) {
    const {level} = this
    if (!level) return true
    this.#frame++
    let ready = true
    for (const [column, row] of this.#inside(box, level)) {
      const tile = level.tiles.get(`${column} ${row}`)
      if (tile) tile.used = this.#frame
      if (tile?.dirty && !tile.dirty.length) continue
      if (over()) {
        ready = false
        continue
      }
      this.#refresh(tile ?? this.#made(level, column, row), level)
    }
    if (ready) {
      this.#release(this.before)
      this.before = null
      level.ready = true
    }
    this.#trim(level)
    return ready
  }

  /** Blit what a camera sees over what has been drawn already.
   * @param {CanvasRenderingContext2D} ctx  in device pixels @param {Camera} camera
   * @param {{w: number, h: number}} screen  device pixels
   * @param {boolean} clear  nothing has been drawn */
  blit(ctx, camera, screen, clear) {
    const {level, before} = this
    if (before) this.#blitLevel(ctx, before, camera, screen, level, clear)
    if (level) this.#blitLevel(ctx, level, camera, screen, null, clear && !before)
  }

  /** Tiles are clear where nothing is: what lies under them must go.
   * @param {CanvasRenderingContext2D} ctx @param {Level} level @param {Camera} camera
   * @param {{w: number, h: number}} screen @param {Level | null} over  drawn over it later
   * @param {boolean} clear */
  #blitLevel(ctx, level, camera, screen, over, clear) {
    const lie = this.#lie(level, camera)
    const hidden = over?.tiles.size ? covering(over, level) : null
    for (const tile of level.tiles.values()) {
      const {left, top, w, h} = onScreen(tile, lie)
      if (left + w <= 0 || top + h <= 0 || left >= screen.w || top >= screen.h) continue
      if (hidden?.(tile)) continue
      if (!clear) ctx.clearRect(left, top, w, h)
      ctx.drawImage(tile.canvas, left, top, w, h)
    }
  }

  /** @param {Level} level @param {Camera} camera @returns {Lie} */
  #lie(level, camera) {
    const scale = camera.zoom * this.dpr
    return {
      side: camera.zoom === level.zoom ? level.size : level.side * scale,
      x: -Math.round(camera.x * scale),
      y: -Math.round(camera.y * scale),
    }
  }

  /** Columns and rows of a box, the middle first.
   * @param {Box} box @param {Level} level @returns {[number, number][]} */
  #inside(box, level) {
    const {left, top, right, bottom} = reachOf(box, level)
    /** @type {[number, number][]} */
    const found = []
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) found.push([column, row])
    }
    const far = (/** @type {[number, number]} */ [column, row]) => (
      Math.abs(column - (left + right) / 2) + Math.abs(row - (top + bottom) / 2)
    )
    return found.sort((a, b) => far(a) - far(b))
  }

  /** @param {Level} level @param {number} column @param {number} row @returns {Tile} */
  #made(level, column, row) {
    const canvas = this.#spare.pop() ?? this.make()
    canvas.width = level.size
    canvas.height = level.size
    /** @type {Tile} */
    const tile = {canvas, column, row, dirty: null, used: this.#frame}
    level.tiles.set(`${column} ${row}`, tile)
    return tile
  }

  /** @param {Tile} tile @param {Level} level */
  #refresh(tile, level) {
    const ctx = contextOf(tile.canvas)
    const {scale, size} = level
    const whole = boxOf(tile, level)
    for (const part of tile.dirty ?? [whole]) {
      const left = Math.max(0, Math.floor((part.x - whole.x) * scale) - 1)
      const top = Math.max(0, Math.floor((part.y - whole.y) * scale) - 1)
      const w = Math.min(size, Math.ceil((part.x + part.w - whole.x) * scale) + 1) - left
      const h = Math.min(size, Math.ceil((part.y + part.h - whole.y) * scale) + 1) - top
      if (w <= 0 || h <= 0) continue
      ctx.setTransform(1, 0, 0, 1, 0, 0)
      ctx.save()
      ctx.beginPath()
      ctx.rect(left, top, w, h)
      ctx.clip()
      ctx.clearRect(left, top, w, h)
      ctx.setTransform(scale, 0, 0, scale, -tile.column * size, -tile.row * size)
      const box = {x: whole.x + left / scale, y: whole.y + top / scale, w: w / scale, h: h / scale}
      this.paint(ctx, box, level.zoom)
      ctx.restore()
    }
    tile.dirty = []
  }

  /** @param {Level} level */
  #trim(level) {
    const most = Math.floor(MOST_BYTES / (4 * level.size ** 2)) - (this.before?.tiles.size ?? 0)
    if (level.tiles.size <= most) return
    const oldest = [...level.tiles].sort((a, b) => a[1].used - b[1].used)
    for (const [key, tile] of oldest.slice(0, level.tiles.size - most)) {
      if (tile.used === this.#frame) return
      level.tiles.delete(key)
      this.#spare.push(tile.canvas)
    }
  }

  /** @param {Level | null} level */
  #release(level) {
    if (!level) return
    for (const {canvas} of level.tiles.values()) {
      if (this.#spare.length < 64) this.#spare.push(canvas)
    }
    level.tiles.clear()
  }
}

/** The first and last columns and rows that a box touches. @param {Box} box @param {Level} level */
function reachOf({x, y, w, h}, {side}) {
  return {
    left: Math.floor(x / side), right: Math.floor((x + w) / side),
    top: Math.floor(y / side), bottom: Math.floor((y + h) / side),
  }
}

/** @param {Tile} tile @param {Level} level @returns {Box} */
function boxOf({column, row}, {side}) {
  return {x: column * side, y: row * side, w: side, h: side}
}

/** Where a tile is, in whole device pixels, so that neighbours meet without a seam.
 * @param {Tile} tile @param {Lie} lie */
function onScreen({column, row}, {side, x, y}) {
  const left = Math.round(column * side) + x
  const top = Math.round(row * side) + y
  const right = Math.round((column + 1) * side) + x
  const bottom = Math.round((row + 1) * side) + y
  return {left, top, w: right - left, h: bottom - top}
}

/** Is all of a tile under tiles of another level?
 * @param {Level} over @param {Level} level @returns {(tile: Tile) => boolean} */
function covering(over, level) {
  const by = level.side / over.side
  return ({column, row}) => {
    for (let i = Math.floor(column * by); i < (column + 1) * by; i++) {
      for (let j = Math.floor(row * by); j < (row + 1) * by; j++) {
        if (!over.tiles.has(`${i} ${j}`)) return false
      }
    }
    return true
  }
}
