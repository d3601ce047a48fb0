// @ts-check
/** The colour of a type, as CSS has it: the canvas finds the same one. */

import {hueOf} from "../view/theme.js"

const SAMPLING = new Set(["SAMPLER", "SIGMAS", "NOISE", "GUIDER"])

/** @param {string} type @returns {string} */
export function typeColour(type) {
  const [name] = type.split(",")
  if (name === "*") return "var(--muted)"
  const hue = hueOf(name)
  const word = SAMPLING.has(name) ? "sampling" : name.replaceAll(/[^\w-]/g, "_")
  return `var(--type-${word}, oklch(var(--type-lightness) var(--type-chroma) ${hue.toFixed(0)}))`
}
