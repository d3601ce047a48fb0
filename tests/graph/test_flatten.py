import pytest

from engine.errors import GraphError
from engine.graph import files
from engine.graph.flatten import flatten
from engine.graph.model import Graph, Link, Node, Subgraph
from engine.graph.sockets import Slot, Sockets


def ports(inputs: dict[str, str], outputs: tuple[str, ...]) -> Sockets:
    return Sockets(
        tuple(Slot(name, kind, kind in ("INT", "COMBO")) for name, kind in inputs.items()),
        tuple(Slot(kind, kind) for kind in outputs),
    )


PORTS = {
    "Loader": ports({"name": "COMBO"}, ("MODEL", "CLIP")),
    "Lora": ports({"model": "MODEL", "clip": "CLIP", "name": "COMBO"}, ("MODEL", "CLIP")),
    "Sampler": ports({"model": "MODEL", "image": "IMAGE", "seed": "INT"}, ("IMAGE",)),
    "Blend": ports({"mask": "MASK", "a": "IMAGE", "b": "IMAGE"}, ("IMAGE",)),
    "Any": ports({"x": "*"}, ("*",)),
    "Save": ports({"image": "IMAGE"}, ()),
}


def flat(graph: Graph) -> dict[str, tuple[str, dict]]:
    made = flatten(graph, PORTS.get)
    return {id: (node.class_type, node.inputs) for id, node in made.nodes.items()}


def test_a_bypassed_node_is_replaced_by_what_feeds_the_matching_input():
    graph = Graph(
        {
            "1": Node("Loader"),
            "2": Node("Lora", {"model": Link("1", 0), "clip": Link("1", 1)}, state="bypassed"),
            "3": Node("Sampler", {"model": Link("2", 0)}),
            "4": Node("Lora", {"clip": Link("2", 1)}),
        }
    )
    found = flat(graph)
    assert list(found) == ["1", "3", "4"]
    assert found["3"][1] == {"model": Link("1", 0)}
    assert found["4"][1] == {"clip": Link("1", 1)}


def test_a_muted_node_takes_what_it_fed_along():
    graph = Graph(
        {"1": Node("Loader", state="muted"), "3": Node("Sampler", {"model": Link("1", 0)})}
    )
    assert flat(graph) == {"3": ("Sampler", {})}


def test_bypass_prefers_the_exact_type_and_has_no_second_try():
    blend = {"mask": Link("m", 0), "b": Link("s", 0)}
    graph = Graph(
        {
            "m": Node("Any"),
            "s": Node("Sampler"),
            "b": Node("Blend", blend, state="bypassed"),
            "v": Node("Save", {"image": Link("b", 0)}),
            "w": Node("Any", {"x": Link("b", 0)}),
        }
    )
    assert flat(graph)["v"][1] == {}
    assert flat(graph)["w"][1] == {"x": Link("m", 0)}


def test_along_a_chain_the_type_asked_for_is_that_of_the_input_gone_through():
    graph = Graph(
        {
            "s": Node("Sampler"),
            "1": Node("Any", {"x": Link("s", 0)}, state="bypassed"),
            "2": Node("Any", {"x": Link("1", 0)}, state="bypassed"),
            "v": Node("Save", {"image": Link("2", 0)}),
        }
    )
    assert flat(graph)["v"][1] == {"image": Link("s", 0)}


def test_bypassed_nodes_in_a_circle_are_named():
    graph = Graph(
        {
            "1": Node("Any", {"x": Link("2", 0)}, state="bypassed"),
            "2": Node("Any", {"x": Link("1", 0)}, state="bypassed"),
            "v": Node("Save", {"image": Link("2", 0)}),
        }
    )
    with pytest.raises(GraphError, match=r"feed each other \(2, 1\)"):
        flat(graph)


