// @ts-check
/** What happens to a value after a run, shown as a small chip in its row. Knows the four ways, and
 * a menu. */

/** @import {MenuItem, Point, Translate, WidgetHand, WidgetPlace} from "../types.js" */
/** @import {Parts} from "./index.js" */
import {chipWidth, PAD} from "./paint.js"

export const WAYS = ["fixed", "randomize", "increment", "decrement"]

/** The word in the chip; undefined where the input has none.
 * @param {Translate} t @param {WidgetPlace} place @returns {string | undefined} */
export function chipOf(t, {input, after, linked}) {
  if (!input.control || linked) return undefined
  return t(`widget.after.${WAYS.includes(after) ? after : WAYS[0]}`)
}

/** Whether a point is on the chip.
 * @param {Parts} parts @param {WidgetHand} hand @param {Point | null} at canvas units */
export function chipAt({t, font}, {place, app}, at) {
  const word = chipOf(t, place)
  if (word === undefined || !at) return false
  const width = chipWidth(app.measure.width, word, font())
  const right = place.box.x + place.box.w
  return at.x <= right && at.x >= right - PAD - width - 3
}

/** Let one of the four be chosen.
 * @param {Translate} t @param {WidgetHand} hand */
export function turnChip(t, hand) {
  const {left, top, width, height} = hand.screen()
  hand.app.ui.menu({x: left + width - 60, y: top + height}, waysOf(t, hand))
  hand.leave("stay")
}

/** @param {Translate} t @param {WidgetHand} hand @returns {MenuItem[]} */
function waysOf(t, hand) {
  return WAYS.map(way => ({
    title: t(`widget.after.${way}.long`),
    checked: way === (hand.place.after || "fixed"),
    run: () => hand.setAfter(way),
  }))
}
