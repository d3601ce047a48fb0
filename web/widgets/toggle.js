// @ts-check
/** Yes or no: one press turns it. Knows nothing but the two words for it. */

/** @import {InputSpec, Json, Widget, WidgetHand} from "../types.js" */
/** @import {Parts} from "./index.js" */
import {fill, h} from "../panels/dom.js"
import {openFrame} from "./frame.js"
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
    open: (hand, at) => {
      if (!at) return openSwitch(hand, parts)
      hand.set(!isOn(hand.place.value))
      hand.leave("stay")
    },
  }
}

/** Reached by keys: Space and Enter turn it, Tab goes on.
 * @param {WidgetHand} hand @param {Parts} parts */
function openSwitch(hand, {t}) {
  const {input, label, value} = hand.place
  let on = isOn(value)
  const word = () => named(input, on) || t(on ? "widget.on" : "widget.off")
  const over = h("button", {type: "button", class: "widget-row widget-toggle", role: "switch",
    "aria-label": label, "aria-checked": on, onclick: () => {
      on = !on
      hand.set(on)
      over.setAttribute("aria-checked", String(on))
      said.textContent = word()
    }})
  const said = h("span", {class: "widget-word"}, word())
  const knob = h("span", {class: "widget-switch", "aria-hidden": true})
  fill(over, [h("span", {class: "widget-name"}, label), said, knob])
  openFrame(hand, {over, focus: over, commit: () => {}})
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
