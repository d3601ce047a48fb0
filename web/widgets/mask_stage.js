// @ts-check
/** Where a mask is painted: the picture under it, the hand on it by mouse, pen, fingers or keys.
 * Knows a layer to paint on; not the buttons around, and no server. */

/** @import {Point} from "../types.js" */
/** @import {Brush} from "./mask_layer.js" */
/** @import {Sight} from "./sight.js" */
import {h} from "../panels/dom.js"
import {MaskLayer} from "./mask_layer.js"
import {fitted, moved, toPicture, wheelFactor, zoomed} from "./sight.js"

/** @typedef {"brush" | "eraser" | "fill"} Tool */
/** @typedef {{brush: Brush, tool: Tool, tint: string}} Choices */

export class MaskStage {
  /** @type {Sight} */
  #sight = {x: 0, y: 0, zoom: 1}
  /** @type {Map<number, Point>} fingers on the stage */
  #fingers = new Map()
  /** @type {"none" | "paint" | "pan" | "pinch"} */
  #doing = "none"
  /** @type {Point | null} where the brush is, in the picture */
  #at = null
  /** @type {Point} */
  #last = {x: 0, y: 0}
  #frame = 0
  #tinted = document.createElement("canvas")

  /** @param {HTMLImageElement} picture @param {MaskLayer} layer @param {Choices} choices
   * @param {{label: string, changed: () => void, zoomed: (zoom: number) => void}} told */
  constructor(picture, layer, choices, told) {
    this.picture = picture
    this.layer = layer
    this.choices = choices
    this.told = told
    this.panning = false // while Space is held
    this.canvas = h("canvas", {class: "mask-canvas", tabindex: "0", role: "img",
      "aria-label": told.label})
    this.element = h("div", {class: "mask-stage"}, this.canvas)
    this.#listen()
    this.sized = new ResizeObserver(() => this.fit())
    this.sized.observe(this.element)
  }

  get size() {
    return {w: this.element.clientWidth, h: this.element.clientHeight}
  }

  fit() {
    this.#see(fitted(this.layer.size, this.size))
  }

  /** @param {number} factor */
  zoom(factor) {
    this.#see(zoomed(this.#sight, {x: this.size.w / 2, y: this.size.h / 2}, factor))
  }

