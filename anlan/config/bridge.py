"""Django's WSGI handler behind granian's RSGI: pages run in a thread pool, the event loop never waits for them."""

import asyncio
import io
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO, cast

SPOOL_BYTES = 2**20  # a larger body goes to a temporary file
SEND_SECONDS = 60  # a reader who takes nothing for so long is gone

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class TooLargeError(Exception):
    """The body is larger than this house takes."""


class Pages:
    """Answers requests through a WSGI application, each wholly in one thread, whose database it uses."""

    def __init__(self, application: WsgiApp, *, threads: int, body_bytes: int, behind_proxy: bool) -> None:
        self.application = application
        self.body_bytes = body_bytes
        self.behind_proxy = behind_proxy
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="pages")

    async def answer(self, scope: Any, proto: Any) -> None:
        try:
            body = await self._body(scope, proto)
        except TooLargeError:
            proto.response_str(413, [("content-type", "text/plain; charset=utf-8")], "413")
            return
        loop = asyncio.get_running_loop()
        with body:
            environ = environ_of(scope, body, behind_proxy=self.behind_proxy)
            await loop.run_in_executor(self.pool, self._respond, environ, proto, loop)

    async def _body(self, scope: Any, proto: Any) -> BinaryIO:
        """The whole body before a thread is taken: a slow sender must not hold one."""
        length = scope.headers.get("content-length", "0")
        if scope.method in {"GET", "HEAD"} and length == "0":
            return io.BytesIO()
        if length.isdigit() and int(length) > self.body_bytes:
            raise TooLargeError
        body = cast(BinaryIO, tempfile.SpooledTemporaryFile(SPOOL_BYTES))  # noqa: SIM115 - closed by the caller
        size = 0
        async for chunk in proto:
            size += len(chunk)
            if size > self.body_bytes:
                body.close()
                raise TooLargeError
            body.write(chunk)
        body.seek(0)
        return body

    def _respond(self, environ: Environ, proto: Any, loop: asyncio.AbstractEventLoop) -> None:
        started: list[tuple[int, Headers]] = []

        def start(status: str, headers: Headers, exc_info: Any = None) -> None:
            started.append(
                (int(status.split(" ", 1)[0]), [(name.lower(), value.strip()) for name, value in headers])
            )

        answer = self.application(environ, start)
        try:
            status, headers = started[-1]
            if getattr(answer, "streaming", False):
                _stream(answer, proto.response_stream(status, headers), loop)
            else:
                proto.response_bytes(status, headers, b"".join(answer))
        finally:
            if callable(close := getattr(answer, "close", None)):
                close()


def _stream(chunks: Iterable[bytes], transport: Any, loop: asyncio.AbstractEventLoop) -> None:
    """Chunk by chunk, each sent before the next is made."""

    async def send(chunk: bytes) -> None:
        await transport.send_bytes(chunk)

    for chunk in chunks:
        if chunk:
            asyncio.run_coroutine_threadsafe(send(bytes(chunk)), loop).result(SEND_SECONDS)


def environ_of(scope: Any, body: BinaryIO, *, behind_proxy: bool) -> Environ:
    """A WSGI environment (PEP 3333) out of an RSGI scope."""
    server, _, port = scope.server.rpartition(":")
    environ: Environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    _add_headers(environ, scope)
    if behind_proxy and (passed := environ.get("HTTP_X_FORWARDED_FOR")):
        # Only the last hop was written by our own proxy; what stands before it anybody may have sent.
        environ["REMOTE_ADDR"] = passed.rpartition(",")[2].strip()
    return environ


def _add_headers(environ: Environ, scope: Any) -> None:
    for name, value in scope.headers.items():
        if "_" in name:
            continue  # X_Forwarded_For would arrive under the name of X-Forwarded-For
        key = name.upper().replace("-", "_")
        if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            key = f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value
    if scope.authority:
        environ.setdefault("HTTP_HOST", scope.authority)
