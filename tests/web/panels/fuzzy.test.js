import assert from "node:assert/strict"
import {test} from "node:test"

import {fuzzy, ranked} from "../../../web/panels/fuzzy.js"

const names = ["Load checkpoint", "Load VAE", "KSampler", "SamplerCustomAdvanced", "VAEDecode",
  "Save image", "KSamplerAdvanced"]

/** @param {string} search */
function first(search) {
  return ranked(search, names, name => ({names: [name], weight: 0}))[0]?.thing
}

test("letters in order are found, others are not", () => {
  assert.deepEqual(fuzzy("lck", "Load checkpoint")?.at, [0, 5, 9])
  assert.equal(fuzzy("zz", "Load checkpoint"), null)
  assert.equal(fuzzy("kl", "Lk"), null)
})

test("the start of a word counts more than its middle", () => {
  assert.equal(first("sa"), "Save image")
  assert.equal(first("vd"), "VAEDecode")
  assert.equal(first("ksampler"), "KSampler")
  assert.equal(first("ksa"), "KSampler")
})

test("words may stand in any order", () => {
  assert.equal(first("vae load"), "Load VAE")
})

test("an empty search finds everything, the most used first, else in the given order", () => {
  const told = (/** @type {string} */ name) => ({names: [name], weight: name === "VAEDecode" ? 3 : 0})
  const found = ranked("", names, told).map(one => one.thing)
  assert.deepEqual(found.slice(0, 2), ["VAEDecode", "Load checkpoint"])
  assert.equal(found.length, names.length)
})

test("a second name finds, but shows no letters of the first", () => {
  const told = () => ({names: ["Sampler", "KSampler"], weight: 0})
  const [found] = ranked("ksam", ["one"], told)
  assert.deepEqual(found.at, [])
  assert.deepEqual(ranked("sam", ["one"], told)[0].at, [0, 1, 2])
})

test("Chinese is found by its signs", () => {
  assert.deepEqual(fuzzy("采样", "自定义采样器")?.at, [3, 4])
})
