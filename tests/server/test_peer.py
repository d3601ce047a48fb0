"""What is sent together arrives whole, in order, and as what it was."""

from aiohttp import WSMsgType

from tests.server.site import run

SIZES = (0, 1, 125, 126, 2**16 - 1, 2**16, 3, 2**20, 7)


def test_frames_that_wait_arrive_in_order_whatever_their_size(tmp_path):
    sent = [
        (bytes([97 + number]) * size, kind)
        for number, (size, kind) in enumerate(
            (size, kind) for size in SIZES for kind in (WSMsgType.TEXT, WSMsgType.BINARY)
        )
    ]

    async def steps(server):
        ws = await server.listen("me")
        await ws.next("status")
        client = server.site.hub.client("me")
        for data, kind in sent:
            client.send(data, kind)
        return [await ws.socket.receive() for _ in sent]

    heard = run(tmp_path, steps, workers=0)
    assert [(frame.data, frame.type) for frame in heard] == [
        (data.decode() if kind is WSMsgType.TEXT else data, kind) for data, kind in sent
    ]


def test_what_waits_for_one_that_reads_leaves_in_few_pieces(tmp_path, monkeypatch):
    async def steps(server):
        ws = await server.listen("me")
        await ws.next("status")
        client, pieces = server.site.hub.client("me"), []
        write = client.transport.write
        monkeypatch.setattr(
            client.transport, "write", lambda data: (pieces.append(data), write(data))
        )
        for number in range(50):
            client.tell("noise", number=number)
        for number in range(50):
            assert await ws.next("noise") == {"number": number}
        return len(pieces)

    assert run(tmp_path, steps, workers=0) == 2
