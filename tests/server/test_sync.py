"""Several clients edit one document: whatever is delayed or lost, all agree in the end."""

import random
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import pytest

from engine.errors import EditRefused
from engine.graph.edits import empty
from engine.replica import Replica
from engine.server.document import Document, edited
from engine.server.frames import message
from tests.graph.random_edits import random_ops
from tests.seeds import fresh

SEEDS = [*range(12), fresh()]


@dataclass
class Line:
    """A line in both directions that delivers in order, when it is asked to, or loses all."""

    replica: Replica
    up: deque[tuple[str, dict[str, Any]]] = field(default_factory=deque)
    down: deque[tuple[str, dict[str, Any]]] = field(default_factory=deque)
    looks: bool = False

    def cut(self):
        self.up.clear()
        self.down.clear()
        self.looks = False
        self.replica.ask_again()


class World:
    """The server's document without a socket, and clients."""

    def __init__(self, clients):
        self.document = Document("d", "epoch", 0, empty(), empty())
        self.lines = []
        for number in range(clients):
            line = Line(Replica("d", f"client{number}", lambda type, data: None))
            line.replica.send = lambda type, data, line=line: line.up.append((type, _copy(data)))
            line.replica.ask_again()
            self.lines.append(line)

    def deliver_up(self, line):
        type, data = line.up.popleft()
        if type == "open":
            line.looks = True
            line.down.append(_read(self.document.opened(data.get("rev"), data.get("epoch"))))
        elif (known := self.document.known(data["client"], data["clock"])) is not None:
            line.down.append(_read(edited("d", known)))
        else:
            self.take(line, data)

    def take(self, line, data):
        try:
            edit, applied = self.document.take(data["client"], data["clock"], data["ops"])
        except EditRefused as error:
            said = {"path": error.path, "message": error.message}
            line.down.append(("refused", {**data, **said}))
            return
        for other in self.lines:
            if other.looks:
                other.down.append(_read(edited("d", edit, applied.skipped)))

    def deliver_down(self, line):
        line.replica.hear(*line.down.popleft())

    def settle(self):
        while any(line.up or line.down for line in self.lines):
            for line in self.lines:
                if line.up:
                    self.deliver_up(line)
                if line.down:
                    self.deliver_down(line)


def _copy(data):
    return _read(message("x", data))[1]


def _read(frame):
    import json

    found = json.loads(frame)
    return found["type"], found["data"]


def _step(chance, world, cuts):
    line = chance.choice(world.lines)
    what = chance.random()
    if what < 0.45:
        try:
            line.replica.edit(random_ops(chance, line.replica.graph))
        except EditRefused:
            return
    elif what < 0.55:
        line.replica.undo()
    elif what < 0.60:
        line.replica.redo()
    elif what < 0.64 and cuts:
        line.cut()
    elif what < 0.85 and line.up:
        world.deliver_up(line)
    elif line.down:
        world.deliver_down(line)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_clients_end_equal(seed):
    print("seed", seed)
    chance = random.Random(seed)
    world = World(clients=4)
    for _ in range(400):
        _step(chance, world, cuts=True)
    world.settle()
    for line in world.lines:
        assert line.replica.pending == []
        assert line.replica.rev == world.document.rev
        assert line.replica.graph == world.document.content


@pytest.mark.parametrize("seed", range(4))
def test_without_cuts_nothing_is_sent_twice(seed):
    chance = random.Random(seed)
    world = World(clients=3)
    world.settle()
    for _ in range(200):
        _step(chance, world, cuts=False)
    world.settle()
    clocks = [(edit.client, edit.clock) for edit in world.document.edits]
    assert len(clocks) == len(set(clocks))


def test_undo_takes_back_ones_own_and_leaves_what_others_changed():
    world = World(clients=2)
    world.settle()
    mine, theirs = (line.replica for line in world.lines)
    mine.add("nodes/a", {"class_type": "Number", "inputs": {"x": 1, "y": 1}})
    mine.edit([_set("x", 2), _set("y", 2)])
    world.settle()
    theirs.edit([_set("x", 3)])
    world.settle()
    assert mine.undo()
    world.settle()
    assert theirs.graph["nodes"]["a"]["inputs"] == {"x": 3, "y": 1}
    assert mine.skipped == ["nodes/a/inputs/x"]
    assert mine.redo()
    world.settle()
    assert theirs.graph["nodes"]["a"]["inputs"] == {"x": 3, "y": 2}


def test_what_is_edited_offline_arrives_in_order_when_the_line_is_back():
    world = World(clients=2)
    world.settle()
    mine, theirs = (line.replica for line in world.lines)
    mine.live = False
    for number in range(5):
        mine.add(f"nodes/n{number}", {"class_type": "Number"})
        mine.edit([{"op": "set", "path": f"nodes/n{number}/inputs/x", "value": number}])
    world.lines[0].cut()
    world.settle()
    assert list(theirs.graph["nodes"]) == [f"n{number}" for number in range(5)]
    assert mine.refusals == []


def test_who_was_away_too_long_gets_the_whole_graph():
    document = Document("d", "epoch", 0, empty(), empty())
    for number in range(5):
        value = {"class_type": "Number"}
        document.take("me", number, [{"op": "add", "path": f"nodes/{number}", "value": value}])
    assert [batch["rev"] for batch in _read(document.opened(3, "epoch"))[1]["batches"]] == [4, 5]
    assert _read(document.opened(5, "epoch"))[1]["batches"] == []
    assert "graph" in _read(document.opened(None, None))[1]
    assert "graph" in _read(document.opened(3, "another history"))[1]
    assert "graph" in _read(document.opened(9, "epoch"))[1]
    del document.edits[:3]
    assert "graph" in _read(document.opened(1, "epoch"))[1]


def _set(name, value):
    return {"op": "set", "path": f"nodes/a/inputs/{name}", "value": value}
