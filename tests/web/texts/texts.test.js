import assert from "node:assert/strict"
import {readFileSync, readdirSync} from "node:fs"
import {join} from "node:path"
import {test} from "node:test"
import {fileURLToPath} from "node:url"

import en from "../../../web/texts/en.js"
import {languageOf, problemText, translating} from "../../../web/texts/index.js"
import zh from "../../../web/texts/zh.js"

const ROOT = fileURLToPath(new URL("../../../", import.meta.url))
const say = translating(() => ({code: "en", texts: en}))
const shuo = translating(() => ({code: "zh", texts: zh}))

/** @param {string} folder @returns {string[]} */
function scripts(folder) {
  return readdirSync(folder, {withFileTypes: true}).flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === "texts" ? [] : scripts(path)
    return entry.name.endsWith(".js") ? [path] : []
  })
}

test("every English text is there in Chinese, and the other way round", () => {
  for (const section of /** @type {const} */ (["ui", "nodes", "outputs", "menus"])) {
    assert.deepEqual(Object.keys(zh[section]).sort(), Object.keys(en[section]).sort(), section)
  }
  const inputs = new Set(Object.keys(zh.inputs))
  assert.deepEqual(Object.keys(en.inputs).filter(name => !inputs.has(name)), [])
})

test("both languages fill the same gaps", () => {
  const gaps = (/** @type {string} */ text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()
  for (const [key, text] of Object.entries(en.ui)) {
    assert.deepEqual(gaps(zh.ui[/** @type {keyof typeof zh.ui} */ (key)]), gaps(text), key)
  }
})

test("every node type that we ship has a title", () => {
  const specs = JSON.parse(readFileSync(join(ROOT, "nodes/specs.json"), "utf8"))
  assert.deepEqual(Object.keys(en.nodes).sort(), Object.keys(specs).sort())
})

test("every text is used somewhere, whole or by the beginning of its key", () => {
  const code = scripts(join(ROOT, "web")).map(path => readFileSync(path, "utf8")).join("\n")
  const begun = [...code.matchAll(/`([a-z]\w*\.(?:\w+\.)*)\$\{/g)].map(found => found[1])
  const unused = Object.keys(en.ui).filter(key =>
    !code.includes(`"${key}"`) && !begun.some(start => key.startsWith(start)))
  assert.deepEqual(unused, [])
})

test("every key in the code has its text", () => {
  const wrong = scripts(join(ROOT, "web")).flatMap(path => {
    const code = readFileSync(path, "utf8")
    const keys = [...code.matchAll(/(?:\bt|\bsay)\("([a-z]\w*\.[\w.]+)"/g)].map(found => found[1])
    return keys.filter(key => !Object.hasOwn(en.ui, key)).map(key => `${path}: ${key}`)
  })
  assert.deepEqual(wrong, [])
})

test("what nodes and their inputs say of themselves is said in Chinese too", () => {
  /** @param {string} path */
  const read = path => JSON.parse(readFileSync(join(ROOT, path), "utf8"))
  /** @type {Object<string, {description: string, inputs?: {name: string, tooltip?: string}[]}>} */
  const specs = read("nodes/specs.json")
  const {nodeDefs} = read("nodes/texts/zh.json")
  assert.deepEqual(Object.keys(nodeDefs).sort(), Object.keys(specs).sort())
  for (const [name, {inputs = []}] of Object.entries(specs)) {
    const told = inputs.filter(input => input.tooltip).map(input => input.name)
    assert.deepEqual(Object.keys(nodeDefs[name].inputs ?? {}).sort(), told.sort(), name)
    assert.match(nodeDefs[name].description, /\p{Script=Han}/u)
  }
})

test("gaps are filled, and one is told from many", () => {
  assert.equal(say("amount.ago", {n: 5}), "5 min ago")
  assert.equal(say("missing.nodes", {n: 1}), "1 node")
  assert.equal(say("missing.nodes", {n: 3}), "3 nodes")
})

test("a problem is told in Chinese by its type, in English as the server says it", () => {
  const problem = {type: "value_not_in_list", message: "m", text: "whole sentence", input: "cfg"}
  assert.match(problemText(shuo, problem), /引导/u)
  assert.equal(problemText(say, problem), "whole sentence")
  assert.equal(problemText(shuo, {...problem, type: "odd"}), "whole sentence")
})

test("a node's own word for an input goes before the common one", () => {
  assert.equal(say("inputs.BetaSamplingScheduler.alpha"), "alpha")
  assert.equal(say("inputs.ImageSharpen.alpha"), "amount")
  assert.equal(shuo("inputs.KSampler.steps"), "步数")
  assert.equal(say("inputs.KSampler.steps", {or: "steps"}), "steps")
})

test("the browser's language is taken unless another was chosen", () => {
  assert.equal(languageOf("system", ["fr-FR", "zh-Hans-CN"]), "zh")
  assert.equal(languageOf("en", ["zh"]), "en")
  assert.equal(languageOf(undefined, ["fr"]), "en")
})
