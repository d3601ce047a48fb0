// @ts-check
import assert from "node:assert/strict"
import {test} from "node:test"
import {
  area, boxAround, dabs, falloff, Patches, withEdge,
} from "../../../web/widgets/mask_shapes.js"

/** @param {string[]} rows `#` is masked */
const alphaOf = rows => Uint8ClampedArray.from(rows.join(""), sign => sign === "#" ? 255 : 0)

test("dabs lie at equal distances, the rest of a line is left for the next", () => {
  assert.deepEqual(dabs({x: 0, y: 0}, {x: 10, y: 0}, 4), [{x: 4, y: 0}, {x: 8, y: 0}])
  assert.deepEqual(dabs({x: 0, y: 0}, {x: 3, y: 4}, 5), [{x: 3, y: 4}])
  assert.deepEqual(dabs({x: 0, y: 0}, {x: 1, y: 0}, 4), [])
})

test("a hard dab is full to its edge, a soft one falls off from its middle", () => {
  assert.equal(falloff(0.99, 1), 1)
  assert.equal(falloff(1, 1), 0)
  assert.equal(falloff(0, 0), 1)
  assert.equal(falloff(0.5, 0), 0.5)
  assert.equal(falloff(0.4, 0.5), 1)
  assert.ok(falloff(0.9, 0.5) < falloff(0.6, 0.5))
})

test("a fill takes what the painted line encloses, and nothing beyond", () => {
  const alpha = alphaOf(["......", ".####.", ".#..#.", ".#..#.", ".####.", "......"])
  const {filled, box} = area(alpha, 6, {x: 2.5, y: 2.5})
  assert.equal(filled.reduce((sum, one) => sum + one, 0), 4)
  assert.deepEqual(box, {x: 2, y: 2, w: 2, h: 2})
})

test("a fill goes round corners, but not through a diagonal", () => {
  const snake = alphaOf([".#.", ".#.", "...", "#.#"])
  assert.equal(area(snake, 3, {x: 0, y: 0}).filled.reduce((sum, one) => sum + one, 0), 8)
  const diagonal = alphaOf(["..#", ".#.", "#.."])
  assert.equal(area(diagonal, 3, {x: 0, y: 0}).filled.reduce((sum, one) => sum + one, 0), 3)
})

test("a fill outside of the picture takes nothing", () => {
  assert.equal(area(alphaOf(["..", ".."]), 2, {x: 5, y: 0}).box, null)
})

test("a fill of a large area is quick", () => {
  const started = performance.now()
  const {box} = area(new Uint8ClampedArray(2048 * 2048), 2048, {x: 1000, y: 1000})
  assert.deepEqual(box, {x: 0, y: 0, w: 2048, h: 2048})
  assert.ok(performance.now() - started < 3000)
})

test("the box around a dab stays in the picture", () => {
  assert.deepEqual(boxAround({x: 2, y: 2}, 5, {w: 20, h: 20}), {x: 0, y: 0, w: 8, h: 8})
  assert.equal(boxAround({x: -20, y: 2}, 5, {w: 20, h: 20}), null)
})

test("what was there comes back, and goes again", () => {
  const patches = new Patches(), box = {x: 0, y: 0, w: 1, h: 1}
  let held = 1
  const swap = (/** @type {{alpha: Uint8ClampedArray}} */ {alpha}) => {
    const before = new Uint8ClampedArray([held])
    held = alpha[0]
    return before
  }
  patches.add({box, alpha: new Uint8ClampedArray([held])})
  held = 2
  assert.ok(patches.undo(swap))
  assert.equal(held, 1)
  assert.ok(patches.redo(swap))
  assert.equal(held, 2)
  assert.ok(!patches.redo(swap))
})

test("a new change forgets what was undone, and the oldest when there is no room", () => {
  const patches = new Patches(3), box = {x: 0, y: 0, w: 2, h: 1}
  const patch = () => ({box, alpha: new Uint8ClampedArray(2)})
  patches.add(patch())
  patches.undo(({alpha}) => alpha)
  assert.ok(patches.canRedo)
  patches.add(patch())
  assert.ok(!patches.canRedo)
  patches.add(patch())
  patches.undo(({alpha}) => alpha)
  assert.ok(!patches.canUndo)
})

test("a fill takes the soft edge beside it up to its ridge, and not what lies behind", () => {
  const alpha = Uint8ClampedArray.from([0, 0, 100, 180, 255, 200, 90, 0, 0])
  const {filled, box} = area(alpha, 9, {x: 0, y: 0})
  assert.ok(box)
  assert.deepEqual(withEdge(alpha, 9, filled, box), {x: 0, y: 0, w: 5, h: 1})
  assert.deepEqual([...filled], [1, 1, 1, 1, 1, 0, 0, 0, 0])
})

test("an edge does not go round to the next row", () => {
  const alpha = Uint8ClampedArray.from([0, 0, 0, 255, 255, 255])
  const {filled, box} = area(alpha, 3, {x: 2, y: 0})
  assert.ok(box)
  withEdge(alpha, 3, filled, box)
  assert.deepEqual([...filled], [1, 1, 1, 1, 1, 1])
  const rows = Uint8ClampedArray.from([255, 255, 0, 200, 255, 255])
  const right = area(rows, 3, {x: 2, y: 0})
  assert.ok(right.box)
  withEdge(rows, 3, right.filled, right.box)
  assert.equal(right.filled[3], 0)
})
