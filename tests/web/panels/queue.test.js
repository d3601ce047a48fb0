import assert from "node:assert/strict"
import {test} from "node:test"

import {between} from "../../../web/panels/reorder.js"
import {reportOf} from "../../../web/panels/report.js"

const waiting = [{id: "a", number: 3}, {id: "b", number: 4}, {id: "c", number: 9}]

/** @param {string} id @param {number} to */
function moved(id, to) {
  const number = between(waiting, id, to)
  const all = waiting.map(job => job.id === id ? {id, number} : job)
  return all.sort((one, other) => one.number - other.number).map(job => job.id).join("")
}

test("a job goes to the place where it was dropped", () => {
  assert.equal(moved("c", 0), "cab")
  assert.equal(moved("c", 1), "acb")
  assert.equal(moved("a", 2), "bca")
  assert.equal(moved("a", 1), "bac")
  assert.equal(moved("b", 1), "abc")
})

test("alone it may have any number", () => {
  assert.equal(between([{id: "a", number: 5}], "a", 0), 0)
})

const job = {id: "j", name: "Smile", state: /** @type {const} */ ("failed"), error: "It failed."}
const found = {
  execution_error: {node_id: "7", node_type: "KSampler", exception_type: "ValueError",
    exception_message: "bad", traceback: ["one\n", "two ```\n"]},
  workflow: {prompt: {7: {class_type: "KSampler", inputs: {seed: 18446744073709551615n}}}},
}

test("a report holds what was said, the traceback, versions and the graph with its large seed", () => {
  const stats = {system: {easel_version: "1", python_version: "3.11", pytorch_version: "2", os: "linux",
    ram_total: 2 ** 34}, devices: [], workers: [{device: "cpu", state: "ready"}]}
  const text = reportOf(job, found, stats)
  for (const part of ["Node 7 (KSampler)", "ValueError: bad", "one\ntwo", "torch 2", "16.0 GiB",
    "worker cpu: ready", "18446744073709551615"]) assert.ok(text.includes(part), part)
})

test("backticks in a traceback don't end its block", () => {
  assert.ok(reportOf(job, found, null).includes("````\none\ntwo ```\n````"))
})

test("a report of a job that nobody knows any more still says its error", () => {
  assert.equal(reportOf(job, null, null), "# Smile: failed\n\nIt failed.\n")
})
