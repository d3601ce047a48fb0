from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engine.graph.order import cycles, ordered, users


def test_sources_come_first_and_only_what_is_needed():
    sources = {"save": ["b"], "b": ["a", "a"], "a": [], "other": ["a"]}
    assert ordered(sources, ["save"]) == (["a", "b", "save"], True)
    assert ordered(sources) == (["a", "b", "save", "other"], True)


def test_a_chain_of_a_hundred_thousand_is_no_deeper_than_one():
    sources = {n: [n + 1] for n in range(100_000)}
    found, sound = ordered(sources)
    assert sound
    assert found == list(reversed(range(100_000)))


def test_missing_sources_are_left_out():
    assert ordered({"a": ["gone"]}) == (["a"], True)


def test_cycles_are_listed_along_their_links():
    sources = {"a": ["c"], "b": ["a"], "c": ["b", "x"], "x": [], "self": ["self"], "y": ["a"]}
    assert not ordered(sources)[1]
    assert cycles(sources) == [["a", "b", "c"], ["self"]]


def test_a_ring_of_ten_thousand_is_found():
    sources = {n: [(n + 1) % 10_000] for n in range(10_000)}
    ring = cycles(sources)[0]
    assert len(ring) == 10_000
    assert all(first == sources[second][0] for first, second in pairwise(ring))


def test_users_are_counted_per_link():
    assert users({"a": [], "b": ["a", "a"], "c": ["a"]}) == {"a": ["b", "b", "c"], "b": [], "c": []}


@given(st.lists(st.lists(st.integers(0, 30), max_size=4), max_size=30))
def test_the_order_is_right_or_there_is_a_cycle(lists):
    sources = dict(enumerate(lists))
    found, sound = ordered(sources)
    assert sorted(found) == sorted(sources)
    assert sound == (not cycles(sources))
    if sound:
        place = {id: index for index, id in enumerate(found)}
        assert all(
            place[source] < place[id]
            for id in sources
            for source in sources[id]
            if source in sources
        )
