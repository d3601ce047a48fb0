"""Draw `input/example.png`, the picture that the shipped workflows start from.

A house and a tree, 128 pixels square. Its colours are whole; its alpha has a soft hole around the
tree, which LoadImage gives as the mask for inpainting. Run: `python -m tools.draw_example`.
"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

SIDE, FINER = 128, 4  # drawn four times as large, so that edges come out smooth
PLACE = Path(__file__).resolve().parent.parent / "input" / "example.png"
SKY, GRASS, SUN = "#bfe3f7", "#8fc866", "#ffd54a"
WALL, ROOF, DOOR, PANE = "#f6e3c0", "#d8523f", "#7a4a2b", "#6fb7e0"
TRUNK, LEAVES, SHINE = "#7a4a2b", "#3f9a4b", "#57b560"


def drawn() -> Image.Image:
    """The picture, RGBA."""
    colours = Image.new("RGB", (SIDE * FINER, SIDE * FINER), SKY)
    pen = ImageDraw.Draw(colours)
    _scenery(pen)
    _house(pen)
    _tree(pen)
    colours = colours.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    colours.putalpha(_hole())
    return colours


def _scenery(pen: ImageDraw.ImageDraw) -> None:
    pen.ellipse(_box(10, 8, 34, 32), SUN)
    pen.ellipse(_box(-60, 84, 188, 220), GRASS)


def _house(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle(_box(16, 60, 66, 100), WALL)
    pen.polygon([(x * FINER, y * FINER) for x, y in ((10, 62), (41, 34), (72, 62))], ROOF)
    pen.rounded_rectangle(
        _box(34, 74, 48, 100), 6 * FINER, DOOR, corners=(True, True, False, False)
    )
    for left in (20, 53):
        pen.rounded_rectangle(_box(left, 70, left + 9, 80), FINER, PANE)


def _tree(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle(_box(92, 78, 99, 104), TRUNK)
    for box in ((78, 52, 104, 80), (88, 50, 114, 80), (82, 38, 109, 66)):
        pen.ellipse(_box(*box), LEAVES)
    pen.ellipse(_box(88, 44, 100, 56), SHINE)


def _hole() -> Image.Image:
    """Opaque, but for a soft patch around the tree."""
    alpha = Image.new("L", (SIDE, SIDE), 255)
    ImageDraw.Draw(alpha).ellipse((74, 34, 120, 110), 0)
    return alpha.filter(ImageFilter.GaussianBlur(3))


def _box(*corners: float) -> tuple[float, ...]:
    return tuple(corner * FINER for corner in corners)


if __name__ == "__main__":
    drawn().save(PLACE, optimize=True)
