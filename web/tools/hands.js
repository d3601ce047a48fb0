// @ts-check
/** Listens to mouse, pen, fingers and wheel on the canvas and tells the hand. Knows the DOM's
 * events and nothing of what they lead to. */
/** @import {App, Box, Camera, Hit, Key, Point} from "../types.js" */
/** @import {Touch} from "./tool.js" */

import {pullAt} from "./edge.js"
import {Frame} from "./frame.js"
import {editFirst, Idle} from "./idle.js"
import {renameThing, writeNote} from "./press.js"
import {hitOf, menuKey, middle, select} from "./select.js"
import {Hand} from "./tool.js"
import {Fingers, Pinching} from "./touch.js"
import {WheelReader} from "./wheel.js"
import {panBy, toCanvas, toScreen, zoomAt} from "../view/camera.js"

const DOUBLE = 400 // milliseconds between the clicks of a double click
const NEAR = 8 // screen pixels between them
const LONG = 500 // milliseconds of a long press

/** Opens the menu for what lies there. @typedef {(hit: Hit, at: Point, page: Point) => void} Menus */
/** @typedef {{time: number, screen: Point, button: number, count: number}} Click */

export class Hands {
  /** @type {Click} */
  #click = {time: -Infinity, screen: {x: 0, y: 0}, button: -1, count: 0}
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer
  #frame = 0
  /** @type {Camera | null} where the view was before it followed a hand */
  #home = null
  #wheel = new WheelReader()
  #fingers = new Fingers()

  /** @param {HTMLElement} host  holds the canvases; editors of widgets are put into it
   * @param {App} app @param {Menus} menus */
  constructor(host, app, menus) {
    this.host = host
    this.app = app
    this.menus = menus
    this.page = {x: 0, y: 0}
    this.frame = new Frame(host)
    this.hand = new Hand(app, () => new Idle({host, menu: touch => this.menu(touch)}))
    host.style.touchAction = "none"
    if (!host.hasAttribute("tabindex")) host.tabIndex = -1
    this.frame.watch()
    this.#listen()
  }

  /** Whether a gesture is under way. */
  get busy() {
    return !this.hand.resting
  }

  /** Where the pointer was last seen. @returns {{point: Point, screen: Point}} */
  pointer() {
    const screen = this.frame.inside(this.page)
    return {point: toCanvas(this.app.session.camera, screen), screen}
  }

  /** A key for the gesture that is under way. @param {KeyboardEvent} event
   * @returns {boolean} whether it was for it */
  key(event) {
    const {shiftKey: shift, altKey: alt, ctrlKey, metaKey} = event
    const stroke = {key: event.key, down: event.type === "keydown"}
    const busy = !this.hand.resting
    const used = this.hand.key(stroke, {shift, alt, ctrl: ctrlKey || metaKey})
    if (busy && this.hand.resting) this.#goHome()
    this.#point()
    return used
  }

  cancel() {
    this.hand.cancel()
    this.#goHome()
    this.#point()
  }

  /** A gesture that came to nothing leaves the view where it was. */
  #goHome() {
    if (this.#home) this.app.session.set({camera: this.#home})
    this.#home = null
  }

  /** The menu for what lies under a place. @param {Pick<Touch, "point" | "page">} touch */
  menu({point, page}) {
    const {app} = this
    const hit = app.scene.at(point, app.session.camera.zoom)
    const key = menuKey(hit)
    if (key !== null && !app.session.selection.has(key)) select(app, new Set([key]))
    this.menus(hit, point, page)
  }

  /** The menu for what is selected, for those who have no mouse. */
  chosenMenu() {
    const {app} = this
    const [key] = app.session.selection
    const box = app.scene.around(app.session.selection)
    if (key === undefined || !box) return
    const at = middle(box)
    this.menus(hitOf(key), at, this.frame.outside(toScreen(app.session.camera, at)))
  }

  /** Edit the title of a node or group, or the text of a note, in its place. @param {Key} key */
  rename(key) {
    renameThing(this.app, this.host, key)
  }

  /** Write a new note there. @param {Box} box */
  note(box) {
    writeNote(this.app, this.host, box)
  }

  /** Edit the first value of a node. @param {string} id */
  open(id) {
    editFirst(this.app, this.host, id)
  }

