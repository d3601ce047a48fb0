import asyncio
import threading
from contextlib import contextmanager

import pytest

from engine.execution import events
from engine.execution.executor import execute
from engine.spec.context import Context, Preview
from engine.spec.node import node
from engine.spec.result import Result
from tests.execution.toys import (
    EVENTS,
    RAN,
    cache,
    graph,
    planned,
    registry,
    run,
    told,
    value,
)

THREADS: list[str] = []
MEET = threading.Barrier(2)
ARRIVED: list[int] = []


@node("Meet", title="Meet", category="t")
async def meet(*, a: int, others: int = 2) -> int:
    """Waits until so many of its kind are there."""
    ARRIVED.append(a)
    while len(ARRIVED) < others:
        await asyncio.sleep(0)
    return a


@node("AsyncFail", title="AsyncFail", category="t")
async def async_fail(*, a: int) -> int:
    """Raises."""
    raise ValueError(f"async {a}")


@node("Forever", title="Forever", category="t")
async def forever(*, a: int) -> int:
    """Never comes back."""
    RAN.append("forever")
    await asyncio.Event().wait()
    return a


@node("Write", title="Write", category="t", terminal=True, lane="cpu")
def write(*, a: int, name: str) -> Result:
    """A file's work, in a thread of its own if something else can go on."""
    RAN.append(f"write {name}")
    THREADS.append(threading.current_thread().name)
    if name == "meet":
        MEET.wait(timeout=10)
    return Result(shown={"text": [name]})


@node("Draw", title="Draw", category="t")
def draw(*, a: int, meets: bool = False) -> int:
    """The device's work."""
    if meets:
        MEET.wait(timeout=10)
    return a


@node("Steps", title="Steps", category="t")
def steps(*, count: int, ctx: Context) -> int:
    """Tells its progress."""
    for index in range(count):
        ctx.progress(index + 1, count, Preview(lambda: (b"jpeg", "image/jpeg")))
    return count


KNOWN = registry(meet, async_fail, forever, write, draw, steps)


@pytest.fixture(autouse=True)
def _clean():
    THREADS.clear()
    ARRIVED.clear()


def ran(made, **more):
    return run(made, registry=KNOWN, **more)


def test_async_nodes_overlap():
    made = graph(a=("Meet", {"a": 1}), b=("Meet", {"a": 2}), c=("Add", {"a": "@a", "b": "@b"}))
    assert value(ran(made, targets=["c"]), "c") == [3]


def test_async_calls_over_a_list_overlap_and_keep_their_order():
    made = graph(i=("Items", {"count": 3}), m=("Meet", {"a": "@i", "others": 3}))
    assert value(ran(made, targets=["m"]), "m") == [0, 1, 2]


def test_async_nodes_start_before_one_that_takes_the_thread():
    made = graph(
        d=("Draw", {"a": 1}), m=("Meet", {"a": 2, "others": 1}), c=("Add", {"a": "@d", "b": "@m"})
    )
    ran(made, targets=["c"])
    assert [event.node for event in told(events.NodeStarted)] == ["m", "d", "c"]


def test_a_failure_of_an_async_node_is_like_any_other():
    outcome = ran(graph(f=("AsyncFail", {"a": 7}), v=("Show", {"a": "@f"})))
    assert str(outcome.error) == "AsyncFail (node f) failed: ValueError: async 7"


def test_a_failure_ends_the_async_nodes_that_still_wait():
    made = graph(w=("Forever", {"a": 1}), f=("Fail", {"a": 1}), c=("Add", {"a": "@w", "b": "@f"}))
    assert ran(made, targets=["c"]).status == "failed"
    assert not [thread for thread in threading.enumerate() if thread.name == "easel async"]


def test_cancelling_ends_an_async_node():
    cancelled = Context(cancelled=lambda: "forever" in RAN)
    assert (
        ran(graph(w=("Forever", {"a": 1})), targets=["w"], context=cancelled).status == "cancelled"
    )


def test_files_and_device_work_at_the_same_time():
    made = graph(
        w=("Write", {"a": 1, "name": "meet"}),
        d=("Draw", {"a": 1, "meets": True}),
        v=("Show", {"a": "@d"}),
    )
    assert ran(made).status == "done"
    assert THREADS[0].startswith("easel files")


