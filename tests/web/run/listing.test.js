// @ts-check
/** The list of jobs is asked for when it is stale, one question at a time. */

import assert from "node:assert/strict"
import {mock, test} from "node:test"

import {Listing} from "../../../web/run/listing.js"
import {Runs} from "../../../web/run/state.js"

test("many changes at once are one question, and one more for those that came meanwhile", async () => {
  mock.timers.enable({apis: ["setTimeout"]})
  const runs = new Runs({url: () => "", free: () => {}})
  /** @type {string[]} */
  const asked = []
  const listing = new Listing(runs, path => {
    asked.push(path)
    return Promise.resolve({jobs: []})
  })
  for (let n = 0; n < 5; n++) runs.stale.emit()
  listing.recall("d")
  await settle()
  assert.equal(asked.length, 2)
  mock.timers.tick(200)
  await settle()
  assert.equal(asked.length, 4)
  mock.timers.tick(5000)
  await settle()
  assert.equal(asked.length, 4)
  mock.timers.reset()
})

test("a document shows what its last job left", async () => {
  const runs = new Runs({url: () => "", free: () => {}})
  const images = [{filename: "a.png", subfolder: "", type: "output"}]
  const jobs = [{id: "x", status: "failed", doc: "d"}, {id: "y", status: "completed", doc: "d"}]
  const listing = new Listing(runs, path => Promise.resolve(
    path === "/jobs/y" ? {outputs: {3: {images}}} : {jobs: path.includes("completed") ? jobs : []}))
  listing.recall("d")
  await settle()
  assert.deepEqual(runs.node("d", "3")?.pictures, images)
})

test("what a document showed is asked for again if it could not be had", async () => {
  mock.timers.enable({apis: ["setTimeout"]})
  const runs = new Runs({url: () => "", free: () => {}})
  let there = false
  const images = [{filename: "a.png", subfolder: "", type: "output"}]
  const listing = new Listing(runs, async path => {
    if (path === "/jobs/y" && !there) throw new Error("the server is away")
    return path === "/jobs/y" ? {outputs: {3: {images}}}
      : {jobs: path.includes("completed") ? [{id: "y", status: "completed", doc: "d"}] : []}
  })
  listing.recall("d")
  await settle()
  assert.equal(runs.node("d", "3"), undefined)
  mock.timers.tick(5000)
  await settle()
  there = true
  runs.line(true)
  await settle()
  mock.timers.reset()
  assert.deepEqual(runs.node("d", "3")?.pictures, images)
})

function settle() {
  return new Promise(done => setImmediate(done))
}
