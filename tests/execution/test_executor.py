from engine.execution import events
from tests.execution.toys import RAN, cache, graph, run, told, value

SIMPLE = {
    "a": ("Number", {"value": 2}),
    "b": ("Add", {"a": "@a", "b": 3}),
    "end": ("Show", {"a": "@b"}),
}


def test_runs_what_the_output_needs_in_order():
    outcome = run(graph(**SIMPLE, other=("Number", {"value": 9})))
    assert outcome.status == "done"
    assert RAN == [2, "2+3", "show 5"]
    assert outcome.shown == {"end": {"text": [5]}}


def test_a_second_run_computes_nothing():
    held = cache()
    run(graph(**SIMPLE), held)
    outcome = run(graph(**SIMPLE), held)
    assert RAN == []
    assert outcome.shown == {"end": {"text": [5]}}
    assert [event.node for event in told(events.NodeCached)] == ["end"]


def test_only_what_changed_and_what_depends_on_it_runs_again():
    held = cache()
    run(graph(**SIMPLE), held)
    changed = graph(**{**SIMPLE, "b": ("Add", {"a": "@a", "b": 4})})
    run(changed, held)
    assert RAN == ["2+4", "show 6"]
    assert [event.why for event in told(events.NodeStarted)] == [
        "input b changed",
        "input a changed",
    ]


def test_two_outputs_go_where_they_are_linked():
    made = graph(
        a=("Number", {"value": 7}), h=("Halve", {"a": "@a"}), s=("Add", {"a": "@h:1", "b": "@h:0"})
    )
    assert value(run(made, targets=["s"]), "s") == [4]


def test_lists_are_mapped_and_gathered():
    made = graph(i=("Items", {"count": 3}), p=("Add", {"a": "@i", "b": 10}), s=("Sum", {"a": "@p"}))
    outcome = run(made, targets=["s"])
    assert RAN == ["items 3", "0+10", "1+10", "2+10", "sum [10, 11, 12] 1"]
    assert value(outcome, "s") == [33]


def test_shorter_lists_repeat_their_last_item():
    made = graph(
        i=("Items", {"count": 3}), j=("Items", {"count": 2}), p=("Add", {"a": "@i", "b": "@j"})
    )
    assert value(run(made, targets=["p"]), "p") == [0, 2, 3]


def test_an_empty_list_means_no_call():
    made = graph(i=("Items", {"count": 0}), p=("Add", {"a": "@i"}), end=("Show", {"a": "@p"}))
    assert run(made).status == "done"
    assert RAN == ["items 0"]


def test_only_the_lazy_input_that_is_wanted_is_computed():
    made = graph(
        w=("Number", {"value": 1}),
        y=("Number", {"value": 5}),
        n=("Number", {"value": 6}),
        e=("Either", {"which": "@w", "yes": "@y", "no": "@n"}),
        end=("Show", {"a": "@e"}),
    )
    assert run(made).shown == {"end": {"text": [5]}}
    assert RAN == [1, 5, "either", "show 5"]


def test_a_silent_block_stops_what_depends_on_it_and_nothing_else():
    made = graph(
        a=("Number", {"value": 1}),
        g=("Gate", {"a": "@a", "open": False}),
        x=("Show", {"a": "@g"}),
        y=("Show", {"a": "@a"}),
    )
    outcome = run(made)
    assert outcome.status == "done"
    assert outcome.shown == {"y": {"text": [1]}}
    assert not told(events.NodeBlocked)


def test_a_block_with_a_reason_is_told_once_where_it_is_met():
    made = graph(
        g=("Gate", {"a": 1, "open": False, "reason": "closed"}),
        p=("Add", {"a": "@g"}),
        x=("Show", {"a": "@p"}),
    )
    run(made)
    assert [(event.node, event.reason) for event in told(events.NodeBlocked)] == [("p", "closed")]


def test_one_blocked_item_of_a_list_blocks_only_its_call():
    made = graph(
        i=("Items", {"count": 3}),
        g=("Gate", {"a": "@i", "open": "@i"}),
        x=("Show", {"a": "@g"}),
    )
    assert run(made).shown == {"x": {"text": [1, 2]}}


def test_a_failure_names_the_node_and_ends_the_run():
    made = graph(f=("Fail", {"a": 3}), x=("Show", {"a": "@f"}), y=("Show", {"a": 1}))
    outcome = run(made)
    assert outcome.status == "failed"
    assert str(outcome.error) == "Fail (node f) failed: ValueError: no 3"
    assert outcome.error.inputs == {"a": "3"}
    assert RAN == ["fail"]
    assert isinstance(told(events.RunEnded)[0], events.RunEnded)


def test_a_loop_expands_itself_and_its_bodies_are_cached():
    held = cache()
    made = graph(c=("Countdown", {"n": 4}), end=("Show", {"a": "@c"}))
    assert run(made, held).shown == {"end": {"text": [10]}}
    assert RAN == [
        "loop 4",
        "0+4",
        "loop 3",
        "4+3",
        "loop 2",
        "7+2",
        "loop 1",
        "9+1",
        "loop 0",
        "show 10",
    ]
    run(made, held)
    assert RAN == []
    run(graph(c=("Countdown", {"n": 3, "sum": 4}), end=("Show", {"a": "@c"})), held)
    assert RAN == ["loop 3", "show 10"]


def test_a_chain_of_ten_thousand_runs():
    nodes = {"n0": ("Number", {"value": 0})}
    for i in range(1, 10_000):
        nodes[f"n{i}"] = ("Add", {"a": f"@n{i - 1}"})
    assert value(run(graph(**nodes), targets=["n9999"]), "n9999") == [9999]


def test_a_loop_of_two_thousand_turns_runs():
    outcome = run(graph(c=("Countdown", {"n": 2000})), targets=["c"])
    assert value(outcome, "c") == [2001000]