def test_a_file_alone_needs_no_thread():
    ran(graph(w=("Write", {"a": 1, "name": "x"})))
    assert [threading.current_thread().name] == THREADS


def test_effects_keep_the_order_of_the_graph_although_lanes_differ():
    made = graph(
        w=("Write", {"a": "@m", "name": "first"}),
        v=("Show", {"a": 5}),
        u=("Write", {"a": 1, "name": "third"}),
        m=("Meet", {"a": 2, "others": 1}),
    )
    ran(made)
    assert RAN == ["write first", "show 5", "write third"]


def test_the_guard_is_entered_on_every_thread_that_runs_nodes():
    inside = threading.local()
    seen = list[bool]()

    @contextmanager
    def guard():
        inside.yes = True
        yield
        inside.yes = False

    @node("Looks", title="l", category="t", terminal=True, lane="cpu")
    def looks(*, a: int) -> Result:
        """Looks whether it is guarded."""
        seen.append(getattr(inside, "yes", False))
        return Result(shown={"text": [a]})

    @node("LooksAsync", title="l", category="t", terminal=True)
    async def looks_async(*, a: int) -> Result:
        """The same."""
        seen.append(getattr(inside, "yes", False))
        return Result(shown={"text": [a]})

    known = registry(looks, looks_async)
    held = cache()
    made = graph(a=("Looks", {"a": 1}), b=("Looks", {"a": 2}), c=("LooksAsync", {"a": 3}))
    execute(planned(made, held, registry=known), held, Context(), EVENTS.append, guard=guard)
    assert seen == [True, True, True]
    assert not inside.yes


def test_progress_tells_rate_and_what_is_left():
    ran(graph(s=("Steps", {"count": 4})), targets=["s"])
    found = told(events.Progress)
    assert [(event.node, event.value, event.total) for event in found] == [
        ("s", index, 4) for index in (1, 2, 3, 4)
    ]
    assert found[0].seconds_left is None
    assert found[-1].seconds_left == 0
    assert found[1].rate > 0
    assert found[0].preview.make() == (b"jpeg", "image/jpeg")


def test_cancelling_inside_a_node_ends_the_run():
    count = iter(range(100))
    outcome = ran(
        graph(s=("Steps", {"count": 50}), v=("Show", {"a": "@s"})),
        context=Context(cancelled=lambda: next(count) > 10),
    )
    assert outcome.status == "cancelled"
    assert not told(events.NodeFailed)
    assert told(events.RunEnded)[0].message == "The run was cancelled."


def test_ctrl_c_inside_a_node_ends_the_run_in_order():
    @node("Interrupts", title="i", category="t")
    def interrupts(*, a: int) -> int:
        """Somebody presses Ctrl-C."""
        raise KeyboardInterrupt

    assert (
        run(graph(i=("Interrupts", {"a": 1})), targets=["i"], registry=registry(interrupts)).status
        == "cancelled"
    )
    assert isinstance(EVENTS[-1], events.RunEnded)


def test_a_node_that_calls_exit_only_fails():
    @node("Exits", title="e", category="t")
    def exits(*, a: int) -> int:
        """Calls exit."""
        raise SystemExit(3)

    outcome = run(graph(e=("Exits", {"a": 1})), targets=["e"], registry=registry(exits))
    assert outcome.status == "failed"


def test_an_async_node_that_calls_exit_only_fails():
    @node("ExitsAsync", title="e", category="t")
    async def exits(*, a: int) -> int:
        """Calls exit."""
        raise SystemExit(3)

    made = graph(e=("ExitsAsync", {"a": 1}))
    assert run(made, targets=["e"], registry=registry(exits)).status == "failed"


def test_a_failure_keeps_no_value_alive():
    import gc
    import weakref

    class Heavy:
        pass

    alive = list[weakref.ref]()

    @node("Holds", title="h", category="t")
    def holds(*, a: int) -> int:
        """Fails while it holds something heavy."""
        heavy = Heavy()
        alive.append(weakref.ref(heavy))
        raise ValueError(str(a))

    outcome = run(graph(h=("Holds", {"a": 1})), targets=["h"], registry=registry(holds))
    gc.collect()
    assert outcome.status == "failed"
    assert alive[0]() is None
