// @ts-check
/** Keys as they are shown beside what they do. */

import {nameOfKeys} from "../tools/chords.js"
import {h} from "./dom.js"

/** Is this a Mac? Its keys have other names. @returns {boolean} */
export function onMac() {
  return /Mac|iPhone|iPad/.test(navigator.platform)
}

/** @param {string} keys @returns {string} */
export function keysNamed(keys) {
  return nameOfKeys(keys, onMac())
}

/** Plain, as in menus and on buttons. @param {string} keys @returns {HTMLElement} */
export function keysShown(keys) {
  return h("span", {class: "keys"}, keysNamed(keys))
}

/** As caps of a keyboard. @param {string} keys @returns {HTMLElement} */
export function keyCaps(keys) {
  const caps = keys.split(" ").flatMap(stroke => {
    const plus = stroke.endsWith("+")
    const parts = plus ? [...stroke.slice(0, -1).split("+"), "+"] : stroke.split("+")
    return parts.filter(Boolean).map(part => h("kbd", null, keysNamed(part)))
  })
  return h("span", {class: "keys"}, caps)
}
