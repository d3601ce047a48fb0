"""What a script imports to edit, run and listen: the whole of the server's wire, without torch.

    async with connected("http://127.0.0.1:8188") as client:
        document = await client.open("my workflow")
        document.set("nodes/3/inputs/seed", 7)
        result = await client.finished(await document.run())

Knows HTTP and the websocket; what a document is to a client is in `replica.py`.
"""

import asyncio
import json
import secrets
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias, cast

import aiohttp

from engine.errors import EaselError
from engine.graph.edits import Json
from engine.replica import Replica

ENDS: Final = ("execution_success", "execution_error", "execution_interrupted")
AGAIN: Final = (0.1, 0.3, 1.0, 3.0)  # seconds between tries to connect again

Told: TypeAlias = tuple[str, Json]


class ServerError(EaselError):
    """The server refused a request, or is not there. `answer` is what it said, if it said JSON."""

    def __init__(self, message: str, answer: Any = None) -> None:
        super().__init__(message)
        self.answer = answer


class Document(Replica):
    """A workflow that is edited here and by others, on a client's line."""

    def __init__(self, client: "Client", name: str) -> None:
        start = secrets.randbelow(2**20) << 20
        super().__init__(name, client.id, lambda type, data: client.send(type, **data), start)
        self._client = client

    async def run(
        self, targets: Sequence[str] | None = None, *, count: int = 1, front: bool = False
    ) -> list[str]:
        """Queue it as it is; the jobs' ids. Raises `ServerError` with what is wrong."""
        await self.settled()
        answer = self._client.answer("queued", self.name)
        more = {} if targets is None else {"targets": list(targets)}
        self.send(
            "run", {"doc": self.name, "rev": self.rev, "count": count, "front": front, **more}
        )
        told = await answer
        if not told["prompt_ids"]:
            error = cast(Json, told.get("error") or {})
            raise ServerError(str(error.get("details") or error.get("message") or "refused"), told)
        return told["prompt_ids"]

    def show_presence(self, **state: Any) -> None:
        """Tell the others where one is: name, colour, cursor, selection, drag."""
        self.send("presence", {"doc": self.name, "client": self.author, **state})


