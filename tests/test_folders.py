"""Names lead into their folder and nowhere else; lists and fingerprints follow the disk."""

import os

import pytest

from engine.folders import Folders, PathError, fingerprint_of, safe_name


@pytest.fixture
def folders(tmp_path):
    (tmp_path / "loras" / "styles").mkdir(parents=True)
    (tmp_path / "loras" / "styles" / "ink.safetensors").write_bytes(b"ink")
    return Folders(models=tmp_path, input=tmp_path / "in", output=tmp_path / "out")


def test_lists_are_recursive_and_follow_changes(folders, tmp_path):
    assert folders.names("loras") == ["styles/ink.safetensors"]
    (tmp_path / "loras" / "b.pt").touch()
    (tmp_path / "loras" / "readme.txt").touch()
    assert folders.names("loras") == ["b.pt", "styles/ink.safetensors"]


def test_models_of_the_diffusers_library_are_listed_as_folders(folders, tmp_path):
    (tmp_path / "diffusers" / "styles" / "ink" / "unet").mkdir(parents=True)
    (tmp_path / "diffusers" / "styles" / "ink" / "model_index.json").touch()
    (tmp_path / "diffusers" / "styles" / "ink" / "unet" / "config.json").touch()
    assert folders.names("diffusers") == ["styles/ink"]


def test_names_from_windows_are_read(folders):
    assert folders.resolve("loras", "styles\\ink.safetensors").read_bytes() == b"ink"


@pytest.mark.parametrize(
    "name", ["../x", "styles/../../x", "/etc/passwd", "..\\x", "", "C:/x", "a\0b", "C:\\x"]
)
def test_a_name_that_leaves_its_folder_is_refused(folders, name):
    with pytest.raises(PathError):
        folders.resolve("loras", name)


def test_old_folder_names_mean_the_new_ones(folders, tmp_path):
    (tmp_path / "unet").mkdir()
    (tmp_path / "unet" / "old.safetensors").touch()
    assert folders.names("unet") == folders.names("diffusion_models") == ["old.safetensors"]


def test_an_annotated_name_says_its_folder(folders, tmp_path):
    for place in ("in", "out"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "a.png").write_text(place)
    assert folders.annotated("a.png").read_text() == "in"
    assert folders.annotated("a.png [output]").read_text() == "out"


def test_extra_paths_come_after_ours_or_first_if_they_say_so(folders, tmp_path):
    config = tmp_path / "extra.yaml"
    config.write_text("a1111:\n  base_path: other\n  loras: |\n    Lora\n    LyCORIS\n")
    (tmp_path / "other" / "Lora").mkdir(parents=True)
    (tmp_path / "other" / "Lora" / "x.pt").touch()
    folders.add_extra(config)
    assert folders.names("loras") == ["styles/ink.safetensors", "x.pt"]
    assert folders.resolve("loras", "x.pt").parent == tmp_path / "other" / "Lora"


@pytest.mark.parametrize("text", ["[1]", "a: 3", "a:\n  loras: [1]", "a: {", "'"])
def test_a_bad_file_of_extra_paths_is_named(folders, tmp_path, text):
    config = tmp_path / "extra.yaml"
    config.write_text(text)
    with pytest.raises(PathError, match=r"extra\.yaml"):
        folders.add_extra(config)


def test_a_large_file_is_sampled_and_a_small_one_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.folders.WHOLE_HASH_LIMIT", 1 << 20)
    path = tmp_path / "big"
    path.write_bytes(os.urandom(20 << 20))
    before = fingerprint_of(path)
    with path.open("r+b") as file:
        file.seek(-10, os.SEEK_END)
        file.write(b"x" * 10)
    assert fingerprint_of(path) != before


def test_a_fingerprint_follows_the_content_not_the_name(folders, tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_text("same")
    b.write_text("same")
    assert folders.fingerprint(a) == folders.fingerprint(b)
    b.write_text("other!")
    assert folders.fingerprint(a) != folders.fingerprint(b)


def test_safe_names_hold_nothing_that_a_file_system_refuses():
    assert safe_name('a/b:c*?"<>|') == "a_b_c______"
    assert safe_name("..") == "_"


def test_packs_are_folders_with_code_and_files_of_code(tmp_path):
    mine, more = tmp_path / "custom_nodes", tmp_path / "more"
    for place, name in ((mine, "many/x.py"), (mine, "solo.py"), (mine, "many.py"),
                        (mine, "off.disabled/x.py"), (mine, "_x/x.py"), (mine, ".git/x.py"),
                        (mine, "pictures/a.png"), (mine, "note.txt"),
                        (more, "many/x.py"), (more, "far/x.py")):  # fmt: skip
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("")
    folders = Folders(custom_nodes=mine, extra={"custom_nodes": [more]})
    assert folders.packs() == [("far", more / "far"), ("many", mine / "many"),
                               ("solo", mine / "solo.py")]  # fmt: skip
    folders.without = frozenset({"solo"})
    assert [name for name, _ in folders.packs()] == ["far", "many"]
    folders.only = frozenset({"solo.py", "far"})
    assert [name for name, _ in folders.packs()] == ["far"]
    folders.without = frozenset()
    assert [name for name, _ in folders.packs()] == ["far", "solo"]
    folders.only = frozenset()
    assert folders.packs() == []
