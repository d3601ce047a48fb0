from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import FileProblem
from engine.execution import events
from engine.execution.check import check
from engine.execution.wire import verdict
from engine.graph import files
from engine.spec.context import Context
from tests.execution.toys import TOYS, cache, run, told

IDS = st.sampled_from(["1", "2", "3", "4", "gone"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.integers()
    | st.floats()
    | st.sampled_from(["", "7", "euler", "dpmpp_2n", "nan", "1e400"])
    | st.text(max_size=5)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["__value__", "a"]), inner, max_size=2)
    ),
    max_leaves=5,
)
LINKS = st.tuples(IDS, st.sampled_from([0, 0, 0, 1, -1, 2.0, 0.5, 10**12])).map(list)
NAMES = st.sampled_from(
    ["a", "b", "value", "count", "n", "which", "yes", "no", "name", "open", "x"]
)
TYPES = st.sampled_from([*TOYS, "Nope", ""])
NODES = st.fixed_dictionaries(
    {"class_type": TYPES, "inputs": st.dictionaries(NAMES, LINKS | VALUES, max_size=5)}
)
PROMPTS = st.dictionaries(IDS, NODES, max_size=5)


@given(PROMPTS)
@settings(max_examples=120, deadline=None)
def test_whatever_is_posted_is_a_file_problem_a_list_of_problems_or_a_run(prompt):
    try:
        graph = files.read_api(prompt)
    except FileProblem:
        return
    problems = check(graph, TOYS, Context())
    assert all(str(problem).count("\n") == 0 for problem in problems)
    found = verdict(graph, TOYS, problems)
    assert (found.error is None) == bool(found.targets)
    loops = any(node.class_type == "Countdown" for node in graph.nodes.values())
    if found.targets and not loops:
        outcome = run(graph, cache(), list(found.targets))
        assert outcome.status in ("done", "failed")
        assert isinstance(told(events.RunEnded)[0], events.RunEnded)
        assert outcome.status == "done" or len(told(events.NodeFailed)) == 1


@given(VALUES)
@settings(max_examples=80, deadline=None)
def test_a_value_that_was_checked_can_be_written_and_read_again(value):
    try:
        graph = files.read_api({"1": {"class_type": "Show", "inputs": {"a": value}}})
    except FileProblem:
        return
    again = files.read(files.dumps(files.api_of(graph)))
    assert again == graph
