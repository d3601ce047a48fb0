// @ts-check
/** Finds things by a few letters of their names. Pure: knows nothing of what is found. */

/** Where letters of a search were found. score: larger is better; at: indices of the letters.
 * @typedef {{score: number, at: number[]}} Found */

const START = 12  // of a word
const NEXT = 8    // right behind the letter before
const WHOLE = 40  // the search is the text
const FAR = 0.4   // lost for each letter between

/** How well a search fits a text; null if its letters aren't in it in that order. The words of the
 * search may stand in any order.
 * @param {string} search @param {string} text @returns {Found | null} */
export function fuzzy(search, text) {
  const words = search.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const lower = text.toLowerCase()
  /** @type {Set<number>} */
  const at = new Set()
  let score = words.join(" ") === lower ? WHOLE : 0
  for (const word of words) {
    const found = best(word, text, lower)
    if (!found) return null
    score += found.score
    for (const index of found.at) at.add(index)
  }
  return {score: score - text.length * 0.05, at: [...at].sort((a, b) => a - b)}
}

/** The best of the places where a word can begin.
 * @param {string} word @param {string} text @param {string} lower @returns {Found | null} */
function best(word, text, lower) {
  /** @type {Found | null} */
  let found = null
  for (let from = lower.indexOf(word[0]); from >= 0; from = lower.indexOf(word[0], from + 1)) {
    const here = match(word, text, lower, from)
    if (!here) break
    if (!found || here.score > found.score) found = here
  }
  return found
}

/** @param {string} word @param {string} text @param {string} lower @param {number} from
 * @returns {Found | null} */
function match(word, text, lower, from) {
  const at = [from]
  let score = beginsWord(text, from) ? START : 0
  for (const letter of word.slice(1)) {
    const before = at[at.length - 1]
    const next = nextOf(letter, text, lower, before)
    if (next < 0) return null
    const starts = beginsWord(text, next)
    score += next === before + 1 ? NEXT : (starts ? START / 2 : 0) - (next - before) * FAR
    at.push(next)
  }
  return {score: score - from * 0.1, at}
}

/** The letter right behind, else at the start of a later word, else anywhere.
 * @param {string} letter @param {string} text @param {string} lower @param {number} before
 * @returns {number} */
function nextOf(letter, text, lower, before) {
  const first = lower.indexOf(letter, before + 1)
  if (first === before + 1) return first
  for (let at = first; at >= 0; at = lower.indexOf(letter, at + 1)) {
    if (beginsWord(text, at)) return at
  }
  return first
}

/** @param {string} text @param {number} at @returns {boolean} */
function beginsWord(text, at) {
  if (at === 0) return true
  const [before, here] = [text[at - 1], text[at]]
  if (!/[\p{L}\p{N}]/u.test(before)) return true
  return /\p{Lu}/u.test(here) && /\p{Ll}/u.test(before)
}

/** Things that fit, the best first. Each has several names, of which the first weighs most;
 * `weight` adds to the score (how often it was used), and orders all if nothing is searched.
 * @template T @param {string} search @param {T[]} things
 * @param {(thing: T) => {names: string[], weight: number}} told
 * @returns {{thing: T, at: number[]}[]} at: letters of the first name */
export function ranked(search, things, told) {
  const found = things.flatMap((thing, order) => {
    const {names, weight} = told(thing)
    const fits = names.map((name, index) => ({found: fuzzy(search, name), index}))
    const best = fits.reduce((most, {found: one, index}) =>
      one && one.score - index * 4 > most ? one.score - index * 4 : most, -Infinity)
    if (best === -Infinity) return []
    return [{thing, order, score: (search.trim() ? best : 0) + weight, at: fits[0].found?.at ?? []}]
  })
  return found.sort((a, b) => b.score - a.score || a.order - b.order)
}
