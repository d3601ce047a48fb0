"""Picture bytes: what is read, what is refused, and the texts inside."""

import contextlib
import json
import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin

from engine import pictures
from engine.errors import EaselError, InputFileError
from engine.pictures import Pixels

SMALL = Pixels(3, 2, 3, bytes(range(18)))


def file_of(image, format="PNG", **options):
    buffer = BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def png_that_claims(width, height):
    """A whole, tiny PNG file whose header promises more."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(b"\0" * 64))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + rows + chunk(b"IEND", b"")


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_png_gives_its_pixels_back(channels):
    pixels = Pixels(5, 4, channels, bytes(range(20 * channels)))
    image = Image.open(BytesIO(pictures.encode(pixels)))
    assert image.size == (5, 4)
    assert image.tobytes() == pixels.data


@given(st.integers(1, 40), st.integers(1, 40), st.data())
@settings(max_examples=20, deadline=None)
def test_any_size_survives_png_and_reading(width, height, data):
    body = data.draw(st.binary(min_size=width * height * 3, max_size=width * height * 3))
    frame = pictures.read_frames(pictures.encode(Pixels(width, height, 3, body)))[0]
    assert frame.colour == Pixels(width, height, 3, body)
    assert frame.alpha is None


def test_the_orientation_of_a_photograph_is_applied():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    turned = file_of(Image.new("RGB", (8, 4)), "JPEG", exif=exif)
    assert pictures.read_frames(turned)[0].colour.width == 4


def test_all_frames_of_one_size_are_read():
    frames = [Image.new("RGB", (6, 6), colour) for colour in ("red", "green", "blue")]
    data = file_of(frames[0], "GIF", save_all=True, append_images=frames[1:])
    read = pictures.read_frames(data)
    assert [frame.colour.data[:3] for frame in read] == [b"\xff\0\0", b"\0\x80\0", b"\0\0\xff"]


def test_transparency_of_a_palette_is_alpha():
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((1, 0), 1)
    frame = pictures.read_frames(file_of(image, transparency=0))[0]
    assert frame.alpha is not None
    assert frame.alpha.data == b"\0\xff"
    assert frame.colour.data == b"\xff\0\0\0\0\xff"


def test_one_channel_is_read_and_missing_alpha_is_opaque():
    data = pictures.encode(SMALL)
    assert pictures.read_channel(data, "alpha").data == b"\xff" * 6
    assert pictures.read_channel(data, "green").data == SMALL.data[1::3]


@pytest.mark.parametrize("size", [(100_000, 100_000), (20_000, 20_000), (2**31 - 1, 1000)])
@pytest.mark.parametrize("read", [pictures.read_frames, pictures.read_texts])
def test_a_bomb_is_refused_before_it_is_decoded(size, read):
    with pytest.raises(InputFileError, match=r"bomb\.png"):
        read(png_that_claims(*size), "bomb.png")


def test_the_frames_of_an_animation_count_together(monkeypatch):
    frames = [Image.new("L", (10, 10), level) for level in (0, 100, 200)]
    data = file_of(frames[0], "GIF", save_all=True, append_images=frames[1:])
    monkeypatch.setattr(pictures, "MAX_PIXELS", 250)
    with pytest.raises(InputFileError, match="at most 250 pixels"):
        pictures.read_frames(data)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"not a picture", b"<svg/>", b"%!PS-Adobe-3.0 EPSF-3.0"]
)
def test_what_is_no_picture_is_named(data):
    with pytest.raises(InputFileError, match=r"x\.png"):
        pictures.read_frames(data, "x.png")


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_truncated_file_is_refused(format):
    data = file_of(Image.effect_noise((64, 64), 90).convert("RGB"), format)
    with pytest.raises(InputFileError, match="cut"):
        pictures.read_frames(data[: len(data) // 2], "cut")


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@given(st.binary(max_size=300), st.sampled_from([b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"II*\0"]))
@settings(max_examples=150, deadline=None)
def test_random_files_never_raise_anything_else(body, head):
    for read in (pictures.read_frames, pictures.read_texts, pictures.view):
        with contextlib.suppress(EaselError):
            read(head + body)


@given(st.integers(0, 400), st.integers(0, 255))
@settings(max_examples=60, deadline=None)
def test_a_flipped_byte_is_read_or_refused(place, value):
    data = bytearray(pictures.encode(Pixels(16, 16, 3, bytes(768)), texts={"prompt": "{}"}))
    data[place % len(data)] = value
    with contextlib.suppress(InputFileError):
        pictures.read_texts(bytes(data))
        pictures.read_frames(bytes(data))


TEXTS = {"prompt": json.dumps({"1": {"seed": 2**64 - 1}}), "workflow": '{"é": "日本 🦊"}'}


@pytest.mark.parametrize("format", ["png", "webp", "jpeg"])
def test_texts_come_back_from_every_format(format):
    read = pictures.read_texts(pictures.encode(SMALL, format, texts=TEXTS))
    assert read.keys() == TEXTS.keys()
    assert all(json.loads(read[key]) == json.loads(TEXTS[key]) for key in TEXTS)


def test_a_png_keeps_every_text():
    texts = {**TEXTS, "easel": "{}", "parameters": "a fox\nSteps: 20"}
    assert pictures.read_texts(pictures.encode(SMALL, texts=texts)) == texts


def test_a_long_workflow_fits_into_a_png_but_not_into_a_jpeg():
    texts = {"prompt": json.dumps(["x" * 3_000_000])}
    assert pictures.read_texts(pictures.encode(SMALL, texts=texts)) == texts
    assert pictures.read_texts(pictures.encode(SMALL, "jpeg", texts=texts)) == {}


def test_a_text_behind_the_pixels_is_found():
    whole = pictures.encode(SMALL)
    body = b"tEXtprompt\0{}"
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    assert pictures.read_texts(whole[:-12] + chunk + whole[-12:]) == {"prompt": "{}"}


@pytest.mark.parametrize(
    ("head", "coding"),
    [
        (b"UNICODE\0", "utf-16-be"),
        (b"UNICODE\0", "utf-16-le"),
        (b"ASCII\0\0\0", "ascii"),
        (b"", "utf-8"),
    ],
)
def test_the_parameters_of_automatic1111_are_read_from_a_jpeg(head, coding):
    exif = Image.Exif()
    comment = head + "a fox, (red:1.2)\nSteps: 20".encode(coding)
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = comment
    data = file_of(Image.new("RGB", (8, 8)), "JPEG", exif=exif)
    assert pictures.read_texts(data) == {"parameters": "a fox, (red:1.2)\nSteps: 20"}


def test_a_comment_of_json_is_unfolded():
    exif = Image.Exif()
    comment = b"ASCII\0\0\0" + json.dumps({"prompt": {"1": {}}, "other": 1}).encode()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = comment
    data = file_of(Image.new("RGB", (8, 8)), "WEBP", exif=exif)
    assert pictures.read_texts(data) == {"prompt": '{"1": {}}'}


def test_a_compressed_text_that_unpacks_to_megabytes_is_refused():
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text("prompt", "x" * 20_000_000, zip=True)
    with pytest.raises(InputFileError):
        pictures.read_texts(file_of(Image.new("L", (1, 1)), pnginfo=chunks))


def test_a_thumbnail_is_small_and_has_no_texts():
    data = pictures.encode(Pixels(300, 100, 3, bytes(90_000)), texts=TEXTS)
    small = pictures.thumbnail(data, 64)
    assert Image.open(BytesIO(small)).size == (64, 21)
    assert pictures.read_texts(small) == {}


def test_a_view_shows_what_was_asked_for():
    data = pictures.encode(Pixels(2, 1, 4, bytes([9, 8, 7, 0, 6, 5, 4, 255])))

    def seen(**options):
        return Image.open(BytesIO(pictures.view(data, **options)))

    assert seen(channel="rgb").tobytes() == bytes([9, 8, 7, 6, 5, 4])
    assert seen(channel="a").getchannel("A").tobytes() == bytes([0, 255])
    assert seen(format="webp", quality=80).format == "WEBP"
    assert seen(format="jpeg").mode == "RGB"
    assert seen(longest=1).size == (1, 1)
    assert seen(longest=9).size == (2, 1)