def test_a_link_to_a_node_that_is_not_there_stays_for_the_check():
    assert flat(Graph({"v": Node("Save", {"image": Link("gone", 0)})})) == {
        "v": ("Save", {"image": Link("gone", 0)})
    }


def test_a_long_chain_of_bypassed_nodes_is_walked_once():
    nodes = {"s": Node("Sampler")}
    before = "s"
    for index in range(5_000):
        nodes[str(index)] = Node("Any", {"x": Link(before, 0)}, state="bypassed")
        nodes[f"v{index}"] = Node("Save", {"image": Link(str(index), 0)})
        before = str(index)
    found = flat(Graph(nodes))
    assert all(found[f"v{index}"][1] == {"image": Link("s", 0)} for index in range(5_000))


NESTED = {
    "format": "easel/1",
    "nodes": {
        "1": {"class_type": "Loader"},
        "2": {"class_type": "subgraph/outer", "inputs": {"m": ["1", 0], "seed": 7}},
        "3": {"class_type": "Save", "inputs": {"image": ["2", 0]}},
    },
    "subgraphs": {
        "outer": {
            "name": "Outer",
            "inputs": [{"name": "m", "type": "MODEL"}, {"name": "seed", "type": "INT"}],
            "outputs": [{"name": "i", "type": "IMAGE", "from": ["b", 0]}],
            "nodes": {
                "a": {"class_type": "subgraph/inner", "inputs": {"m": ["@in", 0], "n": ["@in", 1]}},
                "b": {"class_type": "Sampler", "inputs": {"image": ["a", 0], "seed": ["@in", 1]}},
            },
        },
        "inner": {
            "name": "Inner",
            "inputs": [{"name": "m", "type": "MODEL"}, {"name": "n", "type": "INT"}],
            "outputs": [{"name": "i", "type": "IMAGE", "from": ["1", 0]}],
            "nodes": {
                "1": {"class_type": "Sampler", "inputs": {"model": ["@in", 0], "seed": ["@in", 1]}}
            },
        },
    },
}


def test_instances_unfold_with_their_values_and_links():
    assert flat(files.read(NESTED)) == {
        "1": ("Loader", {}),
        "2:a:1": ("Sampler", {"model": Link("1", 0), "seed": 7}),
        "2:b": ("Sampler", {"image": Link("2:a:1", 0), "seed": 7}),
        "3": ("Save", {"image": Link("2:b", 0)}),
    }


def test_a_bypassed_instance_is_bypassed_by_its_outer_ports():
    graph = files.read(NESTED)
    graph.nodes["0"] = Node("Sampler")
    graph.subgraphs["outer"].inputs.append({"name": "i", "type": "IMAGE"})
    graph.nodes["2"].inputs["i"] = Link("0", 0)
    graph.nodes["2"].state = "bypassed"
    assert flat(graph)["3"] == ("Save", {"image": Link("0", 0)})
    assert not any(id.startswith("2:") for id in flat(graph))


@pytest.mark.parametrize("levels", [1, 2])
def test_a_subgraph_that_contains_itself_is_refused(levels):
    graph = files.read(NESTED)
    inside = graph.subgraphs["inner" if levels == 2 else "outer"]
    inside.nodes["again"] = Node("subgraph/outer")
    with pytest.raises(GraphError, match="contains itself"):
        flat(graph)


def test_subgraphs_that_unfold_without_end_are_refused():
    graph = Graph({"0": Node("subgraph/s0")})
    for level in range(20):
        inner = {str(i): Node(f"subgraph/s{level + 1}") for i in range(8)}
        graph.subgraphs[f"s{level}"] = Subgraph("s", nodes=inner)
    graph.subgraphs["s20"] = Subgraph("s", nodes={"1": Node("Loader")})
    with pytest.raises(GraphError, match="more than"):
        flat(graph)


def test_an_instance_of_no_subgraph_stays_for_the_check():
    assert flat(Graph({"5": Node("subgraph/gone")})) == {"5": ("subgraph/gone", {})}
