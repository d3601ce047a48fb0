// @ts-check
/** The sizes of things on the canvas, in canvas units. The one place where they stand. */

export const GRID = 24
export const HEADER = 34
export const ROW = 24
export const WIDGET = 26
export const GAP = 4
export const PAD = 8
export const CORNER = 10
export const DOT = 10
/** Above and below the rows of sockets. */
export const BREATH = 6
export const FOOTER = 30
/** Between the widgets and a picture: the progress line runs in the middle of it. */
export const PROGRESS = 12
export const WIDTH = 210
export const WIDE = 270
export const LEAST_WIDTH = 120
/** The side of the corner at which things are resized. */
export const CORNER_HIT = 14
/** From a node's side to the name of a socket. */
export const NAME_INSET = 14
/** Lines of text that a run has shown, at most. */
export const SAID_LINES = 8
export const SAID_LINE = 16
/** The sentence under a node that failed. */
export const FAULT_LINES = 4
export const FAULT_LINE = 16
export const LEAST_FAULT_ZOOM = 0.4
export const GROUP_HEADER = 32
export const REROUTE = 6

/** Fonts of the canvas for a font stack.
 * @typedef {{title: string, body: string, small: string, group: string}} Fonts */

/** @param {string} stack @returns {Fonts} */
export function fontsOf(stack) {
  return {
    title: `600 13px ${stack}`,
    body: `12px ${stack}`,
    small: `11px ${stack}`,
    group: `600 15px ${stack}`,
  }
}
