// @ts-check
/** Amounts as a person reads them: seconds, sizes, times of day. Pure. */

/** @import {Translate} from "../types.js" */

/** "0.4 s", "12 s", "3:05 min". @param {number} seconds @param {Translate} t @returns {string} */
export function duration(seconds, t) {
  if (seconds < 9.95) return t("amount.seconds", {n: seconds.toFixed(1)})
  if (seconds < 99.5) return t("amount.seconds", {n: Math.round(seconds)})
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) {
    const left = Math.round(seconds)
    const rest = String(left % 60).padStart(2, "0")
    return t("amount.minutes", {n: `${Math.floor(left / 60)}:${rest}`})
  }
  const rest = String(minutes % 60).padStart(2, "0")
  return t("amount.hours", {n: `${Math.floor(minutes / 60)}:${rest}`})
}

/** "12 kB", "3.4 MB". @param {number} bytes @returns {string} */
export function size(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"]
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1)
  const amount = bytes / 1000 ** step
  return `${step && amount < 9.95 ? amount.toFixed(1) : Math.round(amount)} ${units[step]}`
}

/** When something was, seen from now: "just now", "5 min ago", "14:05", "3 May", "3 May 2024".
 * @param {number} time  milliseconds @param {number} now @param {Translate} t
 * @param {string} language @returns {string} */
export function moment(time, now, t, language) {
  const ago = now - time
  if (ago < 60_000) return t("amount.now")
  if (ago < 3_600_000) return t("amount.ago", {n: Math.floor(ago / 60_000)})
  const [then, today] = [new Date(time), new Date(now)]
  /** @type {Intl.DateTimeFormatOptions} */
  const clock = {hour: "2-digit", minute: "2-digit"}
  if (then.toDateString() === today.toDateString()) return then.toLocaleTimeString(language, clock)
  /** @type {Intl.DateTimeFormatOptions} */
  const day = {day: "numeric", month: "short"}
  if (then.getFullYear() !== today.getFullYear()) day.year = "numeric"
  return then.toLocaleDateString(language, day)
}
