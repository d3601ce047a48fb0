from engine.execution.check import check
from engine.execution.wire import verdict
from engine.graph.model import Graph, Link, Node
from engine.spec.context import Context
from tests.execution.toys import TOYS, graph


def judged(made: Graph, targets=None):
    return verdict(made, TOYS, check(made, TOYS, Context()), targets)


def test_a_good_prompt_runs_all_its_outputs():
    found = judged(graph(a=("Number", {"value": 1}), v=("Show", {"a": "@a"}), w=("Show", {"a": 1})))
    assert (found.error, found.node_errors, found.targets) == (None, {}, ("v", "w"))


def test_good_outputs_run_when_others_fail():
    found = judged(graph(p=("Pick", {"name": "?"}), v=("Show", {"a": "@p"}), w=("Show", {"a": 1})))
    assert found.error is None
    assert found.targets == ("w",)
    assert found.node_errors["p"]["dependent_outputs"] == ["v"]
    assert found.node_errors["p"]["class_type"] == "Pick"
    told = found.node_errors["p"]["errors"][0]
    assert set(told) == {"type", "message", "details", "extra_info"}
    assert told["extra_info"]["received_value"] == "?"


def test_no_good_output_is_an_error_with_a_line_for_each_problem():
    found = judged(graph(v=("Show", {}), w=("Show", {})))
    assert found.error["type"] == "prompt_outputs_failed_validation"
    assert len(found.error["details"].splitlines()) == 2
    assert found.targets == ()


def test_an_unknown_type_anywhere_is_an_error_of_its_own():
    made = graph(v=("Show", {"a": 1}))
    made.nodes["3"] = Node("Gone", look={"title": "Mine"})
    found = judged(made)
    assert found.error["type"] == "missing_node_type"
    assert found.error["message"].startswith("Node 'Mine' not found.")
    assert found.error["details"] == "Node ID '#3'"
    assert found.error["extra_info"]["node_id"] == "3"
    assert found.node_errors == {}


def test_problems_that_feed_no_output_stay_off_the_wire():
    found = judged(graph(lost=("Add", {}), v=("Show", {"a": 1})))
    assert (found.error, found.node_errors) == (None, {})


def test_a_cycle_is_told_at_its_nodes():
    found = judged(
        graph(
            a=("Add", {"a": "@b", "b": 1}), b=("Add", {"a": "@a", "b": 1}), v=("Show", {"a": "@a"})
        )
    )
    assert found.error["type"] == "prompt_outputs_failed_validation"
    assert set(found.node_errors) == {"a", "b"}
    assert found.node_errors["b"]["dependent_outputs"] == ["v"]
    assert found.node_errors["a"]["errors"][0]["extra_info"] == {"cycle": ["a", "b"]}


def test_partial_targets_restrict_the_outputs():
    made = graph(v=("Show", {"a": 1}), w=("Show", {"a": 1}), x=("Number", {"value": 1}))
    assert judged(made, ["w", "x", "gone"]).targets == ("w",)
    assert judged(made, []).error["type"] == "prompt_no_outputs"


def test_answers_stay_small_where_everything_hangs_on_one_broken_node():
    nodes = {"p": Node("Pick", {"name": "?"})}
    nodes |= {str(i): Node("Show", {"a": Link("p", 0)}) for i in range(5000)}
    assert len(judged(Graph(nodes)).node_errors["p"]["dependent_outputs"]) == 100
