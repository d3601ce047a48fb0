"""Nodes that read and write files."""

import json
from pathlib import Path

import pytest
import torch
from PIL import Image

from engine import pictures
from engine.errors import Cancelled, InputFileError, OutputError
from engine.folders import Folders, PathError
from engine.spec.context import Context
from nodes.image.files import load_image, preview_image, save_image
from nodes.latent.files import load_latent, save_latent
from nodes.mask.convert import load_image_mask

torch.set_num_threads(1)
PROMPT = {"1": {"class_type": "SaveImage", "inputs": {"seed": 2**64 - 1}}}


@pytest.fixture
def ctx(tmp_path):
    for name in ("input", "output"):
        (tmp_path / name).mkdir()
    folders = Folders(input=tmp_path / "input", output=tmp_path / "output", temp=tmp_path / "temp")
    return Context(folders, prompt=PROMPT, extra_pnginfo={"workflow": {"nodes": ["é"]}})


def put(ctx, name, image, **options):
    image.save(ctx.folders.input / name, **options)


def test_a_saved_picture_is_loaded_again(ctx):
    picture = torch.arange(60).reshape(1, 4, 5, 3) / 255
    result = save_image(images=picture, filename_prefix="sub/pic", ctx=ctx)
    assert result.shown["images"] == [
        {"filename": "pic_00001_.png", "subfolder": "sub", "type": "output"}
    ]
    loaded, mask = load_image(image="sub/pic_00001_.png [output]", ctx=ctx)
    assert torch.equal(loaded, picture)
    assert mask.shape == (1, 64, 64)
    assert mask.sum() == 0


def test_each_picture_of_a_batch_is_a_file(ctx):
    result = save_image(images=torch.rand(3, 4, 4, 4), filename_prefix="%batch_num%", ctx=ctx)
    names = [Path(file).name for file in result.files]
    assert names == ["0_00001_.png", "1_00001_.png", "2_00001_.png"]
    assert Image.open(result.files[0]).mode == "RGBA"


def test_the_workflow_is_inside_the_picture(ctx):
    result = save_image(images=torch.zeros(1, 2, 2, 3), filename_prefix="x", ctx=ctx)
    texts = pictures.read_texts(Path(result.files[0]).read_bytes())
    assert json.loads(texts["prompt"]) == PROMPT
    assert json.loads(texts["workflow"]) == {"nodes": ["é"]}


def test_no_workflow_is_inside_where_none_is_wanted(ctx):
    private = Context(ctx.folders, prompt=PROMPT, metadata=False)
    result = save_image(images=torch.zeros(1, 2, 2, 3), filename_prefix="x", ctx=private)
    assert pictures.read_texts(Path(result.files[0]).read_bytes()) == {}


def test_a_preview_is_temporary(ctx):
    result = preview_image(images=torch.zeros(1, 2, 2, 3), ctx=ctx)
    assert result.shown["images"][0]["type"] == "temp"
    assert Path(result.files[0]).parent == ctx.folders.temp


def test_a_cancelled_run_writes_nothing(ctx):
    stopped = Context(ctx.folders, cancelled=lambda: True)
    with pytest.raises(Cancelled):
        save_image(images=torch.zeros(1, 2, 2, 3), filename_prefix="x", ctx=stopped)
    assert list(ctx.folders.output.iterdir()) == []


def test_transparency_is_the_mask(ctx):
    image = Image.new("RGBA", (2, 1), (255, 0, 0, 255))
    image.putpixel((1, 0), (0, 0, 255, 0))
    put(ctx, "a.png", image)
    loaded, mask = load_image(image="a.png", ctx=ctx)
    assert loaded[0, 0].tolist() == [[1, 0, 0], [0, 0, 1]]
    assert mask.tolist() == [[[0, 1]]]
    assert load_image_mask(image="a.png", channel="alpha", ctx=ctx).tolist() == [[[0, 1]]]
    assert load_image_mask(image="a.png", channel="blue", ctx=ctx).tolist() == [[[0, 1]]]


def test_an_animation_is_a_batch(ctx):
    frames = [Image.new("L", (4, 4), level) for level in (0, 100, 200)]
    put(ctx, "a.webp", frames[0], save_all=True, append_images=frames[1:], lossless=True)
    loaded, mask = load_image(image="a.webp", ctx=ctx)
    assert loaded.shape == (3, 4, 4, 3)
    assert mask.shape[0] == 3


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "none.png", "folder", "a\0b"])
@pytest.mark.parametrize("load", [load_image, load_image_mask, load_latent])
def test_what_is_not_in_the_input_folder_is_named(ctx, load, name):
    (ctx.folders.input / "folder").mkdir()
    inputs = {"latent": name} if load is load_latent else {"image": name}
    if load is load_image_mask:
        inputs["channel"] = "red"
    with pytest.raises(InputFileError) as caught:
        load(**inputs, ctx=ctx)
    assert name in str(caught.value) or repr(name) in str(caught.value)
    assert str(ctx.folders.input) not in str(caught.value)


def test_a_file_that_is_no_picture_is_named(ctx):
    (ctx.folders.input / "x.png").write_text("hello")
    with pytest.raises(InputFileError, match=r"x\.png is not a picture"):
        load_image(image="x.png", ctx=ctx)


def test_a_prefix_that_leaves_the_folder_is_refused(ctx):
    for save, name in ((save_image, "images"), (save_latent, "samples")):
        value = (
            {"samples": torch.zeros(1, 4, 2, 2)} if name == "samples" else torch.zeros(1, 2, 2, 3)
        )
        with pytest.raises(PathError):
            save(**{name: value}, filename_prefix="../x", ctx=ctx)


def test_an_output_folder_that_is_a_file_is_an_output_error(ctx):
    ctx.folders.output.rmdir()
    ctx.folders.output.touch()
    with pytest.raises(OutputError):
        save_image(images=torch.zeros(1, 2, 2, 3), filename_prefix="x", ctx=ctx)


def test_a_saved_latent_is_loaded_again(ctx):
    samples = torch.randn(2, 4, 8, 6)
    result = save_latent(samples={"samples": samples}, filename_prefix="latents/x", ctx=ctx)
    assert result.shown["latents"] == [
        {"filename": "x_00001_.latent", "subfolder": "latents", "type": "output"}
    ]
    Path(result.files[0]).rename(ctx.folders.input / "y.latent")
    assert ctx.folders.names("latents") == ["y.latent"]
    assert torch.equal(load_latent(latent="y.latent", ctx=ctx)["samples"], samples)


def test_pictures_that_are_not_numbers_are_saved_black(ctx):
    result = save_image(images=torch.full((1, 2, 2, 3), float("nan")), filename_prefix="x", ctx=ctx)
    assert Image.open(result.files[0]).getextrema() == ((0, 0),) * 3
