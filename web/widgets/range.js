// @ts-check
/** What a number may be: its range, its steps, how it is written, and where it stands between its
 * ends. Pure: knows nothing of how it is drawn or typed. */

/** @import {InputSpec, Json} from "../types.js" */
/** @typedef {number | bigint} Value */

/** Whether the input takes whole numbers only.
 * @param {InputSpec} input @returns {boolean} */
export function isWhole(input) {
  return input.type !== "FLOAT" && !input.type.split(",").includes("FLOAT")
}

/** The nearest value that the input takes. Steps count from the least value, as ComfyUI's do.
 * @param {InputSpec} input @param {Value} value @returns {Value} */
export function settled(input, value) {
  return isWhole(input) ? settledWhole(input, value) : settledReal(input, Number(value))
}

/** @param {InputSpec} input @param {Value} value @returns {Value} */
function settledWhole(input, value) {
  let exact = typeof value === "bigint" ? value : BigInt(Math.round(finite(value)))
  const step = BigInt(Math.max(1, Math.round(input.step ?? 1)))
  const least = input.min === undefined ? 0n : BigInt(whole(input.min))
  if (step > 1n) exact = nearest(exact - least, step) + least
  const most = input.max === undefined ? null : BigInt(whole(input.max))
  if (most !== null && exact > most) exact = below(most, least, step)
  if (input.min !== undefined && exact < input.min) exact = least
  return small(exact)
}

/** The largest value up to `most` that is on a step.
 * @param {bigint} most @param {bigint} least @param {bigint} step @returns {bigint} */
function below(most, least, step) {
  const over = (most - least) % step
  return over > 0n ? most - over : most
}

/** @param {bigint} value @param {bigint} step @returns {bigint} */
function nearest(value, step) {
  const over = ((value % step) + step) % step
  return over * 2n >= step ? value - over + step : value - over
}

/** @param {InputSpec} input @param {number} value @returns {number} */
function settledReal(input, value) {
  const {round} = input
  let real = finite(value)
  if (round) real = trimmed(Math.round(real / round) * round, decimalsOf(round))
  if (input.max !== undefined) real = Math.min(real, Number(input.max))
  if (input.min !== undefined) real = Math.max(real, Number(input.min))
  return real
}

/** @param {number} value @returns {number} */
function finite(value) {
  return Number.isFinite(value) ? value : 0
}

/** @param {Value} value @returns {Value} */
function whole(value) {
  return typeof value === "bigint" ? value : Math.round(value)
}

/** A whole number as JSON keeps it: a bigint only where a number would lose digits.
 * @param {bigint} value @returns {Value} */
export function small(value) {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** The value some steps on.
 * @param {InputSpec} input @param {Value} value @param {number} steps @returns {Value} */
export function stepped(input, value, steps) {
  const step = stepOf(input)
  if (isWhole(input)) {
    const exact = typeof value === "bigint" ? value : BigInt(Math.round(finite(value)))
    return settled(input, exact + BigInt(Math.round(steps)) * BigInt(Math.max(1, Math.round(step))))
  }
  const decimals = Math.max(decimalsOf(step), decimalsOf(Number(value)))
  return settled(input, trimmed(Number(value) + Math.round(steps) * step, decimals))
}

/** @param {InputSpec} input @returns {number} */
export function stepOf(input) {
  return input.step || (isWhole(input) ? 1 : 0.01)
}

/** Decimals that a number is written with.
 * @param {number} value @returns {number} 0 to 10 */
export function decimalsOf(value) {
  if (!Number.isFinite(value)) return 0
  const [digits, power] = String(value).split("e")
  const after = (digits.split(".")[1] ?? "").length - Number(power ?? 0)
  return Math.min(10, Math.max(0, after))
}

/** @param {number} value @param {number} decimals @returns {number} */
function trimmed(value, decimals) {
  return Number(value.toFixed(decimals))
}

/** How a value is written: at least the decimals of a step.
 * @param {InputSpec} input @param {Json} value @returns {string} */
export function written(input, value) {
  if (typeof value === "bigint") return String(value)
  if (typeof value !== "number") return value === undefined || value === null ? "" : String(value)
  if (isWhole(input) && Number.isInteger(value)) return String(value)
  if (Math.abs(value) >= 1e15) return String(value)
  const least = isWhole(input) ? 0 : Math.min(3, Math.max(1, decimalsOf(stepOf(input))))
  return value.toFixed(Math.max(least, decimalsOf(Number(value.toFixed(6)))))
}

/** The ends between which a value is shown. A wide range ends at some times the default, since
 * nobody's 20 steps should look like none of 10,000. Null: no ends worth showing.
 * @param {InputSpec} input @returns {{low: number, high: number} | null} */
export function endsOf(input) {
  if (input.min === undefined || input.max === undefined) return null
  const [min, max, usual] = [Number(input.min), Number(input.max), Number(input.fallback)]
  if (!(max > min) || input.control || unitOf(input)) return null
  if (input.slider || (max - min) / stepOf(input) <= 200) return {low: min, high: max}
  if (usual > 0 && max > usual * 10) return {low: Math.max(min, -usual * 5), high: usual * 5}
  return (max - min) / stepOf(input) <= 1000 ? {low: min, high: max} : null
}

/** Where a value stands between its ends.
 * @param {InputSpec} input @param {Json} value @returns {number | null} 0 to 1; null: no ends */
export function share(input, value) {
  const ends = endsOf(input)
  if (!ends || (typeof value !== "number" && typeof value !== "bigint")) return null
  return Math.min(1, Math.max(0, (Number(value) - ends.low) / (ends.high - ends.low)))
}

const PIXELS = /(^|_)(width|height|x|y|left|top|right|bottom)$/

/** The unit of an input, by its name: sizes and places are pixels.
 * @param {InputSpec} input @returns {string} "px" or "" */
export function unitOf(input) {
  return isWhole(input) && PIXELS.test(input.name) ? "px" : ""
}

/** The value after a drag: over the whole width of the widget where it has ends, else a step for
 * every few pixels. Shift is ten times finer, Ctrl ten times coarser.
 * @param {InputSpec} input @param {Value} start @param {number} dx screen pixels
 * @param {number} width of the widget, screen pixels
 * @param {{shift: boolean, ctrl: boolean}} keys @returns {Value} */
export function dragged(input, start, dx, width, keys) {
  const ends = endsOf(input), pace = keys.shift ? 0.1 : keys.ctrl ? 10 : 1
  const inSteps = ends ? (ends.high - ends.low) / stepOf(input) / Math.max(60, width) : 0.25
  return stepped(input, start, dx * pace * inSteps)
}
