"""An agent without a cluster."""

import asyncio
from threading import current_thread, main_thread

import pytest

from engine.workers import agent
from engine.workers.agent import Agent, Machine


@pytest.fixture
def lent(tmp_path, monkeypatch):
    machine = Machine(["no-such-program"], ["cpu"], str(tmp_path))
    monkeypatch.setenv(agent.VARIABLE, machine.announced()[agent.VARIABLE])
    return tmp_path / agent.PLACES


def test_all_sources_are_read_beside_the_loop_and_another_version_is_refused(lent, monkeypatch):
    threads = list[object]()

    def version():
        threads.append(current_thread())
        return "ours"

    async def steps():
        one = Agent(0)
        with pytest.raises(OSError, match="another version"):
            await one.begin("theirs", [])
        await one.close()

    monkeypatch.setattr(agent, "version", version)
    asyncio.run(steps())
    assert main_thread() not in threads
    assert list(lent.iterdir()) == []


def test_the_folders_of_a_dead_agent_go_with_the_next(lent):
    (lent / "1-dead" / "input").mkdir(parents=True)
    (lent / "1-dead.lock").touch()

    async def steps():
        one, other = Agent(0), Agent(0)
        names = {path.name for path in lent.iterdir()}
        await one.close()
        await other.close()
        return names

    names = asyncio.run(steps())
    assert len(names) == 4  # two folders, two locks
    assert not any(name.startswith("1-dead") for name in names)