  close() {
    this.sized.disconnect()
    cancelAnimationFrame(this.#frame)
  }

  /** Paint anew with the next frame. */
  draw() {
    cancelAnimationFrame(this.#frame)
    this.#frame = requestAnimationFrame(() => this.#paint())
  }

  /** Move the brush without a mouse.
   * @param {number} dx screen pixels @param {number} dy */
  nudge(dx, dy) {
    const {w, h: tall} = this.layer.size, {zoom} = this.#sight
    const from = this.#at ?? {x: w / 2, y: tall / 2}
    this.#at = {
      x: Math.min(w, Math.max(0, from.x + dx / zoom)),
      y: Math.min(tall, Math.max(0, from.y + dy / zoom)),
    }
    this.draw()
  }

  /** Put the brush down where it is. */
  dab() {
    this.#at ??= {x: this.layer.size.w / 2, y: this.layer.size.h / 2}
    this.#begin(this.#at, this.choices.tool === "eraser", 1)
    this.#end()
  }

  #listen() {
    const {element} = this
    element.addEventListener("pointerdown", event => this.#down(event))
    element.addEventListener("pointermove", event => this.#move(event))
    element.addEventListener("pointerup", event => this.#up(event))
    element.addEventListener("pointercancel", event => this.#up(event))
    element.addEventListener("pointerleave", () => this.#left())
    element.addEventListener("contextmenu", event => event.preventDefault())
    element.addEventListener("wheel", event => this.#turn(event), {passive: false})
  }

  /** @param {PointerEvent | WheelEvent} event @returns {Point} */
  #place(event) {
    const {left, top} = this.element.getBoundingClientRect()
    return {x: event.clientX - left, y: event.clientY - top}
  }

  /** @param {PointerEvent} event */
  #down(event) {
    event.preventDefault()
    this.canvas.focus({preventScroll: true})
    this.element.setPointerCapture(event.pointerId)
    const at = this.#place(event)
    this.#last = at
    if (event.pointerType === "touch") this.#fingers.set(event.pointerId, at)
    if (this.#fingers.size === 2) this.#pinch()
    else if (event.button === 1 || this.panning) this.#doing = "pan"
    else if (this.#doing === "none") {
      this.#begin(toPicture(this.#sight, at), erases(event, this.choices), pressureOf(event))
    }
  }

  /** A second finger: what the first has painted was not meant. */
  #pinch() {
    if (this.#doing === "paint") this.layer.cancel()
    this.#doing = "pinch"
    this.#at = null
    this.draw()
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const at = this.#place(event)
    if (this.#doing === "pinch") this.#pinched(event.pointerId, at)
    else if (this.#doing === "pan") this.#pan(at.x - this.#last.x, at.y - this.#last.y)
    else {
      this.#at = toPicture(this.#sight, at)
      if (this.#doing === "paint") this.#extend(event)
      this.draw()
    }
    this.#last = at
  }

  /** @param {PointerEvent} event */
  #extend(event) {
    const all = event.getCoalescedEvents?.() ?? []
    for (const one of all.length ? all : [event]) {
      this.layer.extend(toPicture(this.#sight, this.#place(one)), pressureOf(one))
    }
  }

  /** @param {PointerEvent} event */
  #up(event) {
    this.#fingers.delete(event.pointerId)
    if (event.pointerType === "touch") this.#at = null
    if (this.#doing === "paint") this.#end()
    if (!this.#fingers.size) this.#doing = "none"
    this.draw()
  }

  #left() {
    if (this.#doing !== "none") return
    this.#at = null
    this.draw()
  }

  /** @param {Point} at of the picture @param {boolean} erasing @param {number} pressure */
  #begin(at, erasing, pressure) {
    this.#at = at
    if (this.choices.tool === "fill") {
      this.layer.fill(at)
      this.told.changed()
    } else {
      this.#doing = "paint"
      this.layer.begin(at, this.choices.brush, erasing, pressure)
    }
    this.draw()
  }

  #end() {
    if (this.#doing === "paint") this.layer.end()
    this.#doing = "none"
    this.told.changed()
  }

  /** @param {number} id @param {Point} at */
  #pinched(id, at) {
    const from = this.#fingers.get(id)
    const other = [...this.#fingers].find(([finger]) => finger !== id)?.[1]
    this.#fingers.set(id, at)
    if (!other || !from) return
    const grown = distance(at, other) / Math.max(1, distance(from, other))
    const middle = {x: (at.x + other.x) / 2, y: (at.y + other.y) / 2}
    this.#see(zoomed(this.#sight, middle, grown))
    this.#pan((at.x - from.x) / 2, (at.y - from.y) / 2)
  }

  /** @param {WheelEvent} event */
  #turn(event) {
    event.preventDefault()
    this.#see(zoomed(this.#sight, this.#place(event), wheelFactor(event)))
  }

  /** @param {number} dx @param {number} dy */
  #pan(dx, dy) {
    this.#see(moved(this.#sight, dx, dy, this.layer.size, this.size))
  }

  /** @param {Sight} sight */
  #see(sight) {
    this.#sight = sight
    this.told.zoomed(sight.zoom)
    this.draw()
  }

  #paint() {
    const {canvas, size, layer} = this, scale = devicePixelRatio, {x, y, zoom} = this.#sight
    const w = Math.round(size.w * scale), tall = Math.round(size.h * scale)
    const ctx = canvas.getContext("2d")
    if (!ctx || !w || !tall) return
    sized(canvas, w, tall)
    ctx.setTransform(scale, 0, 0, scale, 0, 0)
    ctx.clearRect(0, 0, size.w, size.h)
    ctx.imageSmoothingEnabled = zoom < 3
    const place = /** @type {const} */ ([x, y, layer.size.w * zoom, layer.size.h * zoom])
    ctx.drawImage(this.picture, ...place)
    ctx.globalAlpha = 0.62
    ctx.drawImage(this.#tint(w, tall, scale), 0, 0, size.w, size.h)
    ctx.globalAlpha = 1
    if (this.#at) this.#ring(ctx, this.#at)
  }

  /** The mask as it lies in the stage, in one colour.
   * @param {number} w @param {number} tall @param {number} scale @returns {HTMLCanvasElement} */
  #tint(w, tall, scale) {
    const tinted = this.#tinted, {x, y, zoom} = this.#sight, {layer} = this
    sized(tinted, w, tall)
    const ctx = tinted.getContext("2d")
    if (!ctx) return tinted
    ctx.setTransform(1, 0, 0, 1, 0, 0)
    ctx.globalCompositeOperation = "copy"
    ctx.imageSmoothingEnabled = zoom < 3
    const [left, top] = [x * scale, y * scale], grown = zoom * scale
    ctx.drawImage(layer.mask.canvas, left, top, layer.size.w * grown, layer.size.h * grown)
    ctx.globalCompositeOperation = "source-in"
    ctx.fillStyle = this.choices.tint
    ctx.fillRect(0, 0, w, tall)
    return tinted
  }

  /** Where the brush is: a ring that is seen on any ground.
   * @param {CanvasRenderingContext2D} ctx @param {Point} at */
  #ring(ctx, at) {
    const {x, y, zoom} = this.#sight
    const {tool, brush} = this.choices
    const radius = tool === "fill" ? 4 : Math.max(1.5, (brush.size / 2) * zoom)
    for (const [colour, width] of /** @type {const} */ ([["#000", 2.5], ["#fff", 1]])) {
      ctx.beginPath()
      ctx.arc(x + at.x * zoom, y + at.y * zoom, radius, 0, 2 * Math.PI)
      ctx.strokeStyle = colour
      ctx.lineWidth = width
      ctx.stroke()
    }
  }
}

/** Give a canvas a size; one that is given anew empties it.
 * @param {HTMLCanvasElement} canvas @param {number} w @param {number} tall */
function sized(canvas, w, tall) {
  if (canvas.width !== w || canvas.height !== tall) Object.assign(canvas, {width: w, height: tall})
}

/** Whether a press takes away: the right button, the other end of a pen, or the eraser.
 * @param {PointerEvent} event @param {Choices} choices */
function erases(event, {tool}) {
  return tool === "eraser" || event.button === 2 || event.button === 5
}

/** @param {PointerEvent} event @returns {number} 0 to 1; a mouse and a finger press fully */
function pressureOf(event) {
  return event.pointerType === "pen" ? event.pressure || 0.5 : 1
}

/** @param {Point} one @param {Point} other @returns {number} */
function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y)
}
