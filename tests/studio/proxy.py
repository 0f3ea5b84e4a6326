"""A server between the workbench and the real Label Studio that injects faults on purpose."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

import httpx

Fault = Callable[[int, str, str], str]
"""From a call's number (from 1), method and path to what is done to it: "" for nothing, "lose"
for a cut line after the server has done its work, "half" for one in the middle of the answer,
"503" or "429" for a refusal with Retry-After before the server sees the call."""
_HOP_BY_HOP = ("connection", "transfer-encoding", "content-encoding", "content-length", "host")


class FaultyProxy:
    """The proxy's address, and the calls that it has seen."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.calls: list[tuple[str, str]] = []
        self.fault: Fault = lambda *_: ""
        self.url = ""
        self._lock = Lock()

    def count(self, method: str, path: str) -> str:
        """Note a call and say what is done to it."""
        with self._lock:
            self.calls.append((method, path))
            return self.fault(len(self.calls), method, path)

    def reset(self, fault: Fault) -> None:
        """Begin to count anew with another fault."""
        with self._lock:
            self.calls.clear()
            self.fault = fault


@contextmanager
def run_proxy(target: str) -> Iterator[FaultyProxy]:
    """Run a proxy before a server on a free port of loopback."""
    proxy = FaultyProxy(target)
    with httpx.Client(base_url=target, timeout=120) as client:

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                what = proxy.count(self.command, self.path)
                if what.isdigit():
                    self.send_response(int(what))
                    self.send_header("Retry-After", "0")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                headers = {k: v for k, v in self.headers.items() if k.lower() not in _HOP_BY_HOP}
                answer = client.request(self.command, self.path, content=body, headers=headers)
                if what == "lose":
                    self._cut()
                    return
                self.send_response(answer.status_code)
                for name, value in answer.headers.items():
                    if name.lower() not in _HOP_BY_HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                if what == "half":
                    self.wfile.write(answer.content[: len(answer.content) // 2])
                    self.wfile.flush()
                    self._cut()
                    return
                self.wfile.write(answer.content)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = forward  # noqa: N815 - its names

            def _cut(self) -> None:
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.close_connection = True
                self.connection.close()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Say nothing of lines that were cut on purpose."""

        server = Quiet(("127.0.0.1", 0), Handler)
        proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
