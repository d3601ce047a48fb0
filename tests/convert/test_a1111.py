"""AUTOMATIC1111's parameters as a graph."""

from engine.convert.a1111 import graph_of, parsed
from engine.graph.model import Link

TEXT = """a red kite, <lora:ink lines:0.8> over dunes
second line <hypernet:soft:0.5>
Negative prompt: fog,
rain
Steps: 24, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 18446744073709551615, Size: 640x448, \
Model hash: abc, Model: meadow, Clip skip: 2, Hires upscale: 2, Note: "a, b: c"
"""


def only(graph, class_type):
    (found,) = [n for n in graph.nodes.values() if n.class_type == class_type]
    return found


def test_all_that_the_text_says_is_in_the_graph():
    graph, notes = graph_of(parsed(TEXT), lambda folder: ["sd/meadow.ckpt", "other.safetensors"])
    sampler = only(graph, "KSampler")
    assert sampler.inputs["seed"] == 18446744073709551615
    assert (sampler.inputs["steps"], sampler.inputs["cfg"]) == (24, 6.5)
    assert (sampler.inputs["sampler_name"], sampler.inputs["scheduler"]) == ("dpmpp_2m", "karras")
    assert only(graph, "CheckpointLoaderSimple").inputs["ckpt_name"] == "sd/meadow.ckpt"
    assert only(graph, "EmptyLatentImage").inputs == {"width": 640, "height": 448, "batch_size": 1}
    assert only(graph, "LoraLoader").inputs["lora_name"] == "ink lines.safetensors"
    assert only(graph, "LoraLoader").inputs["strength_model"] == 0.8
    assert only(graph, "HypernetworkLoader").inputs["hypernetwork_name"] == "soft.pt"
    assert only(graph, "CLIPSetLastLayer").inputs["stop_at_clip_layer"] == -2
    positive, negative = (
        graph.nodes[sampler.inputs[side].node].inputs["text"] for side in ("positive", "negative")
    )
    assert positive == "a red kite,  over dunes\nsecond line"
    assert negative == "fog,\nrain"
    assert "hires upscale, note" in str(notes[-1])


def test_tags_stand_between_the_loader_and_what_uses_it():
    graph, _ = graph_of(parsed(TEXT))
    sampler = only(graph, "KSampler")
    hyper = graph.nodes[sampler.inputs["model"].node]
    assert hyper.class_type == "HypernetworkLoader"
    assert graph.nodes[hyper.inputs["model"].node].class_type == "LoraLoader"
    assert all(
        link.node in graph.nodes for node in graph.nodes.values() for _, link in node.links()
    )


def test_what_is_not_known_is_told():
    text = "x\nSteps: many, Sampler: PLMS, CFG scale: 7, Seed: 1, Size: big, Model: m"
    graph, notes = graph_of(parsed(text))
    said = " | ".join(map(str, notes))
    assert "no sampler 'PLMS'" in said
    assert "'many' is no number" in said
    assert "no size" in said
    assert isinstance(only(graph, "VAEDecode").inputs["samples"], Link)


def test_embeddings_that_are_there_are_marked():
    text = "art by easyneg, x\nSteps: 1, Sampler: Euler a, Seed: 1, Size: 8x8, Model: m"
    graph, _ = graph_of(parsed(text), lambda f: ["easyneg.pt"] if f == "embeddings" else [])
    assert only(graph, "KSampler").inputs["sampler_name"] == "euler_ancestral"
    texts = [n.inputs["text"] for n in graph.nodes.values() if n.class_type == "CLIPTextEncode"]
    assert texts[0] == "art by embedding:easyneg, x"


def test_other_text_is_none_of_it():
    assert parsed("just a prompt") is None
