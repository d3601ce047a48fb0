// @ts-check
/** The text area that lies over a painted prompt: the same lines, weights in colour, Ctrl+Up and
 * Ctrl+Down for weights, and offers of words and embeddings. Knows nothing of the canvas. */

/** @import {WidgetHand} from "../types.js" */
/** @import {Parts} from "./index.js" */
import {fill, h} from "../panels/dom.js"
import {openFrame} from "./frame.js"
import {Words} from "./complete.js"
import {OfferList, insert} from "./offers.js"
import {reweighted, weighted} from "./prompt.js"
import {WORDS} from "./words.js"

/** What was written, for all prompts of the page.
 * @type {Words | undefined} */
let known

/** @param {WidgetHand} hand @param {Parts} parts @param {number} caret where it stands at first */
export function openTextArea(hand, parts, caret) {
  const {place, app} = hand, before = typeof place.value === "string" ? place.value : ""
  const words = known ??= new Words(WORDS, parts.keep)
  const area = areaFor(hand, parts.t, before)
  const shade = h("div", {class: "widget-shade", "aria-hidden": true})
  const over = h("div", {class: "widget-text"}, shade, area)
  const offers = new OfferList(area, shade, parts, words, app.api)
  let said = before
  const commit = () => {
    if (area.value === said) return
    said = area.value
    words.learn(said)
    hand.set(said)
  }
  const colour = () => coloured(shade, area)
  area.addEventListener("input", event => {
    colour()
    offers.heard(/** @type {InputEvent} */ (event))
  })
  area.addEventListener("scroll", () => { shade.scrollTop = area.scrollTop })
  area.addEventListener("keydown", event => {
    if (!offers.pressed(event)) weigh(event, area, stepOf(hand))
  })
  colour()
  openFrame(hand, {over, loose: offers.element, focus: area, commit, cancel: commit,
    end: () => offers.close()})
  offers.close()
  area.setSelectionRange(caret, caret)
  if (caret === before.length) area.scrollTop = area.scrollHeight
}

/** @param {WidgetHand} hand @param {Parts["t"]} t @param {string} value */
function areaFor({place: {input, label}}, t, value) {
  return h("textarea", {
    class: "widget-area", spellcheck: "false", autocomplete: "off",
    "aria-label": label || t("widget.text"),
    placeholder: input.placeholder || label, value,
  })
}

/** Ctrl+Up makes what is selected heavier, Ctrl+Down lighter.
 * @param {KeyboardEvent} event @param {HTMLTextAreaElement} area @param {number} step */
function weigh(event, area, step) {
  const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.isComposing
  if (!command || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return
  event.preventDefault()
  const selection = {from: area.selectionStart, to: area.selectionEnd}
  const made = reweighted(area.value, selection, event.key === "ArrowUp" ? 1 : -1, step)
  if (!made) return
  insert(area, made.from, made.to, made.put)
  area.setSelectionRange(made.selection.from, made.selection.to)
}

/** How much a press adds, as the settings have it.
 * @param {WidgetHand} hand @returns {number} */
function stepOf({app}) {
  const step = Number(app.settings.get("Comfy.EditAttention.Delta"))
  return step > 0 && step <= 1 ? step : 0.05
}

/** Put the same text behind the area, with its weights in colour: an area has but one.
 * @param {HTMLElement} shade @param {HTMLTextAreaElement} area */
function coloured(shade, area) {
  const text = area.value
  /** @type {(Node | string)[]} */
  const parts = []
  let at = 0
  for (const {from, to} of weighted(text)) {
    parts.push(text.slice(at, from), h("span", {class: "widget-weight"}, text.slice(from, to)))
    at = to
  }
  fill(shade, [...parts, text.slice(at), "\u200b"]) // a last empty line has a height too
  shade.scrollTop = area.scrollTop
}
