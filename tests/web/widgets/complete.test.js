// @ts-check
import assert from "node:assert/strict"
import {test} from "node:test"
import {Words, offered} from "../../../web/widgets/complete.js"

const EMBEDDINGS = ["bad-hands", "easynegative", "sdxl/clean", "verybad"]
const words = new Words(["red apple", "red heart", "rocket", "红苹果"])

/** @param {string} marked `|`: the caret */
function offer(marked) {
  const caret = marked.indexOf("|")
  const found = offered(marked.replace("|", ""), caret, EMBEDDINGS,
    (start, most) => words.beginningWith(start, most))
  return found && found.items.map(item => item.put)
}

test("a phrase is completed from its beginning, else its last word", () => {
  assert.deepEqual(offer("a cat, red a|"), ["red apple"])
  assert.deepEqual(offer("a big ro|"), ["rocket"])
  assert.deepEqual(offer("one red a|"), ["red apple"])
  assert.deepEqual(offer("(re|"), ["red apple", "red heart"])
  assert.deepEqual(offer("红|"), ["红苹果"])
})

test("embeddings are offered after their prefix, those that begin so first", () => {
  assert.deepEqual(offer("a, embedding:bad|"), ["embedding:bad-hands", "embedding:verybad"])
  assert.deepEqual(offer("embedding:|")?.length, 4)
  assert.deepEqual(offer("embedding:cl|"), ["embedding:sdxl/clean"])
})

test("an embedding is found by its name alone", () => {
  assert.deepEqual(offer("easy|"), ["embedding:easynegative"])
})

test("nothing is offered for one letter, in a word, or when all is written", () => {
  assert.equal(offer("r|"), null)
  assert.equal(offer("ro|cket"), null)
  assert.equal(offer("rocket|"), null)
  assert.equal(offer("embedding:easynegative|"), null)
})

test("what was written before is offered, what was written often first", () => {
  const own = new Words(["rose"])
  own.learn("a robot, (rough sea:1.2)")
  own.learn("rough sea")
  assert.deepEqual(own.beginningWith("ro", 8), ["rough sea", "rose"])
  assert.deepEqual(own.beginningWith("a r", 8), ["a robot"])
})

test("words are kept between pages, and a damaged store is empty", () => {
  /** @type {Map<string, string>} */
  const store = new Map()
  const keep = {getItem: (/** @type {string} */ key) => store.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void store.set(key, value)}
  new Words([], keep).learn("white background")
  assert.deepEqual(new Words([], keep).beginningWith("wh", 8), ["white background"])
  store.set("easel.words", "{oops")
  assert.deepEqual(new Words([], keep).beginningWith("wh", 8), [])
})

test("no more than two thousand phrases are remembered, the newest ones", () => {
  const own = new Words([])
  for (let n = 0; n < 2100; n += 100) {
    own.learn(Array.from({length: 100}, (_, index) => `phrase ${n + index}`).join(","))
  }
  assert.deepEqual(own.beginningWith("phrase 2099", 8), [])
  assert.deepEqual(own.beginningWith("phrase 209", 20).length, 10)
  assert.deepEqual(own.beginningWith("phrase 5", 20).filter(one => one === "phrase 50"), [])
})