  #listen() {
    /** @type {Object<string, (event: any) => void>} */
    const all = {
      pointerdown: event => this.#down(event),
      pointermove: event => this.#move(event),
      pointerup: event => this.#up(event),
      pointercancel: event => this.#lost(event),
      pointerleave: () => this.#left(),
      mousedown: event => {
        if (event.button === 1 && this.#isCanvas(event)) event.preventDefault()
      },
      auxclick: event => event.preventDefault(),
      contextmenu: event => this.#contextmenu(event),
      wheel: event => this.#turn(event),
    }
    for (const [name, listener] of Object.entries(all)) {
      this.host.addEventListener(name, listener, {passive: false})
    }
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (!this.#isCanvas(event)) return
    event.preventDefault()
    this.frame.forget() // something beside the canvas may have pushed it, without a word
    this.#leaveField()
    this.host.setPointerCapture(event.pointerId)
    this.page = {x: event.clientX, y: event.clientY}
    const touch = this.#touch(event, this.#counted(event))
    if (touch.touch && this.#finger(event, touch)) return
    this.hand.down(touch)
    if (touch.touch) this.#timer = setTimeout(() => this.hand.hold(touch), LONG)
    this.#point()
  }

  /** A finger came down. @param {PointerEvent} event @param {Touch} touch
   * @returns {boolean} whether it is one of several */
  #finger(event, touch) {
    this.#fingers.put(event.pointerId, touch.screen)
    if (this.#fingers.count < 2) return false
    clearTimeout(this.#timer)
    this.#click.count = 0
    if (this.hand.tool instanceof Pinching) this.hand.down(touch)
    else this.hand.start(new Pinching(this.app, this.#fingers))
    return true
  }

  /** @param {PointerEvent} event */
  #move(event) {
    this.page = {x: event.clientX, y: event.clientY}
    if (!this.#isCanvas(event)) return
    const touch = this.#touch(event, 1)
    if (this.#fingers.has(event.pointerId)) this.#fingers.put(event.pointerId, touch.screen)
    this.hand.move(touch)
    this.#follow()
    this.#point()
  }

  /** While something is held at the edge, the view moves on under it, a step a frame. */
  #follow() {
    const {session} = this.app
    const at = this.frame.inside(this.page)
    if (this.#frame || !this.hand.tool.follows || !pullAt(at, session.screen)) return
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0
      const screen = this.frame.inside(this.page)
      const pull = pullAt(screen, session.screen)
      if (!pull || !this.hand.tool.follows || !this.hand.last) return
      this.#home ??= session.camera
      session.set({camera: panBy(session.camera, -pull.dx, -pull.dy)})
      this.hand.move({...this.hand.last, screen, point: toCanvas(session.camera, screen)})
      this.#follow()
    })
  }

  /** @param {PointerEvent} event */
  #up(event) {
    clearTimeout(this.#timer)
    this.#fingers.lift(event.pointerId)
    if (!this.host.hasPointerCapture(event.pointerId)) return
    this.#home = null
    this.hand.up(this.#touch(event, this.#click.count))
    this.#point()
  }

  /** The browser took the pointer away; of a pinch, one finger. @param {PointerEvent} event */
  #lost(event) {
    clearTimeout(this.#timer)
    this.#fingers.lift(event.pointerId)
    if (this.hand.tool instanceof Pinching) this.hand.up(this.#touch(event, 1))
    else this.cancel()
  }

  #left() {
    const {hover} = this.app.session
    if (!this.hand.resting || hover.kind === "nothing") return
    this.app.session.set({hover: {kind: "nothing"}})
  }

  /** A finger's own long press has opened the menu already; the menu key is a matter of keys.js.
   * @param {MouseEvent & {pointerType?: string}} event */
  #contextmenu(event) {
    if (!this.#isCanvas(event)) return
    event.preventDefault()
    if (event.button !== 2 || event.pointerType === "touch" || !this.hand.resting) return
    const page = {x: event.clientX, y: event.clientY}
    this.menu({page, point: toCanvas(this.app.session.camera, this.frame.inside(page))})
  }

  /** @param {WheelEvent} event */
  #turn(event) {
    if (!this.#isCanvas(event) && isScrolling(event)) return
    event.preventDefault()
    const {session, settings} = this.app
    const step = this.#wheel.read(event, settings.get("canvas.wheel") ?? "zoom")
    const screen = this.frame.inside({x: event.clientX, y: event.clientY})
    const camera = step.kind === "zoom"
      ? zoomAt(session.camera, screen, step.factor) : panBy(session.camera, -step.dx, -step.dy)
    session.set({camera})
  }

  /** Whether an event is of the canvas itself, not of what lies over it.
   * @param {Event} event @returns {boolean} */
  #isCanvas({target}) {
    return target === this.host || (target instanceof Element && target.closest(".layers") !== null)
  }

  /** Whoever edits something beside the canvas is done when the canvas is pressed. */
  #leaveField() {
    const {activeElement} = document
    if (activeElement instanceof HTMLElement && activeElement !== this.host) activeElement.blur()
    getSelection()?.removeAllRanges()
    this.host.focus({preventScroll: true})
  }

  /** @param {PointerEvent} event @returns {number} which click this is of a row */
  #counted({timeStamp: time, button, clientX, clientY}) {
    const screen = this.frame.inside({x: clientX, y: clientY})
    const last = this.#click
    const again = time - last.time < DOUBLE && button === last.button
      && Math.hypot(screen.x - last.screen.x, screen.y - last.screen.y) < NEAR
    const count = again && last.count < 2 ? last.count + 1 : 1
    this.#click = {time, screen, button, count}
    return count
  }

  /** @param {PointerEvent} event @param {number} clicks @returns {Touch} */
  #touch(event, clicks) {
    const page = {x: event.clientX, y: event.clientY}
    const screen = this.frame.inside(page)
    return {
      page, screen, point: toCanvas(this.app.session.camera, screen), clicks, button: event.button,
      shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey, alt: event.altKey,
      touch: event.pointerType === "touch",
    }
  }

  #point() {
    const {cursor} = this.hand.tool
    if (this.host.style.cursor !== cursor) this.host.style.cursor = cursor
  }
}

/** Whether the wheel scrolls something by itself there. @param {WheelEvent} event
 * @returns {boolean} */
function isScrolling(event) {
  if (event.ctrlKey) return false
  return event.composedPath().some(part =>
    part instanceof HTMLElement && part !== event.currentTarget
    && part.scrollHeight > part.clientHeight + 1
    && /auto|scroll/.test(getComputedStyle(part).overflowY))
}
