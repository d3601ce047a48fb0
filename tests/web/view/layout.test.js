/** Where the parts of a node are. */

import assert from "node:assert/strict"
import {test} from "node:test"
import {NOTHING_SHOWN, extentOf, pictureCells, pictureOf, placed} from "../../../web/view/layout.js"
import {FOOTER, GAP, HEADER, PAD, ROW, WIDGET, fontsOf} from "../../../web/view/metrics.js"
import {SPECS, measure, widgetOf} from "./scenes.js"

const MEANS = {measure, fonts: fontsOf("sans"), widgetOf, t: (key, values) => values?.or ?? key}

function place(type, node = {}, shown = NOTHING_SHOWN, size) {
  const spec = {name: type, title: type, ...SPECS[type]}
  const own = {class_type: type, ...node}
  return placed("n", own, spec, {x: 100, y: 50}, new Set([0]), shown, MEANS, size)
}

test("rows of sockets lie under the header, widgets under them", () => {
  const {sockets, widgets, box} = place("Sample")
  const model = sockets.find(({name}) => name === "model")
  assert.equal(model.x, box.x)
  assert.equal(model.y, 50 + HEADER + 6 + ROW / 2)
  assert.equal(sockets.find(({name}) => name === "words").y, model.y + ROW)
  assert.equal(sockets.find(({side}) => side === "out").x, box.x + box.w)
  assert.equal(widgets[0].box.y, 50 + HEADER + 6 + 2 * ROW + 6)
  assert.equal(box.h, HEADER + 6 + 2 * ROW + 6 + WIDGET + PAD)
})

test("a widget has a socket at its own middle", () => {
  const {sockets, widgets} = place("Sample")
  const steps = sockets.find(({name}) => name === "steps")
  assert.ok(steps.widget)
  assert.equal(steps.y, widgets[0].box.y + WIDGET / 2)
  assert.equal(steps.index, 2)
})

test("a widget shows its value, else the default, else what lies under a link", () => {
  const shows = (node) => place("Sample", node).widgets[0]
  assert.equal(shows({inputs: {steps: 7}}).value, 7)
  assert.equal(shows({}).value, 20)
  const linked = shows({inputs: {steps: ["x", 0]}, under: {steps: 9}})
  assert.equal(linked.value, 9)
  assert.ok(linked.linked)
})

test("a socket's name in capitals is read in small letters", () => {
  assert.equal(place("Load").sockets.find(({side}) => side === "out").label, "model")
})

test("what is over of a node's height goes to its text", () => {
  const small = place("Prompt")
  const tall = place("Prompt", {look: {size: [300, small.box.h + 90]}})
  assert.equal(tall.box.w, 300)
  assert.equal(tall.box.h, small.box.h + 90)
  assert.equal(tall.widgets[0].box.h, small.widgets[0].box.h + 90)
})

test("a size that is too small is not kept to", () => {
  const {box} = place("Sample", {look: {size: [10, 10]}})
  assert.ok(box.w >= 120 && box.h > 100)
})

test("a node that is resized is laid out for the hand's size", () => {
  const {box} = place("Prompt", {look: {size: [300, 200]}}, NOTHING_SHOWN, {w: 400, h: 260})
  assert.deepEqual([box.w, box.h], [400, 260])
})

test("pictures keep their shape and reach to both sides", () => {
  const shown = {...NOTHING_SHOWN, pictures: ["/a"], aspect: 2, footer: true}
  const {picture, footer, box} = place("Save", {}, shown)
  assert.equal(picture.w, box.w - 2 * PAD)
  assert.ok(Math.abs(picture.w / picture.h - 2) < 0.02)
  assert.equal(footer.y, picture.y + picture.h)
  assert.equal(box.y + box.h, footer.y + FOOTER)
})

test("several pictures make a grid within their box", () => {
  const cells = pictureCells({x: 0, y: 0, w: 204, h: 100}, 3)
  assert.deepEqual(cells.map(({x, y}) => [x, y]), [[0, 0], [104, 0], [0, 52]])
  assert.equal(cells[0].w, (204 - GAP) / 2)
})

test("a collapsed node is its header with the sockets in use, each at its own height", () => {
  const node = {inputs: {model: ["a", 0], words: ["b", 0]}, look: {collapsed: true}}
  const {box, sockets, widgets} = place("Sample", node)
  assert.equal(box.h, HEADER)
  assert.equal(widgets.length, 0)
  assert.deepEqual(sockets.map(({name}) => name), ["model", "words", "IMAGE"])
  assert.equal(new Set(sockets.filter(({side}) => side === "in").map(({y}) => y)).size, 2)
  for (const {y} of sockets) assert.ok(y > box.y && y < box.y + box.h)
})

test("the sentence of a fault stands under the node, not in it", () => {
  const shown = {...NOTHING_SHOWN, fault: "It failed. Make the picture smaller."}
  const {box, fault} = place("Save", {}, shown)
  assert.ok(fault.box.y >= box.y + box.h)
  assert.ok(extentOf({box, fault}).h > box.h)
})

test("a picture's name tells its folder and its kind", () => {
  const picture = {filename: "c.png", subfolder: "a/b", type: "output"}
  assert.deepEqual(pictureOf("a/b/c.png [output]"), picture)
  assert.deepEqual(pictureOf("c.png"), {filename: "c.png", subfolder: "", type: "input"})
  assert.equal(pictureOf(""), null)
})
