// @ts-check
/** A choice among options, often hundreds of files. Knows the list, and where pictures of models
 * and of inputs are asked for. */

/** @import {Api, InputSpec, Json, Widget, WidgetHand} from "../types.js" */
/** @import {ChoiceList} from "./choice_list.js" */
/** @import {Option} from "./options.js" */
/** @import {Parts} from "./index.js" */
/** @typedef {typeof import("./choice_list.js")} Lists */
import {chipAt, chipOf, turnChip} from "./after.js"
import {openFrame} from "./frame.js"
import {areFiles, optionsOf, shortName} from "./options.js"
import {HEIGHT, paintRow} from "./paint.js"
import {later} from "../tools/later.js"

const LIST = later(() => import("./choice_list.js"))

/** @param {Parts} parts @returns {Widget} */
export function choiceWidget(parts) {
  return {
    height: () => HEIGHT,
    paint: (pen, place, marks) => {
      const value = titleOf(place.input, place.value), chip = chipOf(parts.t, place)
      const tone = marks.wrong ? pen.theme.bad : undefined
      paintRow(pen, place, marks, {value, tone, chip, chevron: true})
    },
    open: (hand, at) => {
      if (chipAt(parts, hand, at)) turnChip(parts.t, hand)
      else LIST(hand.app, list => openChoice(hand, parts, list))
    },
  }
}

/** @param {InputSpec} input @param {Json} value @returns {string} */
export function titleOf(input, value) {
  if (value === undefined || value === null) return ""
  return namesFiles(input) ? shortName(String(value)) : String(value)
}

/** @param {InputSpec} input @returns {boolean} */
function namesFiles({folder, options = []}) {
  return folder !== undefined || areFiles(options)
}

/** @param {WidgetHand} hand @param {Parts} parts @param {Lists} lists */
function openChoice(hand, parts, {ChoiceList}) {
  const {input, label, value} = hand.place
  const list = new ChoiceList({
    t: parts.t, label, chosen: value, tall: false, picture: () => "",
    options: optionsOf(input.options ?? [], namesFiles(input)),
    take: chosen => {
      if (chosen !== value) hand.set(chosen)
      frame.cancel()
    },
  })
  const frame = openFrame(hand, {below: list.element, focus: list.field, commit: () => {}})
  list.opened()
  frame.place()
  if (input.folder) withPictures(list, hand.app.api, input.folder)
}

/** Give the list the pictures of models, if the server has any.
 * @param {ChoiceList} list @param {Api} api @param {string} folder */
async function withPictures(list, api, folder) {
  /** @type {Map<string, string>} */
  const known = new Map()
  const path = `/experiment/models/${encodeURIComponent(folder)}`
  /** @type {{name: string, pathIndex: number, preview?: boolean}[]} */
  const files = await api.get(path).catch(() => [])
  for (const {name, pathIndex, preview} of files) {
    const place = [folder, String(pathIndex), ...name.split(/[\\/]/)].map(encodeURIComponent)
    if (preview) known.set(name, `/experiment/models/preview/${place.join("/")}`)
  }
  /** @param {Option} option */
  const picture = option => known.get(option.text) ?? ""
  if (known.size) list.give({tall: true, picture})
}
