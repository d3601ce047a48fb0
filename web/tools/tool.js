// @ts-check
/** The state machine of the hands: events go to the current tool, which names the next one.
 * Knows no DOM and no tool by name: what a resting hand does is handed in. */
/** @import {App, Draft, Point} from "../types.js" */

/** One event of a mouse, pen or finger. point: canvas units; screen: pixels from the canvas's
 * corner; page: pixels from the window's; clicks: 2 for the second of a double click.
 * @typedef {{point: Point, screen: Point, page: Point, button: number, clicks: number,
 *   shift: boolean, ctrl: boolean, alt: boolean, touch: boolean}} Touch */
/** @typedef {{key: string, down: boolean}} Stroke  a key as the browser names it, down or up */

const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta"])

/** What a hand is doing. Every method returns the next tool: itself, another, or null for rest. */
export class Tool {
  /** @type {string} */
  cursor = "default"
  /** The view follows the hand at the edge of the screen. */
  follows = false

  /** @param {App} app @param {Touch} touch @returns {Tool | null} */
  down(app, touch) {
    void app, touch
    return this
  }

  /** @param {App} app @param {Touch} touch @returns {Tool | null} */
  move(app, touch) {
    void app, touch
    return this
  }

  /** @param {App} app @param {Touch} touch @returns {Tool | null} */
  up(app, touch) {
    void app, touch
    return null
  }

  /** A finger that has stayed where it was put down.
   * @param {App} app @param {Touch} touch @returns {Tool | null} */
  hold(app, touch) {
    void app, touch
    return this
  }

  /** @param {App} app @param {Stroke} stroke @returns {Tool | null} */
  key(app, stroke) {
    void app, stroke
    return this
  }

  /** Leave no trace. @param {App} app @returns {Tool | null} */
  cancel(app) {
    void app
    return null
  }
}

/** A tool that shows what it is about to do, and does it when the button is let go. */
export class Drafting extends Tool {
  /** @param {App} app @param {Touch} touch @returns {Tool | null} */
  move(app, touch) {
    app.session.set({draft: this.draft(app, touch)})
    return this
  }

  /** @param {App} app @param {Touch} touch @returns {Tool | null} */
  up(app, touch) {
    const draft = this.draft(app, touch)
    app.session.set({draft: null})
    this.finish(app, draft, touch)
    return null
  }

  /** @param {App} app @returns {Tool | null} */
  cancel(app) {
    app.session.set({draft: null})
    return null
  }

  /** What letting go here would do. @param {App} app @param {Touch} touch
   * @returns {Draft | null} */
  draft(app, touch) {
    void app, touch
    return null
  }

  /** Do it. @param {App} app @param {Draft | null} draft @param {Touch} touch @returns {void} */
  finish(app, draft, touch) {
    void app, draft, touch
  }
}

/** Runs the machine. */
export class Hand {
  /** @param {App} app @param {() => Tool} rest  makes the tool of a resting hand */
  constructor(app, rest) {
    this.app = app
    this.rest = rest
    this.tool = rest()
    /** @type {Touch | null} */
    this.last = null
    this.resting = true
  }

  /** @param {Touch} touch */
  down(touch) {
    this.last = touch
    this.become(this.tool.down(this.app, touch))
  }

  /** @param {Touch} touch */
  move(touch) {
    this.last = touch
    this.become(this.tool.move(this.app, touch))
  }

  /** @param {Touch} touch */
  up(touch) {
    this.last = touch
    this.become(this.tool.up(this.app, touch))
  }

  /** @param {Touch} touch */
  hold(touch) {
    this.become(this.tool.hold(this.app, touch))
  }

  cancel() {
    this.become(this.tool.cancel(this.app))
  }

  /** @param {Tool} tool  takes the place of what is done now, which is cancelled */
  start(tool) {
    this.tool.cancel(this.app)
    this.become(tool)
  }

  /** A key for the tool in the hand. @param {Stroke} stroke @param {Partial<Touch>} held  modifiers
   * @returns {boolean} whether it was meant for the tool */
  key(stroke, held) {
    if (stroke.key === "Escape" && stroke.down && !this.resting) {
      this.cancel()
      return true
    }
    if (MODIFIERS.has(stroke.key)) {
      if (!this.resting && this.last) this.move({...this.last, ...held})
      return false
    }
    const before = this.tool
    this.become(this.tool.key(this.app, stroke))
    return this.tool !== before
  }

  /** @param {Tool | null} next */
  become(next) {
    if (next === this.tool) return
    this.resting = next === null
    this.tool = next ?? this.rest()
  }
}
