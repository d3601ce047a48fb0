// @ts-check
/** Text, on one line or many. On the canvas it is painted with its weights in colour and at most
 * eight lines; while it is edited, a text area with the same font and lines lies over it. */

/** @import {InputSpec, Json, Measure, Pen, Point} from "../types.js" */
/** @import {Widget, WidgetHand, WidgetPlace} from "../types.js" */
/** @import {Parts} from "./index.js" */
/** @import {Line} from "./lines.js" */
/** @import {Marks} from "./paint.js" */
import {h} from "../panels/dom.js"
import {openFrame} from "./frame.js"
import {linesOf, partsOf, placeAt} from "./lines.js"
import {baseline, fontFor, fontOf, HEIGHT, PAD, paintRow, paintText, paintWell} from "./paint.js"
import {weighted} from "./prompt.js"
import {later} from "../tools/later.js"

const AREA = later(() => import("./text_area.js"))

export const LINE = 17 // from line to line, canvas units
export const ABOVE = 7 // and below the lines
const MOST = 8

/** @param {Parts} parts @returns {Widget} */
export function textWidget(parts) {
  const lines = remembered()
  return {
    height: ({input, value}, width, measure) => {
      if (!input.multiline || Array.isArray(value)) return HEIGHT
      const font = fontFor(parts.font())
      const count = lines(written(value), width - 2 * PAD, font, measure).length
      return 2 * ABOVE + LINE * Math.min(MOST, count + 1)
    },
    paint: (pen, place, marks) => {
      if (!place.input.multiline || place.linked) paintLine(pen, place, marks)
      else paintLines(pen, place, marks, lines)
    },
    open: (hand, at) => {
      if (!hand.place.input.multiline) openLine(hand, parts)
      else {
        const caret = caretAt(hand, at, fontFor(parts.font()), lines)
        AREA(hand.app, ({openTextArea}) => openTextArea(hand, parts, caret))
      }
    },
  }
}

/** Where in the text a press was; at its end for none.
 * @param {WidgetHand} hand @param {Point | null} at @param {string} font @param {Breaker} lines
 * @returns {number} */
function caretAt({place: {box, value}, app: {measure}}, at, font, lines) {
  const text = written(value)
  if (!at) return text.length
  const all = lines(text, box.w - 2 * PAD, font, measure), row = (at.y - box.y - ABOVE) / LINE
  return placeAt(text, all, at.x - box.x - PAD, row, part => measure.width(part, font))
}

/** @param {Json} value @returns {string} */
export function written(value) {
  return String(value ?? "")
}

/** @param {Pen} pen @param {WidgetPlace} place @param {Marks} marks */
function paintLine(pen, place, marks) {
  const text = written(place.value).replaceAll("\n", " ")
  const tone = text ? pen.theme.text : pen.theme.faint
  paintRow(pen, place, marks, {value: text || (place.input.placeholder ?? ""), tone})
}

/** @typedef {(text: string, width: number, font: string, measure: Measure) => Line[]} Breaker */

/** @param {Pen} pen @param {WidgetPlace} place @param {Marks} marks @param {Breaker} lines */
function paintLines(pen, place, marks, lines) {
  const {box, input, label} = place
  paintWell(pen, box, marks)
  if (pen.detail < 1) return
  const font = fontOf(pen), text = written(place.value), shown = text || input.placeholder || label
  const all = lines(shown, box.w - 2 * PAD, font, pen.measure)
  const room = Math.max(1, Math.floor((box.h - 2 * ABOVE) / LINE))
  const spans = text ? weighted(text) : []
  all.slice(0, room).forEach((line, index) => {
    const y = box.y + ABOVE + index * LINE
    const words = shown.slice(line.from, line.to)
    if (pen.detail < 2) return paintBar(pen, words, box.x + PAD, y, Boolean(text))
    const last = index === room - 1 && all.length > room
    paintSpans(pen, shown, last ? cut(pen, shown, line, box.w - 2 * PAD) : line, spans, box.x + PAD,
      baseline(pen, font, y, LINE), text ? pen.theme.text : pen.theme.faint, last ? "…" : "")
  })
}

/** The part of the last line that leaves room for an ellipsis.
 * @param {Pen} pen @param {string} text @param {Line} line @param {number} width @returns {Line} */
function cut(pen, text, line, width) {
  const font = fontOf(pen), room = width - pen.measure.width("… ", font)
  let {to} = line
  while (to > line.from && pen.measure.width(text.slice(line.from, to), font) > room) to--
  return {from: line.from, to}
}

/** @param {Pen} pen @param {string} text @param {Line} line
 * @param {{from: number, to: number}[]} spans @param {number} x @param {number} y
 * @param {string} tone @param {string} end put after it */
function paintSpans(pen, text, line, spans, x, y, tone, end) {
  const font = fontOf(pen)
  for (const part of partsOf(line, spans)) {
    const before = text.slice(line.from, part.from), words = text.slice(part.from, part.to)
    const colour = part.span ? pen.colour("CONDITIONING") : tone
    paintText(pen, words, font, colour, x + pen.measure.width(before, font), y)
  }
  const ends = x + pen.measure.width(text.slice(line.from, line.to).trimEnd(), font)
  paintText(pen, end, font, pen.theme.faint, ends, y)
}

/** @param {Pen} pen @param {string} words @param {number} x @param {number} y
 * @param {boolean} strong whether it stands for a text that was written */
function paintBar(pen, words, x, y, strong) {
  pen.ctx.fillStyle = pen.theme[strong ? "line-strong" : "line"]
  const w = pen.measure.width(words.trimEnd(), fontOf(pen))
  if (w) pen.ctx.fillRect(x, y + LINE / 2 - 2, w, 4)
}

/** Lines of the texts that were broken last.
 * @returns {Breaker} */
function remembered() {
  /** @type {Map<string, Line[]>} */
  const known = new Map()
  return (text, width, font, measure) => {
    const key = `${width}|${font}|${text}`
    let found = known.get(key)
    if (!found) {
      found = linesOf(text, width, part => measure.width(part, font))
      if (known.size >= 400) known.delete(known.keys().next().value ?? "")
      known.set(key, found)
    }
    return found
  }
}

/** @param {WidgetHand} hand @param {Parts} parts */
function openLine(hand, {t}) {
  const {input, label, value} = hand.place
  const field = fieldFor(input, label || t("widget.text"), written(value))
  const over = h("div", {class: "widget-row"},
    h("span", {class: "widget-name", "aria-hidden": true}, label), field)
  const commit = () => {
    if (field.value !== written(value)) hand.set(field.value)
  }
  const frame = openFrame(hand, {over, focus: field, commit})
  field.addEventListener("keydown", event => {
    const command = event.ctrlKey || event.metaKey
    if (event.key === "Enter" && !event.isComposing && !command) frame.done()
  })
  field.select()
}

/** @param {InputSpec} input @param {string} label @param {string} value */
function fieldFor({placeholder}, label, value) {
  return h("input", {
    class: "widget-field", type: "text", autocomplete: "off", spellcheck: "false",
    placeholder, "aria-label": label, value,
  })
}
