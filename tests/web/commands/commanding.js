/** A page with all commands; what they ask of others is noted. */

import {CommandList} from "../../../web/commands/index.js"
import * as subgraphs from "../../../web/document/subgraphs.js"
import {desk} from "../tools/desk.js"

export function commanding(graph, settings) {
  const made = desk(graph, settings)
  const note = name => async (...args) => { made.said.push([name, ...args.slice(1)]) }
  const documents = {begin: note("begin"), saveAs: note("saveAs"), exportAs: note("exportAs"),
    renameHere: note("renameHere")}
  const clipboard = {copy: () => made.said.push(["copy"]), cut: () => made.said.push(["cut"]),
    paste: async linked => { made.said.push(["paste", linked]) }}
  const shaping = (app, act) => act(subgraphs)
  const commands = new CommandList(made.app, made.app.settings, {clipboard, documents, shaping})
  made.app.commands = commands
  return {...made, commands, run: id => commands.run(id)}
}
