"""`main.py run FILE --server URL`, against a server with toy nodes in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
GRAPH = {
    "1": {"class_type": "Number", "inputs": {"value": 5}},
    "2": {"class_type": "Show", "inputs": {"value": ["1", 0]}},
}


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    place = tmp_path_factory.mktemp("server")
    command = [sys.executable, "-m", "tests.server.site", str(place), "1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.kill()


def _run(url, path, *more):
    command = [sys.executable, "main.py", "run", str(path), "--no-setup", "--json"]
    done = subprocess.run(
        [*command, "--server", url, *more],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("graph", "more", "code", "status"),
    [
        (GRAPH, (), 0, "done"),
        (GRAPH, ("--check",), 0, "checked"),
        ({"1": {"class_type": "Fail", "inputs": {"value": 1}}}, (), 1, "failed"),
        ({"1": {"class_type": "Show", "inputs": {}}}, (), 2, "wrong"),
        ({"1": {"class_type": "Show", "inputs": {}}}, ("--check",), 2, "wrong"),
    ],
)
def test_a_workflow_runs_on_a_server_and_ends_as_it_would_here(  # noqa: PLR0917
    url, tmp_path, graph, more, code, status
):
    path = tmp_path / "graph.json"
    path.write_text(json.dumps(graph))
    ended, lines = _run(url, path, *more)
    assert ended == code
    assert lines[-1]["event"] == "run_ended"
    assert lines[-1]["status"] == status


def test_a_server_that_is_not_there_is_named(tmp_path):
    path = tmp_path / "graph.json"
    path.write_text(json.dumps(GRAPH))
    code, lines = _run("http://127.0.0.1:9", path)
    assert code == 2
    assert "http://127.0.0.1:9" in lines[-1]["message"]
