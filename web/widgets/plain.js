// @ts-check
/** A value that no other widget knows, as JSON. */

/** @import {Json, Widget, WidgetHand} from "../types.js" */
/** @import {Parts} from "./index.js" */
import {h} from "../panels/dom.js"
import {openFrame} from "./frame.js"
import {HEIGHT, paintRow} from "./paint.js"

/** @param {Parts} parts @returns {Widget} */
export function plainWidget(parts) {
  return {
    height: () => HEIGHT,
    paint: (pen, place, marks) => {
      const text = shortOf(parts, place.value)
      paintRow(pen, place, marks, {value: text, tone: text ? undefined : pen.theme.faint})
    },
    open: hand => openPlain(hand, parts),
  }
}

/** @param {Parts} parts @param {Json} value @returns {string} a text as it is, all else as JSON */
function shortOf({stringify}, value) {
  if (value === undefined || value === null) return ""
  return typeof value === "string" ? value.replaceAll("\n", " ") : stringify(value).slice(0, 200)
}

/** @param {WidgetHand} hand @param {Parts} parts */
function openPlain(hand, {t, parse, stringify}) {
  const {label, value} = hand.place
  const isText = typeof value === "string"
  const before = value === undefined ? "" : isText ? value : stringify(value, 2)
  const area = h("textarea", {class: "plain-area", spellcheck: "false", "aria-label": label,
    value: before, rows: Math.min(16, Math.max(3, before.split("\n").length + 1))})
  const wrong = h("div", {class: "plain-wrong", role: "alert"})
  const below = h("div", {class: "widget-popover plain"}, area, wrong)
  area.addEventListener("input", () => {
    const bad = !isText && readAs(parse, area.value) === undefined
    wrong.textContent = bad ? t("widget.notJson") : ""
    area.toggleAttribute("aria-invalid", bad)
  })
  const commit = () => {
    if (area.value === before) return
    const said = isText ? area.value : readAs(parse, area.value)
    if (said !== undefined) hand.set(said)
  }
  openFrame(hand, {below, focus: area, commit})
}

/** @param {(text: string) => Json} parse @param {string} text @returns {Json} undefined: no JSON */
function readAs(parse, text) {
  try {
    return text.trim() === "" ? null : parse(text)
  } catch {
    return undefined
  }
}
