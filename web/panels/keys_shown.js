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
  const between = onMac() ? "" : " "
  const named = keys.split(" ").map(stroke => partsOf(stroke).map(keysNamed).join(between))
  return h("span", {class: "keys"}, named.join(", "))
}

/** As caps of a keyboard. @param {string} keys @returns {HTMLElement} */
export function keyCaps(keys) {
  const caps = keys.split(" ").flatMap(partsOf).map(part => h("kbd", null, keysNamed(part)))
  return h("span", {class: "keys"}, caps)
}

/** "Ctrl++" is Ctrl and +. @param {string} stroke @returns {string[]} */
function partsOf(stroke) {
  const plus = stroke.endsWith("+")
  const parts = (plus ? stroke.slice(0, -1) : stroke).split("+").filter(Boolean)
  return plus ? [...parts, "+"] : parts
}
