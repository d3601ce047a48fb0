// @ts-check
/** What the browser keeps for this page, if it has room: a full storage, or one that is forbidden,
 * costs what would have been remembered and nothing else. */

/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">} Room */

/** @param {() => Storage} storage  throws where the browser forbids it
 * @returns {Room} as a storage, but nothing in it throws */
export function roomIn(storage) {
  const trying = (/** @type {(found: Storage) => any} */ act, /** @type {any} */ otherwise) => {
    try {
      return act(storage())
    } catch {
      return otherwise
    }
  }
  return {
    getItem: key => trying(found => found.getItem(key), null),
    setItem: (key, text) => trying(found => found.setItem(key, text), undefined),
    removeItem: key => trying(found => found.removeItem(key), undefined),
    key: index => trying(found => found.key(index), null),
    get length() {
      return trying(found => found.length, 0)
    },
  }
}
