// @ts-check
/** Things that float over the page for a while: placed inside of the window, gone at a press
 * elsewhere or at Escape, with the focus back where it was. */

import {Stops} from "./stops.js"

const EDGE = 8

/** Put an element at a point, or beside one, all of it inside the window.
 * @param {HTMLElement} element @param {{x: number, y: number, aside?: number}} at
 *   screen pixels; aside: the left edge of what it stands beside, for the room on its other side */
export function place(element, {x, y, aside}) {
  const {width, height} = element.getBoundingClientRect()
  const fitsRight = x + width <= innerWidth - EDGE
  const left = fitsRight ? x : aside !== undefined ? aside - width : innerWidth - EDGE - width
  const top = Math.min(y, innerHeight - EDGE - height)
  element.style.left = `${Math.round(Math.max(EDGE, left))}px`
  element.style.top = `${Math.round(Math.max(EDGE, top))}px`
}

/** Show an element until it is closed; how to close it.
 * @param {HTMLElement} host @param {HTMLElement} element
 * @param {{owner?: Element | null, closed?: () => void}} [options]
 *   owner: a press on it is no press elsewhere
 * @returns {(back?: boolean) => void} back: give the focus to what had it */
export function float(host, element, {owner = null, closed} = {}) {
  const before = document.activeElement
  const stops = new Stops()
  let open = true
  const close = (back = true) => {
    if (!open) return
    open = false
    stops.end()
    element.remove()
    if (back && before instanceof HTMLElement) before.focus({preventScroll: true})
    closed?.()
  }
  host.append(element)
  stops.listen(document, "pointerdown", event => {
    const target = /** @type {Node} */ (event.target)
    if (!element.contains(target) && !owner?.contains(target)) close(false)
  }, {capture: true})
  stops.listen(element, "keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return
    event.stopPropagation()
    event.preventDefault()
    close()
  })
  stops.listen(window, "resize", () => close(false))
  return close
}
