// @ts-check
/** Making canvases: the only place of the view that asks the page for one. */

/** @returns {HTMLCanvasElement} */
export function makeCanvas() {
  return document.createElement("canvas")
}

/** @param {HTMLCanvasElement} canvas @returns {CanvasRenderingContext2D} */
export function contextOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
}
