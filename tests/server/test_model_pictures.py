"""Pictures of models: which have one is said in the list, so that nobody asks in vain."""

import base64
import io
import json

from PIL import Image

from tests.server.site import run


def picture():
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (1, 2, 3)).save(buffer, "PNG")
    return buffer.getvalue()


def test_the_list_says_which_models_have_a_picture(tmp_path):
    folder = tmp_path / "models" / "loras"
    folder.mkdir(parents=True)
    covers = json.dumps([base64.b64encode(picture()).decode()])
    headers = {"beside": "{}", "none": "{}"}
    headers["within"] = json.dumps({"__metadata__": {"ssmd_cover_images": covers}})
    for name, header in headers.items():
        data = header.encode()
        (folder / f"{name}.safetensors").write_bytes(len(data).to_bytes(8, "little") + data)
    (folder / "beside.preview.png").write_bytes(picture())

    async def steps(server):
        files = await server.get("/experiment/models/loras")
        assert {file["name"]: file["preview"] for file in files} == {
            "beside.safetensors": True,
            "none.safetensors": False,
            "within.safetensors": True,
        }
        for file in files:
            path = f"/experiment/models/preview/loras/{file['pathIndex']}/{file['name']}"
            status, _, _ = await server.raw("GET", path)
            assert (status == 200) == file["preview"], file["name"]

    run(tmp_path, steps, workers=0)
