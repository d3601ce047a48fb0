// @ts-check
/** Yes or no: one press turns it. Knows nothing but the two words for it. */

/** @import {InputSpec, Json, Widget} from "../types.js" */
/** @import {Parts} from "./index.js" */
import {HEIGHT, PAD, paintRow, paintSwitch} from "./paint.js"

const SWITCH = 34 // the switch and the room before it

/** @param {Parts} parts @returns {Widget} */
export function toggleWidget(parts) {
  return {
    height: () => HEIGHT,
    paint: (pen, place, marks) => {
      const {box, input, value, linked} = place
      const word = named(input, value), {muted} = pen.theme
      paintRow(pen, place, marks, {value: word, tone: muted, tail: SWITCH})
      if (linked || pen.detail < 2) return
      paintSwitch(pen, box.x + box.w - PAD, box.y + HEIGHT / 2, isOn(value))
    },
    open: hand => {
      const {input, value, label} = hand.place
      hand.set(!isOn(value))
      const word = named(input, !isOn(value)) || parts.t(isOn(value) ? "widget.off" : "widget.on")
      announce(hand.host, `${label}: ${word}`)
      hand.leave("stay")
    },
  }
}

/** @param {Json} value @returns {boolean} */
export function isOn(value) {
  return value === true || value === 1 || value === "true"
}

/** The node's own word for how it stands, if it has one.
 * @param {InputSpec} input @param {boolean | Json} value @returns {string} */
function named(input, value) {
  return (isOn(value) ? input.on : input.off) ?? ""
}

/** Tell somebody who can't see the canvas.
 * @param {HTMLElement} host @param {string} words */
function announce(host, words) {
  const said = document.createElement("span")
  said.className = "widget-said"
  said.setAttribute("role", "status")
  host.append(said)
  said.textContent = words
  setTimeout(() => said.remove(), 1000)
}
