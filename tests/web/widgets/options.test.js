// @ts-check
import assert from "node:assert/strict"
import {test} from "node:test"
import {
  areFiles, found, isOption, optionsOf, rowsOf, shortName,
} from "../../../web/widgets/options.js"

const FILES = ["easel.safetensors", "sdxl/base 1.0.safetensors", "sdxl/anime/moon.ckpt",
  "flux\\dev.safetensors", "sdxl/refiner.safetensors"]

test("a file is shown without its folder and its ending", () => {
  assert.equal(shortName("sdxl/base 1.0.safetensors"), "base 1.0")
  assert.equal(shortName("dpmpp_2m"), "dpmpp_2m")
  assert.equal(shortName("flux\\dev.safetensors"), "dev")
  assert.deepEqual(optionsOf(["a/b.png"], false)[0].title, "a/b.png")
})

test("files are grouped by folder, those without one first", () => {
  const rows = rowsOf(optionsOf(FILES, true))
  assert.deepEqual(rows.map(row => isOption(row) ? row.title : `[${row.folder} ${row.count}]`), [
    "easel", "[sdxl 2]", "base 1.0", "refiner", "[sdxl/anime 1]", "moon", "[flux 1]", "dev",
  ])
})

test("all words must be there, in any order, the best match first", () => {
  const options = optionsOf(["xdev", "my dev", "dev", "developed", "other"], false)
  assert.deepEqual(found(options, "dev").map(one => one.text),
    ["dev", "developed", "my dev", "xdev"])
  const files = optionsOf(FILES, true)
  assert.deepEqual(found(files, "base SDXL").map(one => one.title), ["base 1.0"])
  assert.deepEqual(found(files, "[").length, 0)
  assert.equal(found(files, "  ").length, FILES.length)
})

test("names are files if all of them have an ending of files", () => {
  assert.equal(areFiles(FILES), true)
  assert.equal(areFiles(["euler", "heun"]), false)
  assert.equal(areFiles([]), false)
  assert.equal(areFiles([1, 2]), false)
})
