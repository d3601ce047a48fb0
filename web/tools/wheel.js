// @ts-check
/** What a turn of the wheel means: a mouse's wheel zooms, two fingers on a trackpad move the
 * canvas, a pinch on it zooms. Pure but for the memory of the last turn; knows no camera. */

/** The parts of a WheelEvent that are read.
 * @typedef {{deltaX: number, deltaY: number, deltaMode: number, ctrlKey: boolean, metaKey: boolean,
 *   shiftKey: boolean, timeStamp: number, wheelDeltaY?: number}} Turn */
/** @typedef {{kind: "zoom", factor: number} | {kind: "pan", dx: number, dy: number}} Step
 *   dx, dy: screen pixels that the view moves on */

const LINE = 16 // pixels of a line, where a wheel counts lines
const PAGE = 400
const NOTCH = 120 // wheelDeltaY of one notch of a mouse
const SAME = 400 // milliseconds in which turns belong together
const MOST = 240 // pixels of one turn that count

export class WheelReader {
  #trackpad = -Infinity // when a trackpad was last seen for sure

  /** @param {Turn} turn @param {"zoom" | "pan"} wish  what a mouse's wheel does without Ctrl
   * @returns {Step} */
  read(turn, wish) {
    const unit = turn.deltaMode === 1 ? LINE : turn.deltaMode === 2 ? PAGE : 1
    const dx = bounded(turn.deltaX * unit)
    const dy = bounded(turn.deltaY * unit)
    const trackpad = this.#isTrackpad(turn)
    if (turn.ctrlKey || turn.metaKey) return zoom(dy, trackpad || Math.abs(dy) < 40 ? 0.01 : 0.0018)
    if (turn.shiftKey) return {kind: "pan", dx: dx || dy, dy: 0}
    if (wish === "pan" || trackpad) return {kind: "pan", dx, dy}
    return zoom(dy, 0.0018)
  }

  /** A mouse turns by whole notches in one direction; a trackpad by any number of pixels.
   * @param {Turn} turn @returns {boolean} */
  #isTrackpad(turn) {
    const notched = turn.wheelDeltaY === undefined
      ? Math.abs(turn.deltaY) >= 40
      : turn.wheelDeltaY !== 0 && Math.abs(turn.wheelDeltaY) % NOTCH === 0
    const sure = turn.deltaMode === 0 && (turn.deltaX !== 0 || !notched) && !turn.shiftKey
    if (sure) this.#trackpad = turn.timeStamp
    return sure || turn.timeStamp - this.#trackpad < SAME
  }
}

/** @param {number} dy @param {number} rate @returns {Step} */
function zoom(dy, rate) {
  return {kind: "zoom", factor: Math.exp(-dy * rate)}
}

/** @param {number} delta @returns {number} */
function bounded(delta) {
  return Math.max(-MOST, Math.min(MOST, delta))
}
