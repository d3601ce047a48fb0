// @ts-check
/** A number: dragged, stepped, or typed as a sum. Knows a range and a text field. */

/** @import {InputSpec, Json, Widget, WidgetHand} from "../types.js" */
/** @import {Frame} from "./frame.js" */
/** @import {Parts} from "./index.js" */
import {h} from "../panels/dom.js"
import {calculate} from "./arithmetic.js"
import {chipAt, chipOf, turnChip} from "./after.js"
import {openFrame} from "./frame.js"
import {HEIGHT, paintRow} from "./paint.js"
import {dragged, settled, share, stepped, unitOf, written} from "./range.js"

/** @typedef {number | bigint} Value */

/** @param {Parts} parts @returns {Widget} */
export function numberWidget(parts) {
  return {
    height: () => HEIGHT,
    paint: (pen, place, marks) => {
      const {input, value} = place
      const filled = share(input, value), unit = unitOf(input), chip = chipOf(parts.t, place)
      paintRow(pen, place, marks, {value: written(input, value), digits: true, unit, chip, filled})
    },
    open: (hand, at) => {
      if (chipAt(parts, hand, at)) turnChip(parts.t, hand)
      else openNumber(hand)
    },
    drag: (hand, start, dx, keys) => {
      const {place, screen} = hand
      return dragged(place.input, asValue(place.input, start), dx, screen().width, keys)
    },
  }
}

/** What is held, as a number; what is none counts as the default.
 * @param {InputSpec} input @param {Json} held @returns {Value} */
export function asValue(input, held) {
  if (typeof held === "number" || typeof held === "bigint") return held
  const {fallback} = input
  return typeof fallback === "number" || typeof fallback === "bigint" ? fallback : 0
}

/** What was typed, as a value of the input; null if it is none.
 * @param {InputSpec} input @param {string} text @param {Json} before @returns {Value | null} */
export function typed(input, text, before) {
  const value = calculate(text, asValue(input, before))
  return value === null ? null : settled(input, value)
}

/** Let it be typed. below: what lies under the row meanwhile.
 * @param {WidgetHand} hand @param {HTMLElement} [below]
 * @returns {{field: HTMLInputElement, frame: Frame}} */
export function openNumber(hand, below) {
  const {input, label, value} = hand.place
  const field = numberField(hand)
  const result = h("span", {class: "widget-unit", "aria-live": "polite"}, unitOf(input))
  const over = h("div", {class: "widget-row"},
    h("span", {class: "widget-name", "aria-hidden": true}, label), field, result)
  field.addEventListener("input", () => {
    const said = typed(input, field.value, value)
    field.toggleAttribute("aria-invalid", said === null)
    const plain = said === null || /^\s*[-+]?[\d.]*\s*$/.test(field.value)
    result.textContent = plain ? unitOf(input) : `= ${written(input, said)}`
  })
  const commit = () => {
    const said = typed(input, field.value, value)
    if (said !== null && said !== value) hand.set(said)
  }
  const frame = openFrame(hand, {over, below, focus: field, commit})
  field.addEventListener("keydown", event => numberKey(event, field, hand, frame))
  field.select()
  return {field, frame}
}

/** @param {WidgetHand} hand @returns {HTMLInputElement} */
function numberField({place: {input, label, value}}) {
  return h("input", {
    class: "widget-field", type: "text", autocomplete: "off", spellcheck: "false",
    "aria-label": label, value: written(input, value),
  })
}

/** Enter ends; the arrows go a step, with Shift ten.
 * @param {KeyboardEvent} event @param {HTMLInputElement} field @param {WidgetHand} hand
 * @param {Frame} frame */
export function numberKey(event, field, hand, frame) {
  if (event.isComposing) return
  const {input, value} = hand.place
  if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) return frame.done()
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return
  event.preventDefault()
  const steps = (event.key === "ArrowUp" ? 1 : -1) * (event.shiftKey ? 10 : 1)
  const now = typed(input, field.value, value) ?? asValue(input, value)
  field.value = written(input, stepped(input, now, steps))
  field.dispatchEvent(new Event("input", {bubbles: true}))
}
