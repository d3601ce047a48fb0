// @ts-check
/** Arithmetic on colours: OKLCH to hex (Björn Ottosson, "A perceptual color space", 2020), mixing,
 * lightness. Pure. */

/** @param {number} lightness  0 to 1 @param {number} chroma @param {number} hue  degrees
 * @returns {string} "#rrggbb"; chroma is lowered until it can be shown */
export function hexOf(lightness, chroma, hue) {
  for (let c = chroma; c > 0; c -= 0.005) {
    const rgb = linear(lightness, c, hue)
    if (rgb.every((value) => value >= -0.0005 && value <= 1.0005)) return hex(rgb.map(encoded))
  }
  return hex(linear(lightness, 0, hue).map(encoded))
}

/** @param {number} lightness @param {number} chroma @param {number} hue @returns {number[]} */
function linear(lightness, chroma, hue) {
  const a = chroma * Math.cos(hue * Math.PI / 180)
  const b = chroma * Math.sin(hue * Math.PI / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}

/** @param {number} value  linear light @returns {number} sRGB, 0 to 1 */
function encoded(value) {
  const v = Math.min(1, Math.max(0, value))
  return v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055
}

/** @param {number[]} rgb  0 to 1 @returns {string} */
function hex(rgb) {
  return `#${rgb.map((v) => Math.round(v * 255).toString(16).padStart(2, "0")).join("")}`
}

/** @param {string} colour  "#rgb", "#rrggbb" or "#rrggbbaa"
 * @returns {[number, number, number] | null} */
export function rgbOf(colour) {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour)
  if (short) return [17 * num(short[1]), 17 * num(short[2]), 17 * num(short[3])]
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})?$/i.exec(colour)
  return long ? [num(long[1]), num(long[2]), num(long[3])] : null
}

/** @param {string} digits @returns {number} */
function num(digits) {
  return parseInt(digits, 16)
}

/** A colour with `share` of another in it; the first as it is if either is not in hex.
 * @param {string} one @param {string} other @param {number} share  0 to 1 @returns {string} */
export function mixed(one, other, share) {
  const a = rgbOf(one)
  const b = rgbOf(other)
  if (!a || !b) return one
  return hex(a.map((value, i) => (value + (b[i] - value) * share) / 255))
}

/** How light a colour looks, 0 to 1; 0 if it is neither in hex nor in OKLCH.
 * @param {string} colour @returns {number} */
export function lightnessOf(colour) {
  const said = /^oklch\(([\d.]+)/.exec(colour)
  if (said) return Number(said[1])
  const rgb = rgbOf(colour)
  return rgb ? (0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]) / 255 : 0
}
