// @ts-check
/** Breaks text into lines at the same places as a browser's text area does, and remembers where in
 * the text each line begins, so that parts can be coloured. Pure: knows widths by a function. */

/** One line. from, to: its place in the text, spaces at its end included.
 * @typedef {{from: number, to: number}} Line */

// What lines break at, as browsers have it (Unicode Standard Annex 14; Blink's table for ASCII).
// Dense scripts break between any two letters but for marks that may not begin or end a line.
const DENSE = new RegExp("[—…\\u2e80-\\u9fff\\uac00-\\ud7af\\uf900-\\ufaff\\ufe30-\\ufe4f"
  + "\\uff00-\\uff60\\uffe0-\\uffe6\\p{Extended_Pictographic}]", "u")
const OPENS = "([{“‘”’'（［｛「『【〈《〔〖〝" // no break after
const CLOSES = "!\"%'),-./:;?]|}“”‘’…·，。、．：；？！）］｝」』】〉》〕〗〟々" // nor before
const SOFT = "%),.:;]!|}#&*=>~+\\\"" // before an opening bracket only
const NOT_AFTER_HYPHEN = "!$),./:;?]}"
const NOT_AFTER_QUESTION = "!\"'),./:;?]}"
const HOLDS = "\"$+\\€￥" // to dense letters

/** @param {string} text @param {number} width @param {(text: string) => number} measure
 * @returns {Line[]} at least one */
export function linesOf(text, width, measure) {
  /** @type {Line[]} */
  const lines = []
  let from = 0
  for (const paragraph of text.split("\n")) {
    broken(paragraph, from, width, measure, lines)
    from += paragraph.length + 1
  }
  return lines
}

/** @param {string} text one paragraph @param {number} offset where it begins
 * @param {number} width @param {(text: string) => number} measure @param {Line[]} lines put here */
function broken(text, offset, width, measure, lines) {
  let start = 0
  for (const to of chunkEnds(text)) {
    const fits = () => measure(text.slice(start, to).trimEnd()) <= width
    if (fits()) continue
    const before = lastBreak(text, start, to)
    if (before > start) {
      lines.push({from: offset + start, to: offset + before})
      start = before
    }
    while (!fits()) { // one word wider than the line
      const kept = longest(text, start, to, width, measure)
      if (kept >= to) break
      lines.push({from: offset + start, to: offset + kept})
      start = kept
    }
  }
  lines.push({from: offset + start, to: offset + text.length})
}

/** Where a line may end, spaces after a word belonging to it.
 * @param {string} text @returns {number[]} */
function chunkEnds(text) {
  const ends = []
  for (let at = 1; at < text.length; at++) if (mayBreak(text, at)) ends.push(at)
  if (text) ends.push(text.length)
  return ends
}

/** The last place before `to` where a line may end; `start` for none.
 * @param {string} text @param {number} start @param {number} to @returns {number} */
function lastBreak(text, start, to) {
  for (let at = to - 1; at > start; at--) if (mayBreak(text, at)) return at
  return start
}

/** Whether a line may end before the letter at `at`.
 * @param {string} text @param {number} at @returns {boolean} */
function mayBreak(text, at) {
  if (/[\udc00-\udfff]/.test(text[at])) return false
  const after = letterAt(text, at), before = letterBefore(text, at)
  if (/\s/.test(after)) return false
  if (/\s/.test(before)) return true
  if (OPENS.includes(before)) return false
  if (before === "-") return afterHyphen(text[at - 2] ?? "", after)
  if (before === "?") return !NOT_AFTER_QUESTION.includes(after) && !isFullStop(after)
  if (CLOSES.includes(after)) return after === "%" && isFullStop(before)
  if (DENSE.test(before)) return true
  if (DENSE.test(after)) return !HOLDS.includes(before) || OPENS.includes(after) || after === "—"
  if (before === "/") return after > "\u00bf"
  return SOFT.includes(before) && "(<[{".includes(after)
}

/** @param {string} first what the hyphen stands after @param {string} after */
function afterHyphen(first, after) {
  if (/\d/.test(after)) return /[\da-z]/i.test(first)
  return !NOT_AFTER_HYPHEN.includes(after) && !isFullStop(after)
}

/** Marks of dense scripts that end something.
 * @param {string} letter */
function isFullStop(letter) {
  return letter > "\u2000" && CLOSES.includes(letter)
}

/** @param {string} text @param {number} at @returns {string} a pair of surrogates whole */
function letterAt(text, at) {
  return String.fromCodePoint(text.codePointAt(at) ?? 0)
}

/** @param {string} text @param {number} at @returns {string} */
function letterBefore(text, at) {
  const low = text.charCodeAt(at - 1), pair = low >= 0xdc00 && low < 0xe000
  return letterAt(text, pair && at > 1 ? at - 2 : at - 1)
}

/** How many letters of a word fit into a line, one at least.
 * @param {string} text @param {number} start @param {number} to @param {number} width
 * @param {(text: string) => number} measure @returns {number} */
function longest(text, start, to, width, measure) {
  let low = start + 1, high = to
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (measure(text.slice(start, middle)) <= width) low = middle
    else high = middle - 1
  }
  const code = text.charCodeAt(low - 1)
  return code >= 0xd800 && code < 0xdc00 && low < to ? low + 1 : low // a pair stays whole
}

/** The place in the text that is nearest to a point.
 * @param {string} text @param {Line[]} lines @param {number} x from the left end of the lines
 * @param {number} row which line, as a fraction @param {(text: string) => number} measure
 * @returns {number} */
export function placeAt(text, lines, x, row, measure) {
  const line = lines[Math.max(0, Math.min(lines.length - 1, Math.floor(row)))]
  let at = line.from, before = 0
  while (at < line.to) {
    const step = text.codePointAt(at) ?? 0
    const width = measure(text.slice(line.from, at + (step > 0xffff ? 2 : 1)))
    if ((before + width) / 2 > x) break
    before = width
    at += step > 0xffff ? 2 : 1
  }
  const hangs = at === line.to && /\s/.test(text[at - 1] ?? "") && at < text.length
  return hangs && at > line.from ? at - 1 : at
}

/** The parts of a line, by the spans that lie in it.
 * @template {{from: number, to: number}} S
 * @param {Line} line @param {S[]} spans in order, none in another
 * @returns {{from: number, to: number, span: S | null}[]} */
export function partsOf(line, spans) {
  const parts = []
  let at = line.from
  for (const span of spans) {
    const from = Math.max(at, span.from), to = Math.min(line.to, span.to)
    if (from >= to) continue
    if (from > at) parts.push({from: at, to: from, span: null})
    parts.push({from, to, span})
    at = to
  }
  if (at < line.to) parts.push({from: at, to: line.to, span: null})
  return parts
}
