// @ts-check
/** What a hand types into a number: `512*2`, `(3+4)/2`, `2^10`. Whole numbers stay exact at any
 * size. Knows nothing of ranges. */

/** @typedef {number | bigint} Value  a bigint wherever the value is whole and exactly known */

const TOKEN = /\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(\*\*|[-+*/%^()]))/y
const MOST_BITS = 4096n // of a power: more is a slip of the hand, and would hold up the page

/** Work out a sum. Text that begins with `*`, `/` or `^` goes on from `before`.
 * @param {string} text @param {Value} [before] @returns {Value | null} null: it is not a sum */
export function calculate(text, before) {
  const tokens = tokensOf(plain(text))
  if (!tokens?.length) return null
  const goesOn = before !== undefined && ["*", "/", "^"].includes(/** @type {string} */ (tokens[0]))
  const reader = new Reader(goesOn ? [whole(before), ...tokens] : tokens)
  const value = reader.sum()
  if (value === null || !reader.done) return null
  return typeof value === "bigint" || Number.isFinite(value) ? value : null
}

/** Signs as other keyboards have them.
 * @param {string} text @returns {string} */
function plain(text) {
  return text.normalize("NFKC").replace(/[×✕]/g, "*").replace(/[÷]/g, "/").replace(/[−–]/g, "-")
}

/** @param {string} text @returns {(string | Value)[] | null} */
function tokensOf(text) {
  /** @type {(string | Value)[]} */
  const found = []
  const trimmed = text.trim()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed)
    if (!match) return null
    if (match[1] === undefined) found.push(match[2] === "**" ? "^" : match[2])
    else found.push(/^\d+$/.test(match[1]) ? BigInt(match[1]) : Number(match[1]))
  }
  return found
}

/** @param {Value} value @returns {Value} */
function whole(value) {
  return Number.isSafeInteger(value) ? BigInt(value) : value
}

/** Sums of products of powers, read from left to right. */
class Reader {
  #tokens
  #at = 0

  /** @param {(string | Value)[]} tokens */
  constructor(tokens) {
    this.#tokens = tokens
  }

  get done() {
    return this.#at === this.#tokens.length
  }

  /** @returns {Value | null} */
  sum() {
    return this.#chain("+-", () => this.#product())
  }

  /** @returns {Value | null} */
  #product() {
    return this.#chain("*/%", () => this.#signed())
  }

  /** @param {string} signs @param {() => Value | null} part @returns {Value | null} */
  #chain(signs, part) {
    let value = part()
    while (value !== null && !this.done && signs.includes(String(this.#tokens[this.#at]))) {
      const sign = String(this.#tokens[this.#at++])
      const next = part()
      value = next === null ? null : joined(sign, value, next)
    }
    return value
  }

  /** @returns {Value | null} */
  #signed() {
    const token = this.#tokens[this.#at]
    if (token !== "-" && token !== "+") return this.#power()
    this.#at++
    const value = this.#signed()
    return value === null || token === "+" ? value : -value
  }

  /** @returns {Value | null} */
  #power() {
    const base = this.#single()
    if (base === null || this.#tokens[this.#at] !== "^") return base
    this.#at++
    const exponent = this.#signed()
    return exponent === null ? null : raised(base, exponent)
  }

  /** @returns {Value | null} */
  #single() {
    const token = this.#tokens[this.#at++]
    if (typeof token === "number" || typeof token === "bigint") return token
    if (token !== "(") return null
    const value = this.sum()
    return this.#tokens[this.#at++] === ")" ? value : null
  }
}

/** @param {string} sign @param {Value} one @param {Value} other @returns {Value | null} */
function joined(sign, one, other) {
  if (typeof one === "bigint" && typeof other === "bigint") return exact(sign, one, other)
  const [a, b] = [Number(one), Number(other)]
  if (sign === "+") return a + b
  if (sign === "-") return a - b
  if (sign === "*") return a * b
  if (b === 0) return null
  return sign === "/" ? a / b : a - b * Math.floor(a / b)
}

/** @param {string} sign @param {bigint} one @param {bigint} other @returns {Value | null} */
function exact(sign, one, other) {
  if (sign === "+") return one + other
  if (sign === "-") return one - other
  if (sign === "*") return one * other
  if (other === 0n) return null
  if (sign === "/") return one % other ? Number(one) / Number(other) : one / other
  return ((one % other) + other) % other // the sign of the divisor, as Python has it
}

/** @param {Value} base @param {Value} exponent @returns {Value | null} */
function raised(base, exponent) {
  if (typeof base === "bigint" && typeof exponent === "bigint" && exponent >= 0n) {
    const bits = BigInt(base.toString(2).length) * exponent
    return bits > MOST_BITS ? null : base ** exponent
  }
  const value = Number(base) ** Number(exponent)
  return Number.isFinite(value) ? value : null
}
