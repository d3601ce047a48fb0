// @ts-check
/** A stage on which a picture, or two on top of each other, is seen, zoomed and moved. Two are
 * parted by a line that a hand moves. Knows no buttons. */

/** @import {Point} from "../types.js" */
/** @import {Sight} from "./sight.js" */
import {fill, h} from "../panels/dom.js"
import {centred, fitted, moved, wheelFactor, zoomed} from "./sight.js"

/** @typedef {{src: string, alt: string}} Seen */
/** shown: the first is there, with its size; failed: what is said when it is not.
 * @typedef {{shown: (w: number, h: number) => void, failed: () => string}} Told */

export class PictureStage {
  /** @type {Sight} */
  #sight = {x: 0, y: 0, zoom: 1}
  #whole = true // it is fitted until somebody zooms
  /** @type {Map<number, Point>} */
  #pointers = new Map()
  #parting = false
  #share = 1
  /** @type {HTMLImageElement[]} */
  #images = []
  #picture = {w: 1, h: 1}
  #way = 0 // that the pointers have gone since the press

  /** @param {string} name */
  constructor(name) {
    this.line = h("div", {class: "stage-line", hidden: true}, h("span", {class: "stage-grip"}))
    this.element = h("div",
      {class: "picture-stage", tabindex: "0", role: "group", "aria-label": name})
    /** @type {(share: number) => void} */
    this.onSplit = () => {}
    this.#listen()
    this.sized = new ResizeObserver(() => this.#whole && this.fit())
    this.sized.observe(this.element)
  }

  get size() {
    return {w: this.element.clientWidth, h: this.element.clientHeight}
  }

  /** Whether the last press was a drag. */
  get hasMoved() {
    return this.#way > 4
  }

  close() {
    this.sized.disconnect()
  }

  /** @param {Seen[]} pictures one or two @param {Told} told */
  see(pictures, told) {
    const said = h("p", {class: "stage-said", role: "status"})
    const images = pictures.map(({src, alt}, index) => h("img", {class: "stage-picture", src, alt,
      draggable: "false", onload: () => this.#loaded(images, index, told),
      onerror: () => { said.textContent = told.failed() }}))
    this.#images = images
    this.#whole = true
    this.line.hidden = true
    for (const one of images) one.style.visibility = "hidden"
    fill(this.element, [...images].reverse().concat(/** @type {any} */ ([this.line, said])))
  }

  /** @param {HTMLImageElement[]} images @param {number} index @param {Told} told */
  #loaded(images, index, told) {
    if (images !== this.#images) return
    const image = images[index]
    image.style.visibility = ""
    if (index) return this.#place()
    this.#picture = {w: image.naturalWidth || 1, h: image.naturalHeight || 1}
    told.shown(this.#picture.w, this.#picture.h)
    this.fit()
  }

  fit() {
    this.#sight = fitted(this.#picture, this.size)
    this.#whole = true
    this.#place()
  }

  /** One pixel of the picture for one of the screen. */
  actual() {
    this.#whole = false
    this.#sight = centred(this.#picture, this.size, 1 / devicePixelRatio)
    this.#place()
  }

  /** @param {number} factor @param {Point} [at] of the stage */
  zoom(factor, at = {x: this.size.w / 2, y: this.size.h / 2}) {
    this.#whole = false
    this.#sight = zoomed(this.#sight, at, factor)
    this.#place()
  }

  /** How much of the first is seen over the second. @param {number} share 0 to 1 */
  split(share) {
    this.#share = Math.max(0, Math.min(1, share))
    this.#place()
  }

  #place() {
    const {x, y, zoom} = this.#sight, {w, h: tall} = this.#picture
    for (const image of this.#images) {
      image.style.width = `${w}px`
      image.style.height = `${tall}px`
      image.style.transform = `translate(${x}px, ${y}px) scale(${zoom})`
      image.style.imageRendering = zoom > 3 ? "pixelated" : ""
    }
    const [first, second] = this.#images
    this.line.hidden = !second
    if (!second) return
    first.style.clipPath = `inset(0 ${(1 - this.#share) * 100}% 0 0)`
    const top = Math.max(0, y), bottom = Math.min(this.size.h, y + tall * zoom)
    this.line.style.transform = `translate(${x + w * zoom * this.#share}px, ${top}px)`
    this.line.style.height = `${Math.max(0, bottom - top)}px`
  }

  #listen() {
    const {element} = this
    element.addEventListener("pointerdown", event => this.#down(event))
    element.addEventListener("pointermove", event => this.#move(event))
    element.addEventListener("pointerup", event => this.#up(event))
    element.addEventListener("pointercancel", event => this.#up(event))
    element.addEventListener("dblclick", event => {
      if (event.target !== element) this.#toggle(this.#at(event))
    })
    element.addEventListener("wheel", event => {
      event.preventDefault()
      this.zoom(wheelFactor(event), this.#at(event))
    }, {passive: false})
  }

  /** @param {MouseEvent} event @returns {Point} */
  #at(event) {
    const {left, top} = this.element.getBoundingClientRect()
    return {x: event.clientX - left, y: event.clientY - top}
  }

  /** @param {Point} at */
  #toggle(at) {
    if (this.#whole) this.zoom(1 / devicePixelRatio / this.#sight.zoom, at)
    else this.fit()
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button > 1) return
    this.element.setPointerCapture(event.pointerId)
    if (!this.#pointers.size) this.#way = 0
    this.#pointers.set(event.pointerId, this.#at(event))
    this.#parting = this.#images.length > 1 && event.button === 0 && this.#pointers.size === 1
    if (this.#parting && event.target !== this.element) this.#part(this.#at(event))
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const from = this.#pointers.get(event.pointerId), at = this.#at(event)
    if (!from) return
    this.#way += Math.hypot(at.x - from.x, at.y - from.y)
    this.#pointers.set(event.pointerId, at)
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1]
    if (other) this.#pinched(from, at, other)
    else if (this.#parting) this.#part(at)
    else this.#pan(at.x - from.x, at.y - from.y)
  }

  /** @param {PointerEvent} event */
  #up(event) {
    this.#pointers.delete(event.pointerId)
  }

  /** @param {Point} from @param {Point} at @param {Point} other the finger that rests */
  #pinched(from, at, other) {
    this.#parting = false
    const before = Math.hypot(from.x - other.x, from.y - other.y)
    const now = Math.hypot(at.x - other.x, at.y - other.y)
    this.zoom(now / Math.max(1, before), {x: (at.x + other.x) / 2, y: (at.y + other.y) / 2})
    this.#pan((at.x - from.x) / 2, (at.y - from.y) / 2)
  }

  /** @param {number} dx @param {number} dy */
  #pan(dx, dy) {
    this.#sight = moved(this.#sight, dx, dy, this.#picture, this.size)
    this.#whole = false
    this.#place()
  }

  /** @param {Point} at */
  #part(at) {
    this.split((at.x - this.#sight.x) / (this.#picture.w * this.#sight.zoom))
    this.onSplit(this.#share)
  }
}