class Client:
    """A line to a server. id: the client's, by which its jobs are told to it."""

    def __init__(self, url: str, http: aiohttp.ClientSession, id: str, token: str) -> None:
        self.url, self.http, self.id = url.rstrip("/"), http, id
        self.pictures = list[bytes]()
        self._token = token
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._documents = dict[str, Document]()
        self._listeners = list[asyncio.Queue[Told]]()
        self._answers = dict[tuple[str, str], asyncio.Future[Json]]()
        self._waiting = list[str]()
        self._news = asyncio.Event()
        self._up = asyncio.Event()
        self._ended = dict[str, Told]()

    # HTTP

    async def get(self, path: str, **query: str) -> Any:
        """The answer's JSON (or bytes). Raises `ServerError`."""
        return await self._ask("GET", path, params=query)

    async def post(self, path: str, body: Any = None) -> Any:
        """The answer's JSON (or bytes). Raises `ServerError`."""
        return await self._ask("POST", path, json=body)

    async def queue(self, prompt: Json, **more: Any) -> str:
        """Queue a graph in API form; the job's id. Raises `ServerError`."""
        body = {"prompt": prompt, "client_id": self.id, **more}
        return (await self.post("/prompt", body))["prompt_id"]

    async def interrupt(self, job: str | None = None) -> None:
        """Stop a job if it runs, or whatever runs."""
        await self.post("/interrupt", {"prompt_id": job} if job else {})

    async def picture(self, image: Mapping[str, str]) -> bytes:
        """The bytes of a file that a job showed (`{"filename", "subfolder", "type"}`)."""
        query = {key: str(image.get(key, "")) for key in ("filename", "subfolder", "type")}
        return await self._ask("GET", "/view", params=query)

    async def finished(self, jobs: str | Sequence[str]) -> Json:
        """Wait for jobs of this client; the outputs of the last, by node.

        Raises `ServerError` if one was not done.
        """
        outputs: Json = {}
        for job in [jobs] if isinstance(jobs, str) else jobs:
            type, data = await self._end(job)
            if type != "execution_success":
                said = data.get("exception_message") or "the job was interrupted"
                raise ServerError(str(said), data)
            outputs = (await self.get(f"/history/{job}"))[job]["outputs"]
        return outputs

    async def _end(self, job: str) -> Told:
        async for type, _ in self.events():
            if job not in self._ended and type in ("listening", "connected"):
                await self._look_up(job)  # it may have ended while nobody listened
            if job in self._ended:
                return self._ended[job]
        raise ServerError("the line was closed")

    async def _look_up(self, job: str) -> None:
        entry = (await self.get(f"/history/{job}")).get(job)
        for type, data in entry["status"]["messages"] if entry else ():
            if type in ENDS:
                self._ended[job] = (type, data)

    async def _ask(self, method: str, path: str, **more: Any) -> Any:
        try:
            async with self.http.request(method, self.url + path, **more) as answer:
                body = await answer.read()
                kind = answer.content_type
                said: Any = json.loads(body) if kind == "application/json" and body else body
                if answer.status >= 400:
                    raise ServerError(_sentence(said, answer.status), said)
                return said
        except aiohttp.ClientError as error:
            raise ServerError(f"{self.url} does not answer: {error}") from error

    # The websocket

    async def open(self, name: str, template: str | None = None) -> Document:
        """Open a document; a new one is empty, or begins as an example of that name.

        Raises `ServerError` if it can't be read.
        """
        document = self._documents.get(name)
        if document is None:
            document = self._documents[name] = Document(self, name)
            more = {"template": template} if template else {}
            self.send("open", doc=name, **more)
        await document.opened()
        if document.failure:
            del self._documents[name]
            raise ServerError(document.failure)
        return document

    async def events(self) -> AsyncIterator[Told]:
        """Everything that the server says from here on, as (type, data)."""
        heard = asyncio.Queue[Told]()
        self._listeners.append(heard)
        heard.put_nowait(("listening", {}))
        try:
            while True:
                yield await heard.get()
        finally:
            self._listeners.remove(heard)

    def send(self, type: str, **data: Any) -> None:
        """Send a message; edits that can't be sent now are sent when the line is back."""
        self._waiting.append(json.dumps({"type": type, "data": data}))
        self._news.set()

    def answer(self, type: str, name: str) -> "asyncio.Future[Json]":
        """The next message of that type about a document."""
        return self._answers.setdefault((type, name), asyncio.get_running_loop().create_future())

    async def listening(self, keeping: "asyncio.Task[None]") -> None:
        """Wait until the line stands for the first time. Raises what ended `keeping` before."""
        up = asyncio.create_task(self._up.wait())
        await asyncio.wait((up, keeping), return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        if keeping.done():
            keeping.result()

    async def cut(self) -> None:
        """Lose the line, as a bad network would; it is made again."""
        if self._socket is not None:
            await self._socket.close()

    async def keep(self) -> None:
        """Hold the line, and make it again when it is lost; for ever."""
        tries = 0
        while True:
            try:
                await self._connect()
                tries = 0
                await self._talk()
            except aiohttp.WSServerHandshakeError as error:
                if error.status in (400, 401, 403):
                    raise ServerError(f"{self.url} refuses this client: {error.message}") from error
            except (aiohttp.ClientError, OSError):
                pass  # it is tried again
            await asyncio.sleep(AGAIN[min(tries, len(AGAIN) - 1)])
            tries += 1

    async def _connect(self) -> None:
        query = {"clientId": self.id} | ({"token": self._token} if self._token else {})
        self._socket = await self.http.ws_connect(self.url + "/ws", params=query, max_msg_size=0)
        self._waiting = [text for text in self._waiting if '"type": "edit"' not in text]
        for document in self._documents.values():
            document.ask_again()
        self._up.set()
        self._tell(("connected", {}))

    async def _talk(self) -> None:
        assert self._socket is not None
        writing = asyncio.create_task(self._write(self._socket))
        try:
            async for frame in self._socket:
                if frame.type is aiohttp.WSMsgType.BINARY:
                    self.pictures.append(cast(bytes, frame.data))
                elif frame.type is aiohttp.WSMsgType.TEXT:
                    message: Json = json.loads(frame.data)
                    self._hear(message["type"], message.get("data") or {})
        finally:
            writing.cancel()
            for document in self._documents.values():
                document.live = False

    async def _write(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            while self._waiting:
                await socket.send_str(self._waiting.pop(0))
            self._news.clear()
            await self._news.wait()

    def _hear(self, type: str, data: Json) -> None:
        name = data.get("doc")
        document = self._documents.get(name) if isinstance(name, str) else None
        if document is not None:
            document.hear(type, data)
            waiting = self._answers.pop((type, document.name), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(data)
        if type in ENDS:
            self._ended[str(data.get("prompt_id"))] = (type, data)
        self._tell((type, data))

    def _tell(self, told: Told) -> None:
        for listener in self._listeners:
            listener.put_nowait(told)


def _sentence(said: Any, status: int) -> str:
    """What an answer says is wrong."""
    error: Any = cast(Json, said).get("error") if isinstance(said, dict) else None
    if isinstance(error, dict):
        found = cast(Json, error)
        return f"{found.get('message')} {found.get('details') or ''}".strip()
    return str(error) if error else f"the server answers {status}"


@asynccontextmanager
async def connected(url: str, *, token: str = "", id: str = "") -> AsyncGenerator[Client]:
    """A client of the server at `url`. Raises `ServerError` if it is not there, or refuses."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    limit = aiohttp.ClientTimeout(total=None, connect=10)
    async with aiohttp.ClientSession(headers=headers, timeout=limit) as http:
        client = Client(url, http, id or uuid.uuid4().hex, token)
        await client.get("/features")
        keeping = asyncio.create_task(client.keep())
        try:
            await client.listening(keeping)
            yield client
        finally:
            keeping.cancel()
            await client.cut()
