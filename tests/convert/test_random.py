"""Random graphs through every form and back, and random damage."""

import json
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.convert.api import to_api
from engine.convert.reading import read_ui
from engine.convert.writing import to_ui
from engine.graph.files import easel_of, read
from engine.graph.model import Graph, Link, Node, Subgraph
from engine.graph.text import dumps
from tests.convert import cases
from tests.convert.test_bad_input import survives

KINDS = ("EmptyLatentImage", "LatentUpscaleBy", "LatentMultiply", "Reroute", "SaveLatent")
INPUT = {"LatentUpscaleBy": "samples", "LatentMultiply": "samples", "SaveLatent": "samples"}
INPUT |= {"Reroute": "in", "subgraph/s": "latent"}
VALUES = {
    "EmptyLatentImage": {"width": 512, "height": 512, "batch_size": 1},
    "LatentUpscaleBy": {"upscale_method": "nearest-exact", "scale_by": 1.5},
    "LatentMultiply": {"multiplier": 1.0},
    "SaveLatent": {"filename_prefix": "x"},
    "Reroute": {},
    "subgraph/s": {"scale": 2.0},
}


@st.composite
def drawn(draw, kinds=KINDS):
    nodes = dict[str, Node]()
    for number in range(1, draw(st.integers(1, 9))):
        kind = draw(st.sampled_from(kinds))
        inputs = dict(VALUES[kind])
        if kind in INPUT and nodes and draw(st.booleans()):
            inputs[INPUT[kind]] = Link(draw(st.sampled_from(list(nodes))), 0)
        state = draw(st.sampled_from(["on", "on", "on", "muted", "bypassed"]))
        nodes[str(number)] = Node(kind, inputs, state)
    return nodes


@st.composite
def graphs(draw):
    inner = draw(drawn())
    scale = Node("LatentUpscaleBy", {**VALUES["LatentUpscaleBy"], "scale_by": Link("@in", 1)})
    scale.inputs["samples"] = Link("@in", 0)
    scale.under["scale_by"] = 3.0
    inner["90"] = scale
    definition = Subgraph(
        "Inner",
        inputs=[{"name": "latent", "type": "LATENT"}, {"name": "scale", "type": "FLOAT"}],
        outputs=[{"name": "LATENT", "type": "LATENT", "from": Link("90", 0)}],
        nodes=inner,
    )
    return Graph(nodes=draw(drawn((*KINDS, "subgraph/s"))), subgraphs={"s": definition})


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_a_graph_of_ours_runs_the_same_after_the_editor_s_form(graph):
    library = cases.library()
    before = to_api(graph, library)
    written = json.loads(json.dumps(to_ui(graph, library)))
    again, notes = read_ui(written, library)
    assert not notes
    assert to_api(again, library) == before
    assert to_ui(again, library)["nodes"] == written["nodes"]
    ours = dumps(easel_of(again))
    assert dumps(easel_of(read(ours))) == ours


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(cases.NAMES), st.integers(0, 2**32))
def test_random_damage_never_raises_anything_else(name, seed):
    survives(damaged(cases.workflow(name), random.Random(seed)))


def damaged(document, dice):
    """The document with a few values exchanged for others from anywhere in it."""
    places = list[tuple[object, object]]()
    waiting = [document]
    while waiting:
        here = waiting.pop()
        keys = here if isinstance(here, dict) else range(len(here))
        for key in keys:
            places.append((here, key))
            if isinstance(here[key], dict | list):
                waiting.append(here[key])
    for _ in range(dice.randint(1, 6)):
        (holder, key), (giver, other) = dice.choice(places), dice.choice(places)
        value = giver[other] if key is not other or dice.random() < 0.8 else None
        holder[key] = json.loads(json.dumps(value)) if key in _keys(holder) else None
    return document


def _keys(holder):
    return holder if isinstance(holder, dict) else range(len(holder))
