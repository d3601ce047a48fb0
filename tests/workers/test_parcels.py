import json

import pytest

from engine.folders import Folders, PathError
from engine.workers.parcels import PIECE, Parcel, Shelf, named, piece, place_of, renamed


@pytest.fixture
def folders(tmp_path):
    made = Folders(**{name: tmp_path / name for name in ("input", "output", "temp")})
    for path in ("input/a/x.png", "output/y.png", "temp/z.png"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(path.encode())
    (tmp_path / "secret.png").write_bytes(b"not yours")
    return made


def prompt(*values):
    inputs = {f"input{n}": value for n, value in enumerate(values)}
    return json.dumps({"1": {"class_type": "Any", "inputs": inputs}}).encode()


def test_the_files_that_a_graph_names_are_found(folders):
    found = named(folders, prompt("a/x.png", "y.png [output]", ["z.png [temp]", "a/x.png"]))
    assert {parcel.where for parcel in found} == {
        ("input", "a/x.png"),
        ("output", "y.png"),
        ("temp", "z.png"),
    }
    assert {parcel.size for parcel in found} == {13, 12, 10}


@pytest.mark.parametrize(
    "text",
    [
        "../secret.png",
        "a/../../secret.png",
        "",
        "a",
        ".",
        "\0",
        "a cat, " * 10_000,
        "y.png",
        "/etc/x",
    ],
)
def test_what_is_no_file_of_these_folders_is_not_sent(folders, text):
    assert named(folders, prompt(text, 7, None, ["2", 0], {"deep": [text]})) == []


def test_equal_content_has_an_equal_digest_whatever_its_name(folders):
    (folders.input / "copy.png").write_bytes((folders.input / "a" / "x.png").read_bytes())
    one, other = named(folders, prompt("a/x.png", "copy.png"))
    assert one.digest == other.digest


def test_a_file_travels_in_pieces(tmp_path):
    content = bytes(range(256)) * (PIECE // 256) + b"the rest"
    (tmp_path / "big").write_bytes(content)
    pieces = [piece(tmp_path / "big", at) for at in (0, PIECE, PIECE + 8)]
    assert b"".join(pieces) == content
    assert pieces[-1] == b""


def test_what_is_shown_names_the_files_of_the_server():
    theirs = {"filename": "p_00001_.png", "subfolder": "a", "type": "output"}
    other = {"filename": "p_00001_.png", "subfolder": "", "type": "temp"}
    shown = json.dumps({"images": [theirs, other], "seed": [2**64 - 1]}).encode()
    whole = json.loads(renamed(shown, {("output", "a/p_00001_.png"): ("output", "a/p_00009_.png")}))
    assert whole == {"images": [{**theirs, "filename": "p_00009_.png"}, other], "seed": [2**64 - 1]}


def test_a_shelf_has_what_was_stored_until_it_is_removed(folders):
    shelf, parcel = Shelf(folders), Parcel("output", "y_00001_.png", "digest", 3)
    (folders.output / "y_00001_.png").write_bytes(b"ours")
    assert not shelf.has(parcel)
    written = shelf.take(parcel, b"new", "job", 2)
    assert written == shelf.written[0]
    assert (written.job, written.attempt) == ("job", 2)
    assert shelf.has(parcel)
    assert b"y_00002_.png" in shelf.renamed(
        b'{"images":[{"filename":"y_00001_.png","type":"output"}]}'
    )
    (folders.output / "y_00002_.png").unlink()
    assert not shelf.has(parcel)


@pytest.mark.parametrize(
    ("folder", "name"),
    [("input", "../x"), ("input", "/x"), ("models", "x"), ("output", "a/../../x")],
)
def test_no_parcel_leaves_its_folder(folders, tmp_path, folder, name):
    parcel = Parcel(folder, name, "", 0)
    with pytest.raises(PathError):
        place_of(tmp_path, parcel)
    if folder == "output":
        with pytest.raises(PathError):
            Shelf(folders).take(parcel, b"", "job", 1)
