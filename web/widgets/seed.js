// @ts-check
/** A seed: its number, what happens to it after a run, dice, and the seeds it has had. */

/** @import {InputSpec, Widget, WidgetHand} from "../types.js" */
/** @import {Parts} from "./index.js" */
import {fill, h} from "../panels/dom.js"
import {icon} from "../icons/icons.js"
import {chipAt, chipOf, turnChip, WAYS} from "./after.js"
import {asValue, openNumber} from "./number.js"
import {HEIGHT, paintRow} from "./paint.js"
import {dragged, settled, written} from "./range.js"

const LARGEST = 2n ** 53n - 1n // every program reads a seed up to this exactly

/** @param {Parts} parts @returns {Widget} */
export function seedWidget(parts) {
  return {
    height: () => HEIGHT,
    paint: (pen, place, marks) => paintRow(pen, place, marks,
      {value: written(place.input, place.value), digits: true, chip: chipOf(parts.t, place)}),
    open: (hand, at) => {
      if (chipAt(parts, hand, at)) turnChip(parts.t, hand)
      else openSeed(hand, parts)
    },
    drag: (hand, start, dx, keys) =>
      dragged(hand.place.input, asValue(hand.place.input, start), dx, hand.screen().width, keys),
  }
}

/** A seed by chance, of those that the input takes.
 * @param {InputSpec} input @param {() => bigint} [chance] 64 bits @returns {number | bigint} */
export function thrown(input, chance = randomBits) {
  const least = BigInt(Math.max(0, Number(input.min ?? 0)))
  const most = input.max === undefined || input.max > LARGEST ? LARGEST : BigInt(input.max)
  return settled(input, least + chance() % (most - least + 1n))
}

/** @returns {bigint} */
function randomBits() {
  return crypto.getRandomValues(new BigUint64Array(1))[0]
}

/** @param {WidgetHand} hand @param {Parts} parts */
function openSeed(hand, parts) {
  const {input, value} = hand.place
  const below = h("div", {class: "widget-popover seed"})
  const {field, frame} = openNumber(hand, below)
  /** @param {number | bigint} chosen */
  const choose = chosen => {
    field.value = written(input, chosen)
    frame.done()
  }
  const dice = h("button", {type: "button", class: "seed-dice",
    onclick: () => choose(thrown(input))}, icon("dice"), parts.t("widget.dice"))
  fill(below, [dice, input.control ? waysFor(hand, parts, frame.done) : null,
    ...lastOnes(hand, parts, value, choose)])
  frame.place()
}

/** What happens after a run, one of four.
 * @param {WidgetHand} hand @param {Parts} parts @param {() => void} done */
function waysFor(hand, {t}, done) {
  const now = hand.place.after || "fixed"
  return h("div", {class: "seed-ways", role: "radiogroup", "aria-label": t("widget.after")},
    WAYS.map(way => h("button", {
      type: "button", role: "radio", "aria-checked": way === now, class: "seed-way",
      title: t(`widget.after.${way}.long`), onclick: () => {
        if (way !== now) hand.setAfter(way)
        done()
      },
    }, t(`widget.after.${way}`))))
}

/** @param {WidgetHand} hand @param {Parts} parts @param {import("../types.js").Json} value
 * @param {(chosen: number | bigint) => void} choose */
function lastOnes({app, node, place: {input}}, {t, seeds}, value, choose) {
  const known = seeds.of(app.store.name, app.session.where, node, input.name)
  const before = known.filter(seed => String(seed) !== String(value))
  if (!before.length) return []
  return [h("div", {class: "widget-heading"}, t("widget.lastSeeds")),
    h("div", {class: "seed-list"}, before.map(seed => h("button",
      {type: "button", class: "seed-last", onclick: () => choose(seed)}, String(seed))))]
}
