// @ts-check
/** The colours of the canvas: the page's CSS variables, and a hue for every type. Reads the page's
 * style once a theme; knows no node and no panel. */
/** @import {Theme} from "../types.js" */

import {hexOf, lightnessOf} from "./colours.js"

/** Types that share a colour, by the name under which the style has it. */
const SHARED = new Map([
  ["SAMPLER", "sampling"], ["SIGMAS", "sampling"], ["NOISE", "sampling"], ["GUIDER", "sampling"],
])

/** What a canvas needs when the style has no word for it.
 * @type {Theme} */
const PLAIN = {
  canvas: "#17171a", dots: "#303036", surface: "#222226", raised: "#2a2a2f", well: "#1b1b1e",
  line: "#36363c", "line-strong": "#47474f", text: "#ececee", muted: "#9c9ca6", faint: "#91919b",
  accent: "#ff6a3d", "on-accent": "#1d1206", good: "#7fcf8f", bad: "#ff7a70",
  font: "system-ui, sans-serif",
}

/** All custom properties that the page's style sheets name, as they count now.
 * @param {HTMLElement} [root] @returns {Theme} */
export function loadTheme(root = document.documentElement) {
  const style = getComputedStyle(root)
  /** @type {Theme} */
  const theme = {...PLAIN}
  for (const name of namesIn(document.styleSheets)) {
    const value = style.getPropertyValue(name).trim()
    if (value) theme[name.slice(2)] = value
  }
  return theme
}

/** @param {StyleSheetList} sheets @returns {Set<string>} */
function namesIn(sheets) {
  /** @type {Set<string>} */
  const names = new Set()
  for (const sheet of sheets) {
    for (const rule of rulesOf(sheet)) {
      if (!(rule instanceof CSSStyleRule) || !rule.selectorText.includes(":root")) continue
      for (const name of rule.style) if (name.startsWith("--")) names.add(name)
    }
  }
  return names
}

/** Rules, also those within media queries; none of a sheet that may not be read.
 * @param {CSSStyleSheet | CSSGroupingRule} sheet @returns {CSSRule[]} */
function rulesOf(sheet) {
  try {
    return [...sheet.cssRules].flatMap((rule) => (
      rule instanceof CSSGroupingRule && !(rule instanceof CSSStyleRule) ? rulesOf(rule) : [rule]
    ))
  } catch {
    return []
  }
}

/** The colour of a type, remembered.
 * @param {Theme} theme @returns {(type: string) => string} */
export function colourOf(theme) {
  /** @type {Map<string, string>} */
  const known = new Map()
  return (type) => {
    let colour = known.get(type)
    if (!colour) known.set(type, colour = found(theme, type))
    return colour
  }
}

/** Is this theme a dark one?
 * @param {Theme} theme @returns {boolean} */
export function isDark(theme) {
  return lightnessOf(theme.canvas) < 0.5
}

/** @param {Theme} theme @param {string} type @returns {string} */
function found(theme, type) {
  const [name] = type.split(",")
  const word = SHARED.get(name) ?? name
  const given = theme[`type-${word}`] ?? theme[`type-${word.toLowerCase()}`]
  if (given) return given
  if (name === "*") return theme.muted
  if (SHARED.has(name)) return toned(theme, 195)
  return toned(theme, hueOf(name))
}

/** A hue at the lightness and chroma that the theme's known types have.
 * @param {Theme} theme @param {number} hue  degrees @returns {string} */
function toned(theme, hue) {
  const [lightness, chroma] = isDark(theme) ? [0.78, 0.115] : [0.56, 0.14]
  return hexOf(
    Number(theme["type-lightness"]) || lightness, Number(theme["type-chroma"]) || chroma, hue,
  )
}

/** A hue from a name: FNV-1a, spread by the golden angle.
 * @param {string} name @returns {number} degrees */
export function hueOf(name) {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0
  }
  return (hash % 3600) / 10
}
