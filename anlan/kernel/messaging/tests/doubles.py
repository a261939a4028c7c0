"""Local doubles of the gateways outside: real servers on a port of this machine, speaking what the real ones speak."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, dict[str, Any]]


class Double:
    """Keeps what came in; `answer(path, headers, body)` says what goes back."""

    def __init__(self, answer: Callable[[str, dict[str, str], Any], Reply]) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self._answer = answer
        self._lock = threading.Lock()
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, told = double._take(self.path, {k.title(): v for k, v in self.headers.items()}, body)
                raw = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def _take(self, path: str, headers: dict[str, str], body: bytes) -> Reply:
        with self._lock:
            self.requests.append((path, headers, body))
        try:
            read = json.loads(body)
        except ValueError:
            read = None
        return self._answer(path, headers, read)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, _, body in self.requests]

    @contextmanager
    def running(self) -> Iterator["Double"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


class SmsGateway(Double):
    """Takes batches; remembers keys and delivers each once, as a gateway with idempotency keys does."""

    def __init__(self, *, refuse: str = "") -> None:
        self.delivered: Counter[str] = Counter()
        self.doubles = 0
        self.refuse = refuse
        self.broken = 0
        super().__init__(self._sms)

    def _sms(self, path: str, headers: dict[str, str], body: Any) -> Reply:
        if self.broken:
            self.broken -= 1
            return 503, {}
        results = []
        for row in body["messages"]:
            if row["to"] == self.refuse:
                results.append({"key": row["key"], "status": "refused", "reason": "空号"})
                continue
            if row["key"] in self.delivered:
                self.doubles += 1
            else:
                self.delivered[row["key"]] += 1
            results.append({"key": row["key"], "status": "accepted", "ref": f"sms-{row['key']}"})
        return 200, {"results": results}


class VoiceGateway(Double):
    """Takes calls; a key that it has already is a 409, as it would ring the person twice."""

    def __init__(self, *, status: int = 202) -> None:
        self.rung: list[str] = []
        self.status = status
        super().__init__(self._call)

    def _call(self, path: str, headers: dict[str, str], body: Any) -> Reply:
        if headers["Idempotency-Key"] in self.rung:
            return 409, {"ref": f"call-{headers['Idempotency-Key']}"}
        if self.status == 202:
            self.rung.append(headers["Idempotency-Key"])
        return self.status, {"ref": f"call-{body['key']}", "reason": "空号"}
