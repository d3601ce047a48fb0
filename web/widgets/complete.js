// @ts-check
/** What a hand may be about to write: names of embeddings, and words that were written before.
 * Pure: texts and counts; where the counts are kept is handed in. */

import {parse, stringify} from "../net/json.js"

/** from, to: what is replaced. @typedef {{from: number, to: number, items: Item[]}} Offer */
/** put: what is written; title: what is shown; embedding: it is one.
 * @typedef {{put: string, title: string, embedding: boolean}} Item */
/** @typedef {Pick<Storage, "getItem" | "setItem">} Keep */

const MOST = 8 // offered at once
const KEPT = 2000 // phrases remembered
const KEY = "easel.words"
const PREFIX = "embedding:"
const SEPARATORS = /[,.;:()|{}\n，。；：（）]/
const LETTERS = /[\p{L}\p{N}_'-]+$/u

/** What fits to what stands before the caret.
 * @param {string} text @param {number} caret @param {string[]} embeddings
 * @param {(start: string, most: number) => string[]} words that begin so, the likeliest first
 * @returns {Offer | null} */
export function offered(text, caret, embeddings, words) {
  const before = text.slice(0, caret)
  const asked = /embedding:([^\s,()]*)$/.exec(before)
  if (asked) return embeddingsFor(asked[1], caret, asked[0].length, embeddings)
  if (/[\p{L}\p{N}]/u.test(text[caret] ?? "")) return null // in the middle of a word
  for (const start of startsOf(before)) {
    const items = itemsFor(start, embeddings, words)
    if (items.length) return {from: caret - start.length, to: caret, items}
  }
  return null
}

/** @param {string} start @param {number} caret @param {number} length @param {string[]} embeddings
 * @returns {Offer | null} */
function embeddingsFor(start, caret, length, embeddings) {
  const items = matching(embeddings, start, MOST).map(embeddingItem)
  const done = items.length === 1 && items[0].title === start
  return items.length && !done ? {from: caret - length, to: caret, items} : null
}

/** The phrase that is being written, and ever fewer of its last words.
 * @param {string} before @returns {string[]} the longer first; none too short to mean anything */
function startsOf(before) {
  const words = (before.split(SEPARATORS).at(-1) ?? "").trimStart().split(/ +/).slice(-5)
  const phrases = words.map((_, index) => words.slice(index).join(" "))
  const word = LETTERS.exec(before)?.[0] ?? ""
  return [...new Set([...phrases, word])].filter(start => start.length > (dense(start) ? 0 : 1))
}

/** @param {string} text */
function dense(text) {
  return /[\u3040-\u9fff]/.test(text)
}

/** @param {string} start @param {string[]} embeddings
 * @param {(start: string, most: number) => string[]} words @returns {Item[]} */
function itemsFor(start, embeddings, words) {
  const known = words(start, MOST).map(word => ({put: word, title: word, embedding: false}))
  const named = embeddings.filter(name => begins(baseOf(name), start)).slice(0, 3)
  return [...known, ...named.map(embeddingItem)].slice(0, MOST)
}

/** @param {string} name @returns {Item} */
function embeddingItem(name) {
  return {put: PREFIX + name, title: name, embedding: true}
}

/** Names that hold what was typed; those that begin with it first.
 * @param {string[]} names @param {string} part @param {number} most @returns {string[]} */
function matching(names, part, most) {
  const small = part.toLowerCase()
  const found = names.filter(name => name.toLowerCase().includes(small))
  const first = found.filter(name => begins(name, part) || begins(baseOf(name), part))
  return [...new Set([...first, ...found])].slice(0, most)
}

/** @param {string} text @param {string} start */
function begins(text, start) {
  return text.toLowerCase().startsWith(start.toLowerCase())
}

/** @param {string} name @returns {string} without its folders */
function baseOf(name) {
  return name.split(/[\\/]/).at(-1) ?? name
}

/** Phrases that were written, the words in them, and those that the shipped model knows. */
export class Words {
  /** @type {Map<string, number>} how often, by phrase; the last written at the end */
  #written
  #given

  /** @param {string[]} given @param {Keep} [keep] */
  constructor(given, keep) {
    this.#given = given
    this.keep = keep
    this.#written = read(keep?.getItem(KEY) ?? null)
  }

  /** Remember what a prompt says. @param {string} text */
  learn(text) {
    for (const phrase of phrasesOf(text)) {
      const count = (this.#written.get(phrase) ?? 0) + 1
      this.#written.delete(phrase)
      this.#written.set(phrase, count)
    }
    for (const phrase of this.#written.keys()) {
      if (this.#written.size <= KEPT) break
      this.#written.delete(phrase)
    }
    this.#save()
  }

  /** @param {string} start @param {number} most @returns {string[]} */
  beginningWith(start, most) {
    const written = [...this.#written].filter(([phrase]) => begins(phrase, start))
    written.sort((one, other) => other[1] - one[1])
    const given = this.#given.filter(word => begins(word, start))
    const all = [...written.map(([phrase]) => phrase), ...given]
    return [...new Set(all)].filter(word => word.length > start.length).slice(0, most)
  }

  #save() {
    this.keep?.setItem(KEY, stringify([...this.#written]))
  }
}

/** @param {string | null} text @returns {Map<string, number>} */
function read(text) {
  try {
    const pairs = parse(text ?? "[]")
    return new Map(pairs.filter(isCounted))
  } catch {
    return new Map()
  }
}

/** @param {any} pair @returns {boolean} */
function isCounted(pair) {
  return Array.isArray(pair) && typeof pair[0] === "string" && typeof pair[1] === "number"
}

/** Phrases between commas and brackets, without weights.
 * @param {string} text @returns {Set<string>} */
function phrasesOf(text) {
  const plain = text.replace(/\/\*[^]*?\*\//g, " ").replace(/:\s*[\d.]+\s*\)/g, ")")
  const parts = plain.split(SEPARATORS).map(part => part.replace(/\s+/g, " ").trim())
  return new Set(parts.filter(part => part.length > 2 && part.length <= 60 && !/^\d/.test(part)))
}
