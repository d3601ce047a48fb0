// @ts-check
/** New ids: eight random base32 letters, so that two people who are offline never make the same. */

const LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
const LENGTH = 8

/** Random bytes, fetched for many ids at once. */
const bytes = new Uint8Array(512 * LENGTH)
let used = bytes.length

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
  if (used === bytes.length) {
    crypto.getRandomValues(bytes)
    used = 0
  }
  let id = ""
  for (const end = used + LENGTH; used < end; used++) id += LETTERS[bytes[used] & 31]
  return id
}
