// @ts-check
/** How often a document was changed in place, so that what was worked out of it can tell its age.
 * Knows nothing of what a document is. */

/** @type {WeakMap<object, number>} */
const stamps = new WeakMap()

/** @param {object} document @returns {number} */
export function stampOf(document) {
  return stamps.get(document) ?? 0
}

/** The document has changed.
 * @param {object} document */
export function touch(document) {
  stamps.set(document, stampOf(document) + 1)
}
