"""The answers' gateway behind a plain HTTP server in a process of its own, to be killed. Prints its port."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import django

django.setup()

from anlan.kernel.messaging.actions import Given  # noqa: E402
from anlan.kernel.messaging.gateway import gateway  # noqa: E402
from anlan.kernel.messaging.registry import register_kind  # noqa: E402
from anlan.kernel.messaging.spec import MessageKind  # noqa: E402
from anlan.kernel.messaging.tokens import message_of  # noqa: E402


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        given = Given(message_id=message_of(body["token"]), kind="received", via="api")
        raw = str(gateway.submit(given).result(timeout=10).pk).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *args: object) -> None:
        pass


if __name__ == "__main__":
    register_kind(MessageKind("test.callout", "Call-out"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    print(server.server_address[1], flush=True)  # noqa: T201
    server.serve_forever()
