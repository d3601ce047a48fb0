// @ts-check
/** A colour, held as `#rrggbb` or as one number: a swatch on the canvas, the browser's own picker
 * and a field of text while it is edited. */

/** @import {InputSpec, Json, Pen, Widget, WidgetHand, WidgetPlace} from "../types.js" */
import {h} from "../panels/dom.js"
import {openFrame} from "./frame.js"
import {HEIGHT, outline, PAD, paintRow} from "./paint.js"

const SWATCH = 14
/** @typedef {import("./index.js").Parts} Parts */

/** @param {Parts} parts @returns {Widget} */
export function colourWidget(parts) {
  return {
    height: () => HEIGHT,
    paint: (pen, place, marks) => {
      paintRow(pen, place, marks, {value: hexOf(place.value), tail: SWATCH + 7})
      if (!place.linked) paintSwatch(pen, place)
    },
    open: hand => openColour(hand, parts),
  }
}

/** A colour as text; black if it is none.
 * @param {Json} value @returns {string} "#rrggbb" */
export function hexOf(value) {
  if (typeof value === "number" || typeof value === "bigint") {
    const number = Math.min(0xffffff, Math.max(0, Number(value)))
    return `#${Math.round(number).toString(16).padStart(6, "0")}`
  }
  return read(String(value ?? "")) ?? "#000000"
}

/** What was typed, as a colour: `#abc`, `abcdef`, `12, 34, 56` or `rgb(...)`; null if it is none.
 * @param {string} text @returns {string | null} "#rrggbb" */
export function read(text) {
  const plain = text.trim().toLowerCase()
  const hex = /^#?([\da-f]{3}|[\da-f]{6})(?:[\da-f]{2})?$/.exec(plain)?.[1]
  if (hex) return `#${hex.length === 3 ? [...hex].map(digit => digit + digit).join("") : hex}`
  const three = /^(?:rgba?\()?\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:[\s,/]+[\d.]+%?)?\s*\)?$/.exec(plain)
  const parts = three?.slice(1, 4).map(Number)
  if (!parts || parts.some(part => part > 255)) return null
  return `#${parts.map(part => part.toString(16).padStart(2, "0")).join("")}`
}

/** The colour in the form that the input holds.
 * @param {InputSpec} input @param {string} hex @returns {string | number} */
export function held(input, hex) {
  return input.type === "INT" || input.type === "FLOAT" ? parseInt(hex.slice(1), 16) : hex
}

/** @param {Pen} pen @param {WidgetPlace} place */
function paintSwatch(pen, {box, value}) {
  const swatch = {
    x: box.x + box.w - PAD - SWATCH, y: box.y + (HEIGHT - SWATCH) / 2, w: SWATCH, h: SWATCH,
  }
  pen.ctx.beginPath()
  pen.ctx.roundRect(swatch.x, swatch.y, SWATCH, SWATCH, 4)
  pen.ctx.fillStyle = hexOf(value)
  pen.ctx.fill()
  outline(pen, swatch, pen.theme["line-strong"], 4)
}

/** @param {WidgetHand} hand @param {Parts} parts */
function openColour(hand, {t}) {
  const {input, label, value} = hand.place, before = hexOf(value)
  const field = h("input", {class: "widget-field", type: "text", autocomplete: "off",
    spellcheck: "false", "aria-label": label, value: before})
  const picker = h("input", {class: "colour-picker", type: "color", value: before,
    "aria-label": t("widget.pickColour", {name: label})})
  const over = h("div", {class: "widget-row"},
    h("span", {class: "widget-name", "aria-hidden": true}, label), field, picker)
  field.addEventListener("input", () => {
    const said = read(field.value)
    field.toggleAttribute("aria-invalid", said === null)
    if (said) picker.value = said
  })
  picker.addEventListener("input", () => {
    field.value = picker.value
    hand.show(held(input, picker.value))
  })
  const commit = () => {
    const said = read(field.value)
    if (said !== null && said !== before) hand.set(held(input, said))
    else hand.show(value)
  }
  const frame = openFrame(hand, {over, focus: field, commit})
  field.addEventListener("keydown", event => {
    if (event.key === "Enter" && !event.isComposing) frame.done()
  })
  field.select()
}
