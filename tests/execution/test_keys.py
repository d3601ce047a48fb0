import math
from dataclasses import replace
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import GraphError
from engine.execution.keys import Recipes
from engine.folders import Folders
from engine.graph.model import Graph, Link, Node
from engine.spec.context import Context
from engine.spec.inputs import Choice
from engine.spec.node import node
from tests.execution.toys import TOYS, graph, registry


def keys(
    made: Graph, known=TOYS, context: Context | None = None, policy: str = ""
) -> dict[str, str]:
    recipes = Recipes(made.nodes, known, context or Context(), policy)
    recipes.write(made.nodes)
    return {id: recipe.key for id, recipe in recipes.known.items()}


def key(kind: str, inputs: dict, **more) -> str:
    return keys(Graph({"1": Node(kind, inputs)}), **more)["1"]


def test_ids_titles_and_places_do_not_enter():
    one = graph(a=("Number", {"value": 1}), b=("Add", {"a": "@a", "b": 2}))
    two = graph(x=("Add", {"b": 2, "a": "@y"}), y=("Number", {"value": 1}))
    two.nodes["x"].look = {"title": "Plus", "place": [1, 2]}
    assert keys(one)["b"] == keys(two)["x"]


def test_two_copies_of_a_branch_have_one_key():
    found = keys(graph(a=("Number", {"value": 1}), b=("Number", {"value": 1})))
    assert found["a"] == found["b"]


def test_defaults_are_filled_in_types_coerced_and_undeclared_inputs_dropped():
    plain = key("Add", {"a": 3, "b": 1})
    assert key("Add", {"a": 3}) == plain
    assert key("Add", {"a": "3", "b": 1.0, "more": 9}) == plain
    assert key("Add", {"a": 3, "b": {"__value__": 1}}) == plain


@pytest.mark.parametrize(
    "other",
    [{"a": 3, "b": 2}, {"a": 4, "b": 1}, {"a": Link("0", 0), "b": 1}, {"a": Link("0", 1), "b": 1}],
)
def test_every_input_enters(other):
    source = Node("Halve", {"a": 3})
    with_link = keys(Graph({"0": source, "1": Node("Add", other)}))["1"]
    assert with_link != key("Add", {"a": 3, "b": 1})


def test_the_output_that_a_link_takes_enters():
    made = graph(h=("Halve", {"a": 3}), a=("Add", {"a": "@h:0"}), b=("Add", {"a": "@h:1"}))
    assert keys(made)["a"] != keys(made)["b"]


def test_the_code_the_device_and_the_dtypes_enter():
    mended = registry()
    mended.specs["Add"] = replace(mended["Add"], revision=lambda: "mended")
    plain = key("Add", {"a": 1})
    assert key("Add", {"a": 1}, known=mended) != plain
    assert key("Add", {"a": 1}, context=Context(device="cuda:0")) != plain
    assert key("Add", {"a": 1}, policy="bfloat16") != plain
    first, second = (key("Add", {"a": 1}, context=Context(device=f"cuda:{n}")) for n in (0, 1))
    assert first == second


def test_seeds_of_64_bits_and_larger_integers_differ_by_one():
    found = [key("Number", {"value": value}) for value in (2**64 - 1, 2**64 - 2, 2**64, 2**64 + 1)]
    assert len(set(found)) == 4
    assert key("Number", {"value": 2**64}) == found[2]


def test_a_fingerprint_of_nan_is_a_token_never_seen_before():
    @node("Dice", title="Dice", category="t", fingerprint=lambda _, __: math.nan)
    def dice(*, a: int) -> int:
        """Never the same."""
        return a

    known = registry(dice)
    assert key("Dice", {"a": 1}, known=known) != key("Dice", {"a": 1}, known=known)


def test_a_fingerprint_that_raises_counts_as_never_the_same():
    def broken(_context, _inputs):
        raise OSError("gone")

    @node("Broken", title="Broken", category="t", fingerprint=broken)
    def declared(*, a: int) -> int:
        """Its fingerprint raises."""
        return a

    known = registry(declared)
    assert key("Broken", {"a": 1}, known=known) != key("Broken", {"a": 1}, known=known)


@node("Reads", title="Reads", category="t")
def reads(*, model: Annotated[str, Choice(folder="loras")]) -> int:
    """Reads a file."""
    return len(model)


def test_the_content_of_a_chosen_file_enters(tmp_path):
    folder = tmp_path / "models" / "loras"
    folder.mkdir(parents=True)
    context = Context(folders=Folders(models=tmp_path / "models"))
    found = list[str]()
    for content in (b"one", b"two!", b"one"):
        (folder / "a.safetensors").write_bytes(content)
        found.append(
            key("Reads", {"model": "a.safetensors"}, known=registry(reads), context=context)
        )
    assert found[0] == found[2] != found[1]
    missing = key("Reads", {"model": "b.safetensors"}, known=registry(reads), context=context)
    assert missing not in found


def test_who_reads_its_id_has_it_in_the_key_and_an_effect_its_folder(tmp_path):
    known = registry()
    known.specs["Add"] = replace(known["Add"], reads_id=True)
    found = keys(graph(a=("Add", {"a": 1}), b=("Add", {"a": 1})), known)
    assert found["a"] != found["b"]
    there = Context(folders=Folders(output=tmp_path))
    assert key("Show", {"a": 1}) != key("Show", {"a": 1}, context=there)
    assert key("Add", {"a": 1}) == key("Add", {"a": 1}, context=there)


@pytest.mark.parametrize(
    "made",
    [
        graph(a=("Add", {"a": "@gone"})),
        graph(a=("Gone", {})),
        graph(a=("Add", {"a": "@b"}), b=("Add", {"a": "@a"})),
    ],
)
def test_what_a_check_would_have_found_is_a_graph_error(made):
    with pytest.raises(GraphError):
        keys(made)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES, VALUES)
@settings(max_examples=80)
def test_equal_values_have_equal_keys_and_others_not(one, two):
    def spelled(value):
        return (
            (type(value).__name__, repr(value))
            if not isinstance(value, dict | list)
            else repr(sorted(value.items(), key=repr) if isinstance(value, dict) else value)
        )

    first, second = key("Show", {"a": one}), key("Show", {"a": two})
    assert first == key("Show", {"a": one})
    if spelled(one) != spelled(two):
        plain_wrapped = any(isinstance(v, dict) and "__value__" in v for v in (one, two))
        assert first != second or plain_wrapped or one == two
