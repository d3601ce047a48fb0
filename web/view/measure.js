// @ts-check
/** Widths of text, remembered: cutting with an ellipsis and breaking into lines. Knows a canvas
 * context only by its `font` and `measureText`. */
/** @import {Measure} from "../types.js" */

/** Texts remembered for a font before all are forgotten. */
const MOST = 30_000

/** Scripts written without spaces: a line may break between any two of their letters. */
const LETTERS = "\\u2e80-\\u9fff\\uac00-\\ud7af\\uf900-\\ufaff\\uff00-\\uffef"
const DENSE = new RegExp(`[${LETTERS}]`)
const PIECES = new RegExp(`[${LETTERS}]\\s*|[^${LETTERS}]+`, "g")

/** @param {{font: string, measureText: (text: string) => {width: number}}} context
 * @returns {Measure & {forget: () => void}}  forget: when fonts have arrived */
export function makeMeasure(context) {
  /** @type {Map<string, Map<string, number>>} */
  const fonts = new Map()

  /** @param {string} text @param {string} font @returns {number} */
  function width(text, font) {
    let known = fonts.get(font)
    if (!known) fonts.set(font, known = new Map())
    const had = known.get(text)
    if (had !== undefined) return had
    if (known.size >= MOST) known.clear()
    if (context.font !== font) context.font = font
    const found = context.measureText(text).width
    known.set(text, found)
    return found
  }

  return {...measureBy(width), forget: () => fonts.clear()}
}

/** A measure from widths alone.
 * @param {(text: string, font: string) => number} width @returns {Measure} */
export function measureBy(width) {
  return {
    width,
    cut: (text, font, room) => cut(width, text, font, room),
    wrap: (text, font, room, most) => wrap(width, text, font, room, most),
  }
}

/** @param {Measure["width"]} width @param {string} text @param {string} font @param {number} room
 * @returns {string} */
function cut(width, text, font, room) {
  if (room <= 0) return ""
  if (text.length < 400 && width(text, font) <= room) return text
  const letters = [...text.slice(0, 400)]
  const short = (/** @type {number} */ n) => `${letters.slice(0, n).join("")}…`
  const kept = longest(letters.length, (n) => fits(width, short(n), font, room))
  return kept ? `${letters.slice(0, kept).join("").trimEnd()}…` : ""
}

/** @param {Measure["width"]} width @param {string} text @param {string} font @param {number} room
 * @returns {boolean} */
function fits(width, text, font, room) {
  return width(text, font) <= room
}

/** The largest n of 0 to `most` for which `good` holds, where it holds for all that are smaller.
 * @param {number} most @param {(n: number) => boolean} good @returns {number} */
function longest(most, good) {
  let low = 0
  let high = most
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (good(middle)) low = middle
    else high = middle - 1
  }
  return low
}

/** @param {Measure["width"]} width @param {string} text @param {string} font @param {number} room
 * @param {number} most @returns {string[]} */
function wrap(width, text, font, room, most) {
  /** @type {string[]} */
  const lines = []
  for (const paragraph of text.split("\n")) {
    let line = ""
    for (const piece of pieces(paragraph)) {
      if (fits(width, (line + piece).trimEnd(), font, room)) {
        line += piece
        continue
      }
      if (line) lines.push(line)
      line = piece.trimStart()
      while (line && !fits(width, line.trimEnd(), font, room)) {
        const letters = [...line]
        const kept = Math.max(1, longest(
          letters.length,
          (n) => fits(width, letters.slice(0, n).join(""), font, room),
        ))
        if (kept >= letters.length) break
        lines.push(letters.slice(0, kept).join(""))
        line = letters.slice(kept).join("")
      }
      if (lines.length > most) return closed(width, lines, font, room, most)
    }
    lines.push(line)
    if (lines.length > most) return closed(width, lines, font, room, most)
  }
  return lines
}

/** Words with the spaces after them; dense letters each alone.
 * @param {string} paragraph @returns {string[]} */
function pieces(paragraph) {
  return (paragraph.match(/\S+\s*|\s+/g) ?? []).flatMap((word) => {
    if (!DENSE.test(word)) return [word]
    return word.match(PIECES) ?? [word]
  })
}

/** The lines that are left, with an ellipsis at the end.
 * @param {Measure["width"]} width @param {string[]} lines @param {string} font @param {number} room
 * @param {number} most @returns {string[]} */
function closed(width, lines, font, room, most) {
  const last = lines[most - 1].trimEnd()
  const short = cut(width, `${last}…`, font, room)
  return [...lines.slice(0, most - 1), short.endsWith("……") ? short.slice(0, -1) : short]
}
