// @ts-check
/** The whole canvas in a corner: blocks for nodes, a frame for what is seen; a press or a drag on
 * it moves the camera. Blocks are painted when things move, the frame whenever the camera does. */
/** @import {Box, Point, Session, Theme, Translate} from "../types.js" */
/** @import {CanvasScene} from "./scene.js" */

import {grown, joined} from "./boxes.js"
import {centred, seen} from "./camera.js"
import {contextOf, makeCanvas} from "./canvas.js"
import {mixed} from "./colours.js"

/** CSS pixels. */
const SIZE = {w: 166, h: 90}
/** Milliseconds between two paintings of the blocks, and for each 1,000 nodes. */
const PACE = {least: 30, thousand: 40}

/** How canvas units lie on the minimap.
 * @typedef {{scale: number, x: number, y: number}} Fit */

export class Minimap {
  #blocks = makeCanvas()
  #view = makeCanvas()
  /** @type {Fit} */
  #fit = {scale: 1, x: 0, y: 0}
  /** @type {Box | null} */
  #whole = null
  #frame = 0
  #stale = true
  #painted = 0
  #timer = 0
  /** @type {(() => void)[]} */
  #stops = []

  /** @param {HTMLElement} host
   * @param {{scene: CanvasScene, session: Session, theme: Theme, t: Translate}} parts */
  constructor(host, {scene, session, theme, t}) {
    this.session = session
    this.theme = theme
    this.scene = scene
    this.element = document.createElement("div")
    this.element.className = "minimap"
    this.element.setAttribute("role", "img")
    this.element.setAttribute("aria-label", t("view.minimap"))
    this.element.append(this.#view)
    host.append(this.element)
    this.#stopSession = session.on((names) => {
      const selected = names.has("selection")
      if (selected || names.has("camera") || names.has("screen")) this.#ask(selected)
    })
    this.#listen()
    this.show(scene)
  }

  /** @type {() => void} */
  #stopSession

  /** @param {CanvasScene} scene */
  show(scene) {
    for (const stop of this.#stops) stop()
    this.scene = scene
    this.#stops = [scene.on(() => this.#ask(true))]
    this.#ask(true)
  }

  /** @param {Theme} theme */
  setTheme(theme) {
    this.theme = theme
    this.#ask(true)
  }

  dispose() {
    for (const stop of this.#stops) stop()
    this.#stopSession()
    cancelAnimationFrame(this.#frame)
    clearTimeout(this.#timer)
    this.element.remove()
  }

  /** @param {boolean} stale  blocks have changed */
  #ask(stale) {
    if (stale) this.#stale = true
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.#paint())
  }

  #paint() {
    this.#frame = 0
    const dpr = devicePixelRatio || 1
    const w = Math.round(SIZE.w * dpr)
    const h = Math.round(SIZE.h * dpr)
    if (this.#view.width !== w || this.#view.height !== h) {
      for (const canvas of [this.#view, this.#blocks]) {
        canvas.width = w
        canvas.height = h
      }
      this.#view.style.width = `${SIZE.w}px`
      this.#view.style.height = `${SIZE.h}px`
      this.#stale = true
    }
    this.#refresh(dpr)
    const ctx = contextOf(this.#view)
    ctx.clearRect(0, 0, w, h)
    ctx.drawImage(this.#blocks, 0, 0)
    this.#paintFrame(ctx, dpr)
  }

  /** All nodes and what is seen.
   * @param {number} dpr @returns {Fit} */
  #wanted(dpr) {
    const {camera, screen} = this.session
    const box = grown(joined(this.#whole, seen(camera, screen)) ?? {x: 0, y: 0, w: 1, h: 1}, 80)
    const scale = dpr * Math.min(SIZE.w / box.w, SIZE.h / box.h)
    const x = box.x + box.w / 2 - SIZE.w * dpr / 2 / scale
    const y = box.y + box.h / 2 - SIZE.h * dpr / 2 / scale
    return {scale, x, y}
  }

  /** Paint the blocks if they are others or lie elsewhere; many of them not at every frame.
   * @param {number} dpr */
  #refresh(dpr) {
    const {scale, x, y} = this.#fit
    const now = performance.now()
    const pace = PACE.least + PACE.thousand * this.scene.nodes.size / 1000
    const soon = this.scene.nodes.size > 500 && now - this.#painted < pace
    if (this.#stale && !soon) this.#whole = this.scene.whole()
    const fit = this.#wanted(dpr)
    if (!this.#stale && fit.scale === scale && fit.x === x && fit.y === y) return
    if (soon) {
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.#ask(true), pace)
      return
    }
    this.#painted = now
    this.#stale = false
    this.#fit = fit
    this.#paintBlocks()
  }

  #paintBlocks() {
    const {theme, scene, session} = this
    const ctx = contextOf(this.#blocks)
    ctx.clearRect(0, 0, this.#blocks.width, this.#blocks.height)
    for (const [key, box] of scene.others) {
      if (key.startsWith("reroutes/")) continue
      ctx.globalAlpha = 0.35
      ctx.fillStyle = theme["line-strong"]
      this.#block(ctx, box)
    }
    ctx.globalAlpha = 1
    for (const {id, box, node, shown} of scene.nodes.values()) {
      if (session.selection.has(`nodes/${id}`)) ctx.fillStyle = theme.accent
      else if (shown.fault) ctx.fillStyle = theme.bad
      else if (node.look?.colour) ctx.fillStyle = mixed(theme["line-strong"], node.look.colour, 0.5)
      else ctx.fillStyle = theme["line-strong"]
      this.#block(ctx, box)
    }
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Box} box */
  #block(ctx, box) {
    const {scale, x, y} = this.#fit
    const left = Math.round((box.x - x) * scale)
    const top = Math.round((box.y - y) * scale)
    const w = Math.max(1, Math.round(box.w * scale))
    ctx.fillRect(left, top, w, Math.max(1, Math.round(box.h * scale)))
  }

  /** @param {CanvasRenderingContext2D} ctx @param {number} dpr */
  #paintFrame(ctx, dpr) {
    const {camera, screen} = this.session
    const {scale, x, y} = this.#fit
    const box = seen(camera, screen)
    const width = Math.max(1, Math.round(dpr))
    const left = Math.round((box.x - x) * scale) + width / 2
    const top = Math.round((box.y - y) * scale) + width / 2
    ctx.lineWidth = width
    ctx.strokeStyle = this.theme.accent
    ctx.beginPath()
    const w = Math.round(box.w * scale) - width
    ctx.roundRect(left, top, w, Math.round(box.h * scale) - width, 2 * dpr)
    ctx.stroke()
  }

  #listen() {
    const {element} = this
    element.addEventListener("pointerdown", (event) => {
      if (event.button) return
      event.preventDefault()
      event.stopPropagation()
      element.setPointerCapture(event.pointerId)
      this.#go(event)
    })
    element.addEventListener("pointermove", (event) => {
      if (element.hasPointerCapture(event.pointerId)) this.#go(event)
    })
  }

  /** @param {PointerEvent} event */
  #go(event) {
    const {left, top} = this.#view.getBoundingClientRect()
    const dpr = devicePixelRatio || 1
    /** @type {Point} */
    const point = {
      x: this.#fit.x + (event.clientX - left) * dpr / this.#fit.scale,
      y: this.#fit.y + (event.clientY - top) * dpr / this.#fit.scale,
    }
    const {camera, screen} = this.session
    this.session.set({camera: centred(camera, point, screen)})
  }
}
