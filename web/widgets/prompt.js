// @ts-check
/** Weights in a prompt as ComfyUI reads them: `(words:1.2)`, `(words)` is 1.1, brackets within
 * brackets multiply, `\(` is a plain bracket. Pure: texts and places in them. */

/** A part of a prompt between two places. @typedef {{from: number, to: number}} Span */

const STEP = 0.05
const PLAIN = 1.1 // the weight of brackets without a number
const ENDS = new Set(" .,\\/!?%^*;:{}=`~()\r\n\t，。、；：！？") // of a word
const WEIGHTED = /^\(([^]*):\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*\)$/

/** Where brackets open and close, the escaped ones left out.
 * @param {string} text @returns {Span[]} pairs in the order they close; `to` is after the end */
function pairs(text) {
  /** @type {number[]} */
  const open = []
  /** @type {Span[]} */
  const found = []
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\") at++
    else if (text[at] === "(") open.push(at)
    else if (text[at] === ")" && open.length) found.push({from: open.pop() ?? 0, to: at + 1})
  }
  return found
}

/** The outermost brackets, which are drawn in colour.
 * @param {string} text @returns {Span[]} in order, none in another */
export function weighted(text) {
  const all = pairs(text).sort((one, other) => one.from - other.from)
  /** @type {Span[]} */
  const outer = []
  for (const span of all) if (span.from >= (outer.at(-1)?.to ?? 0)) outer.push(span)
  return outer
}

/** Make what is selected, the brackets around the caret or the word there heavier or lighter.
 * @param {string} text @param {Span} selection @param {number} steps
 * @param {number} [step] how much a step adds
 * @returns {{text: string, selection: Span, from: number, to: number, put: string} | null}
 *   put: what stands now from `from` to the old `to`; null: there is no word */
export function reweighted(text, selection, steps, step = STEP) {
  const span = meant(text, selection)
  if (span.from === span.to) return null
  const put = heavier(text.slice(span.from, span.to), steps * step)
  const selected = {from: span.from, to: span.from + put.length}
  const made = text.slice(0, span.from) + put + text.slice(span.to)
  return {text: made, selection: selected, from: span.from, to: span.to, put}
}

/** What a hand means: its selection without spaces around, else the nearest brackets around the
 * caret, else the word there. Brackets just around it belong to it.
 * @param {string} text @param {Span} selection @returns {Span} */
function meant(text, {from, to}) {
  if (from === to) return around(text, from) ?? wordAt(text, from)
  const inner = text.slice(from, to)
  const start = from + inner.length - inner.trimStart().length
  const end = Math.max(start, from + inner.trimEnd().length)
  const wrapped = pairs(text).find(span => span.from === start - 1 && (span.to === end + 1
    || /^:\s*[\d.]+\s*\)$/.test(text.slice(end, span.to))))
  return wrapped ?? {from: start, to: end}
}

/** @param {string} text @param {number} at @returns {Span | undefined} */
function around(text, at) {
  return pairs(text).find(span => span.from < at && at < span.to)
}

/** The word at a place, hyphens and underscores in it.
 * @param {string} text @param {number} at @returns {Span} */
export function wordAt(text, at) {
  let from = at, to = at
  while (from > 0 && !ENDS.has(text[from - 1])) from--
  while (to < text.length && !ENDS.has(text[to])) to++
  return {from, to}
}

/** @param {string} part @param {number} more @returns {string} */
function heavier(part, more) {
  const match = WEIGHTED.exec(part)
  const whole = pairs(part).some(span => span.from === 0 && span.to === part.length)
  const [words, weight] = match && whole ? [match[1], Number(match[2])]
    : whole ? [part.slice(1, -1), PLAIN] : [part, 1]
  const now = Math.max(0, Number((weight + more).toFixed(4)))
  return now === 1 ? words : `(${words}:${now})`
}
