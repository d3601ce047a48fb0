// @ts-check
/** A report of a job that failed: what was said, the traceback, versions and the graph. */

/** @import {App, Job, Json} from "../types.js" */

import {stringify} from "../net/json.js"
import {copyText} from "./share.js"

/** @param {App} app @param {Job} job */
export async function copyReport(app, job) {
  const {api, t, ui} = app
  const [found, stats] = await Promise.all([
    api.get(`/jobs/${encodeURIComponent(job.id)}`).catch(() => null),
    api.get("/system_stats").catch(() => null),
  ])
  const text = reportOf(job, found, stats)
  if (await copyText(text)) ui.toast(t("queue.report.copied"), "good")
  else await ui.ask(t("queue.report"), text)
}

/** The report as Markdown. It is written for those who mend, so it stays English.
 * @param {Pick<Job, "id" | "name" | "state" | "error">} job
 * @param {Json} found  what GET /jobs/ID answered, or null
 * @param {Json} stats  what GET /system_stats answered, or null @returns {string} */
export function reportOf(job, found, stats) {
  const error = found?.execution_error
  const trace = Array.isArray(error?.traceback) ? error.traceback.join("") : ""
  const where = error ? `Node ${error.node_id} (${error.node_type})` : ""
  const parts = [
    `# ${job.name}: ${job.state}`,
    [where, error ? `${error.exception_type}: ${error.exception_message}` : job.error]
      .filter(Boolean).join("\n\n"),
    trace && fenced(trace.trimEnd(), ""),
    stats && `## Versions\n\n${versions(stats)}`,
    found?.workflow?.prompt && `## Graph\n\n${fenced(stringify(found.workflow.prompt), "json")}`,
  ]
  return `${parts.filter(Boolean).join("\n\n")}\n`
}

/** @param {string} text @param {string} kind @returns {string} */
function fenced(text, kind) {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = "`".repeat(longest + 1)
  return `${fence}${kind}\n${text}\n${fence}`
}

/** @param {Json} stats @returns {string} */
function versions({system = {}, devices = [], workers = []}) {
  const lines = [
    `Easel ${system.easel_version}`, `Python ${system.python_version}`,
    `torch ${system.pytorch_version}`, `${system.os}, ${gigabytes(system.ram_total)} of memory`,
    ...devices.map((/** @type {Json} */ one) =>
      `${one.name} (${one.type}), ${gigabytes(one.vram_total)}`),
    ...workers.map((/** @type {Json} */ one) => `worker ${one.device}: ${one.state}`),
  ]
  return lines.map(line => `- ${line}`).join("\n")
}

/** @param {number} bytes @returns {string} */
function gigabytes(bytes) {
  return `${(Number(bytes) / 2 ** 30).toFixed(1)} GiB`
}
