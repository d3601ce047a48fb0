// @ts-check
/** New ids: eight random base32 letters, so that two people who are offline never make the same. */

const LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
const LENGTH = 8

/** An id that is not in `taken`.
 * @param {Object<string, unknown> | Set<string>} [taken] @returns {string} */
export function newId(taken = {}) {
  for (;;) {
    const id = letters()
    if (!(taken instanceof Set ? taken.has(id) : Object.hasOwn(taken, id))) return id
  }
}

/** @returns {string} */
function letters() {
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH))
  return Array.from(bytes, byte => LETTERS[byte & 31]).join("")
}
