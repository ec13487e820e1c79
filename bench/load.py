"""A small HTTP client that asks for one page over kept connections, as fast as it is answered."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass

TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Target:
    """A page to ask for: its name, path, and the session cookie of its reader."""

    name: str
    path: str
    cookie: str


@dataclass(frozen=True)
class Slice:
    """What one slice saw: `waits_ms` from question to whole answer, `processor_ms` what the server worked meanwhile."""

    seconds: float
    waits_ms: list[float]
    processor_ms: float = 0.0

    @property
    def processor_ms_each(self) -> float:
        """Processor time of the server for one request."""
        return self.processor_ms / len(self.waits_ms)

    @property
    def per_second(self) -> float:
        return len(self.waits_ms) / self.seconds


class BadAnswer(Exception):
    """The server answered something else than the page. Names the page and what came."""


def ask_for(target: Target, *, port: int, clients: int, seconds: float) -> Slice:
    """Have `clients` readers ask for one page again and again for `seconds`. Raises BadAnswer."""
    waits: list[float] = []
    trouble: list[BaseException] = []
    until = time.perf_counter() + seconds

    def read() -> None:
        mine = []
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                question = _question(target, port)
                while (asked := time.perf_counter()) < until:
                    connection.sendall(question)
                    _read_answer(connection, target)
                    mine.append((time.perf_counter() - asked) * 1000)
        except (OSError, BadAnswer) as error:
            trouble.append(error)
        waits.extend(mine)

    began = time.perf_counter()
    readers = [threading.Thread(target=read) for _ in range(clients)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    if trouble:
        raise BadAnswer(f"{target.name} ({target.path}): {trouble[0]}")
    return Slice(seconds=time.perf_counter() - began, waits_ms=waits)


def _question(target: Target, port: int) -> bytes:
    lines = [
        f"GET {target.path} HTTP/1.1",
        f"Host: localhost:{port}",
        f"Cookie: sessionid={target.cookie}; csrftoken={'bench' * 6}01",  # as a browser that was here before
        "Accept: text/html",
        "Connection: keep-alive",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _read_answer(connection: socket.socket, target: Target) -> int:
    """Read one answer to its end; return the length of its body."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(65536)
        if not piece:
            raise BadAnswer("the server closed the connection")
        head += piece
    head, _, body = head.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    if not lines[0].startswith("HTTP/1.1 200"):
        raise BadAnswer(f"answered {lines[0]}")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    length = int(headers["content-length"])
    received = len(body)
    while received < length:
        piece = connection.recv(65536)
        if not piece:
            raise BadAnswer("the answer broke off")
        received += len(piece)
    return length
