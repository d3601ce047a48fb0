"""`kill -9` of the server, a hundred times under load: what it acknowledged is done, once."""

import json
import multiprocessing
import random
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest

from tests.seeds import fresh
from tests.server import bare

POINTS = [
    *("accept.commit", "accept.committed", "accept.answer", "accept.acknowledge"),
    *("give.send", "give.sent", "start.write", "start.commit", "start.committed"),
    *("end.write", "end.commit", "end.committed", "end.tell", "recovered"),
]
KILLS = 100
AT_ONCE = 8
"""Posts that wait for their answer."""
EACH = 20
"""Posts to each server."""

forks = multiprocessing.get_context("forkserver")
forks.set_forkserver_preload(["tests.server.bare"])


@dataclass
class Client:
    """Posts jobs to one server after the other, and remembers what they answered."""

    place: str
    posted: int = 0
    acknowledged: list[str] = field(default_factory=list)
    process: object = None
    line: object = None
    open: int = 0
    begun: int = 0

    def start(self, fault=""):
        self.line, theirs = forks.Pipe()
        self.process = forks.Process(target=bare.serve, args=(self.place, theirs, fault))
        self.process.start()
        theirs.close()
        self.open = self.begun = 0

    def go_on(self, seconds):
        """Post and listen for so long, or until the server is dead."""
        until = time.monotonic() + seconds
        try:
            while (left := until - time.monotonic()) > 0:
                while self.open < AT_ONCE and self.begun < EACH:
                    self.post()
                if self.line.poll(min(left, 0.02)):
                    self.hear()
        except (EOFError, OSError):
            return

    def post(self):
        self.posted += 1
        self.open += 1
        self.begun += 1
        save = self.posted % 2 == 0
        self.line.send([f"job{self.posted}", bare.graph(self.posted, save)])

    def hear(self):
        said = self.line.recv()
        if isinstance(said, str) and said != "up":
            self.open -= 1
            self.acknowledged.append(said)
        return said

    def kill(self):
        """End the server; what it had answered before counts."""
        self.process.kill()
        self.process.join()
        try:
            while self.line.poll():
                self.hear()
        except (EOFError, OSError):
            pass
        self.line.close()

    def drain(self):
        """Let a server do all that is left."""
        self.start()
        left, until = 1, time.monotonic() + 60
        while left and time.monotonic() < until:
            self.line.send("left")
            while not isinstance(left := self.hear(), int):
                pass
            time.sleep(0.01)
        self.kill()
        assert left == 0


@pytest.mark.parametrize("seed", [fresh()])
def test_a_hundred_kills_lose_nothing_and_double_nothing(tmp_path, seed):
    chance = random.Random(seed)
    faults = [*POINTS * 4, *[""] * (KILLS - 4 * len(POINTS))]
    chance.shuffle(faults)
    client = Client(str(tmp_path))
    for fault in faults:
        times = 1 if fault == "recovered" else chance.randint(1, 6)
        client.start(f"{fault}:{times}" if fault else "")
        client.go_on(5.0 if fault else chance.uniform(0.0, 0.6))
        client.kill()
    client.drain()
    verdict(client, tmp_path)


def verdict(client, place):
    """Every acknowledged job is done, exactly once, with one file if it writes one."""
    db = sqlite3.connect(place / "user" / "easel.db")
    rows = {
        id: (state, messages, outputs, attempt)
        for id, state, messages, outputs, attempt in db.execute(
            "SELECT id, state, messages, outputs, attempt FROM jobs"
        )
    }
    assert client.acknowledged
    assert not set(client.acknowledged) - set(rows)
    fates = Counter(state for state, *_ in rows.values())
    assert set(fates) <= {"done", "failed"}
    for id, (state, messages, outputs, _) in rows.items():
        if state == "failed":
            assert "server died three times" in json.loads(messages)[-1][1]["exception_message"]
            continue
        number = int(id[3:])
        files = [path.name for path in (place / "output").glob(f"{id}_*")]
        if number % 2 == 0:
            assert files == [f"{id}_00001_.txt"], (id, files)
            assert json.loads(outputs)["2"]["files"][0]["filename"] == files[0]
        else:
            assert json.loads(outputs)["2"]["text"] == [str(number)]
    print(len(client.acknowledged), fates, "attempts", Counter(row[3] for row in rows.values()))
