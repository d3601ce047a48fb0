/** Colours of types: readable in both themes, the same for a name each time. */

import assert from "node:assert/strict"
import {test} from "node:test"
import {hexOf, lightnessOf, mixed, rgbOf} from "../../../web/view/colours.js"
import {colourOf, hueOf, isDark} from "../../../web/view/theme.js"

const DARK = {canvas: "#17171a", muted: "#9c9ca6", "type-MODEL": "#b9a4f0", font: "sans"}
const LIGHT = {...DARK, canvas: "#f3f2ef"}

test("OKLCH comes out as sRGB", () => {
  assert.equal(hexOf(1, 0, 0), "#ffffff")
  assert.equal(hexOf(0, 0, 0), "#000000")
  const [r, g, b] = rgbOf(hexOf(0.628, 0.2577, 29.23))
  assert.ok(r > 250 && g < 12 && b < 12)
})

test("a colour that no screen has is made greyer, not another hue", () => {
  assert.match(hexOf(0.78, 0.4, 200), /^#[0-9a-f]{6}$/)
})

test("types have the style's colours, others one from their name", () => {
  const colour = colourOf(DARK)
  assert.equal(colour("MODEL"), "#b9a4f0")
  assert.equal(colour("MODEL,CLIP"), "#b9a4f0")
  assert.equal(colour("*"), "#9c9ca6")
  assert.equal(colour("SAMPLER"), colour("GUIDER"))
  assert.notEqual(colour("GLIGEN"), colour("UPSCALE_MODEL"))
  assert.equal(colour("GLIGEN"), colourOf(DARK)("GLIGEN"))
})

test("hues of names hold 3 to 1 against the ground in both themes", () => {
  for (const [theme, ground] of [[DARK, "#222226"], [LIGHT, "#ffffff"]]) {
    for (const name of ["GLIGEN", "AUDIO", "VIDEO", "MESH", "STYLE_MODEL", "X", "Y", "Z"]) {
      assert.ok(contrast(colourOf(theme)(name), ground) > 3, `${name} ${colourOf(theme)(name)}`)
    }
  }
})

test("a theme is dark or light by its canvas", () => {
  assert.ok(isDark(DARK))
  assert.ok(!isDark(LIGHT))
})

test("mixing goes from one to the other", () => {
  assert.equal(mixed("#000000", "#ffffff", 0), "#000000")
  assert.equal(mixed("#000", "#fff", 1), "#ffffff")
  assert.equal(mixed("red", "#fff", 0.5), "red")
  assert.equal(Math.round(lightnessOf(mixed("#000000", "#ffffff", 0.5)) * 10), 5)
})

test("hues are spread over the circle", () => {
  const sectors = new Set(Array.from({length: 60}, (_, i) => Math.floor(hueOf(`TYPE_${i}`) / 45)))
  assert.equal(sectors.size, 8)
})

function contrast(one, other) {
  const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x)
  return (a + 0.05) / (b + 0.05)
}

function luminance(colour) {
  const [r, g, b] = rgbOf(colour).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

test("a colour said in OKLCH tells how light it is", () => {
  assert.equal(lightnessOf("oklch(0.68 0.13 200)"), 0.68)
})
