"""The checker as a program of its own. It bounds its memory and processor time, so that whatever a note makes the
checker do ends here and not in a worker or a web process. No Django is loaded.

`python -m derivations.check_process forks` loads the checker once and forks a child for each question
(derivations/forkserver.py). Its standard input is a socket over which it is handed the sockets to answer on. A child
says that it has taken the question, reads it as a line of JSON, `{"task", "asked", "seconds", "megabytes"}`, keeps to
these bounds, and writes its answer as another, or `{"fault"}` or `{"stopped"}`. Where the kernel ends it, so does the
socket.

`python -m derivations.check_process serve SECONDS MEGABYTES` is for the notes that are being written
(derivations/live.py): a line of JSON in, a line out, and what was said of a step is remembered (`stepcheck.memo`). Each
note has SECONDS of processor time, or the kernel ends the program. A line with `overtaken` stops the note of that
number.

Both end when their input does, which is when who started them ends, however.
"""

import gc
import json
import os
import queue
import resource
import select
import signal
import socket
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from stepcheck import Remembered, Report

MOST_REMEMBERED = 5_000  # steps; one takes a kilobyte or two
MOST_KILOBYTES = 700 * 1024  # of memory in use, after which the program ends by itself and a fresh one takes over
WARM_UP = r"Let $A \in \mathbb{R}^{n \times n}$ and $x \in \mathbb{R}^n$. $$\nabla (x^\top A x) = (A + A^\top) x$$"

NOTEBOOK_SECONDS = 20  # of processor time, after which no further step is written as code


IDLE_SECONDS = 900  # without a question, after which the memory is worth more than the second that a start takes


def main(task: str, *bounds: str) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if task == "forks":
        fork_for_each(socket.socket(fileno=0))
    else:
        seconds, megabytes = map(int, bounds)
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024**2, megabytes * 1024**2))
        serve(seconds)


def _warm_up() -> None:
    """Load what the first check, or the first one with probability in it, would wait for."""
    import scipy.special  # noqa: F401 - stepcheck leaves it until it needs it

    from stepcheck import check

    check(WARM_UP)


def fork_for_each(door: socket.socket) -> None:
    """Answer each socket that comes in over `door` from a child of its own, until there is no one on the other side."""
    import derivations.code_trial  # noqa: F401 - loaded for the children

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for who started us, and we end with them
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    _warm_up()
    gc.freeze()  # what is there now stays shared with the children
    while select.select([door], [], [], IDLE_SECONDS)[0]:
        said, handed, _, _ = socket.recv_fds(door, 1, 1)
        if not said:
            return
        for number in handed:
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                door.close()
                _answer_on(socket.socket(fileno=number))
            os.close(number)


def _answer_on(asked: socket.socket) -> NoReturn:
    code = 1
    try:
        asked.sendall(b"taken\n")
        with asked.makefile("rb") as lines:
            question = json.loads(lines.readline())
        threading.Thread(target=_end_with, args=(asked,), daemon=True).start()
        asked.sendall(_bounded(**question).encode() + b"\n")
        code = 0
    finally:
        os._exit(code)


def _end_with(asked: socket.socket) -> None:
    while asked.recv(1):
        pass
    os._exit(0)  # nobody listens any more, whatever is under way


def _bounded(task: str, asked: dict[str, Any], seconds: int, megabytes: int) -> str:
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024**2, megabytes * 1024**2))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))  # the kernel ends it
    try:
        return json.dumps(TASKS[task](**asked), allow_nan=False)
    except MemoryError:
        return json.dumps({"stopped": True})
    except Exception as fault:  # of whatever kind: told to who asked, who raises it there
        return json.dumps({"fault": f"{type(fault).__name__}: {fault}"})


def checked(note: str, seed: int, macros: str = "") -> dict[str, Any]:
    from stepcheck import Budget, NotationError, check

    try:
        # By processor time: a busy machine must not change a verdict. Who started us watches the clock on the wall.
        report = check(note, seed=seed, budget=Budget(clock=time.process_time), macros=table(macros))
    except NotationError as unread:
        return {"refused": unread.remedy}
    return as_told(report)


def as_told(report: "Report") -> dict[str, Any]:
    """The report as JSON, with the place of each step's sign and what of the prose was not understood."""
    told = report.as_dict()
    told["passed_over"] = [{"name": each.name, "given": each.given} for each in report.passed_over]
    for step, shown in zip(report.steps, told["steps"], strict=True):
        shown["sign"] = step.sign_span.start if step.sign_span is not None else None
    return told


class Overtaken(BaseException):
    """The note has been changed meanwhile. Not an Exception, so that nothing takes it for a problem of its own."""


class Kept(OrderedDict[str, "Remembered"]):
    """The steps asked for last."""

    def get(self, key: str, default: Any = None) -> Any:
        if key not in self:
            return default
        self.move_to_end(key)
        return self[key]

    def __setitem__(self, key: str, value: "Remembered") -> None:
        super().__setitem__(key, value)
        if len(self) > MOST_REMEMBERED:
            self.popitem(last=False)


def serve(seconds: int) -> None:
    """Answer one note after the other: `{"id", "note", "seed", "macros", "slice_seconds"}`, a line each.

    The answer is `{"id", "report", "unfinished"}`, where `unfinished` are the steps that the slice did not suffice for:
    asked again, the note goes on from there. Or `{"id", "refused"}`, or `{"id", "overtaken"}`. With `retires` it is the
    last answer.
    """

    asked: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    overtaken: set[int] = set()
    kept = Kept()
    _warm_up()
    _say({"ready": os.getpid()})
    threading.Thread(target=_listen, args=(asked, overtaken), daemon=True).start()
    retires = False
    while not retires:
        question = asked.get()
        used = int(time.process_time()) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, resource.RLIM_INFINITY))  # the kernel ends it
        answer = _answered(kept, overtaken, **question)
        retires = kilobytes_in_use() > MOST_KILOBYTES
        _say({**answer, "retires": retires})


def kilobytes_in_use() -> int:
    """From the kernel's own count. The most that was ever in use (`ru_maxrss`) begins with what our parent had."""
    try:
        with open("/proc/self/statm", encoding="ascii") as counts:
            return int(counts.read().split()[1]) * resource.getpagesize() // 1024
    except OSError:  # no Linux
        return 0


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, allow_nan=False) + "\n")
    sys.stdout.flush()


def _listen(asked: "queue.SimpleQueue[dict[str, Any]]", overtaken: set[int]) -> None:
    for line in sys.stdin.buffer:
        message = json.loads(line)
        if "overtaken" in message:
            overtaken.add(message["overtaken"])
        else:
            asked.put(message)
    os._exit(0)  # nobody listens any more, whatever is under way


def _answered(
    kept: Kept, overtaken: set[int], id: int, note: str, seed: int, macros: str, slice_seconds: float
) -> dict[str, Any]:
    from stepcheck import Budget, NotationError, check

    def clock() -> float:
        if id in overtaken:
            raise Overtaken
        return time.process_time()

    budget = Budget(note_seconds=slice_seconds, clock=clock)
    try:
        report = check(note, seed=seed, budget=budget, macros=table(macros), memo=kept)
    except NotationError as unread:
        return {"id": id, "refused": unread.remedy}
    except Overtaken:
        return {"id": id, "overtaken": True}
    finally:
        overtaken.difference_update([each for each in [*overtaken] if each <= id])
    unfinished = [step.index for step in report.steps if step.reason == budget.note_bound]
    return {"id": id, "report": as_told(report), "unfinished": unfinished}


def replayed(note: str, index: int, counterexample: dict[str, Any], macros: str = "") -> dict[str, Any]:
    from stepcheck import CannotReplay, Counterexample, NotationError, Span, replay

    left, right = counterexample.pop("spans", None) or (None, None)
    spans = (Span(**left), Span(**right)) if left and right else None
    try:
        again = replay(note, index, Counterexample(**counterexample, spans=spans), macros=table(macros))
    except (CannotReplay, NotationError) as refusal:
        return {"refused": getattr(refusal, "remedy", str(refusal))}
    parts = [{"latex": part.latex, "value": plain(part.value)} for part in again.parts]
    return {"left": plain(again.left), "right": plain(again.right), "parts": parts}


def coded(note: str, index: int, seed: int, macros: str = "") -> Mapping[str, Any]:
    from derivations.code_trial import coded as tried
    from stepcheck import NotationError, written_out

    try:
        text = written_out(note, table(macros))
    except NotationError as unread:
        return {"refused": unread.remedy}
    return tried(text, index, seed)


def notebook_codes(note: str, indices: list[int], seed: int, macros: str = "") -> Mapping[str, Any]:
    """The NumPy source of steps, by their index as text, for as many as the time allows."""
    codes: dict[str, str] = {}
    for index in indices:
        if time.process_time() > NOTEBOOK_SECONDS:
            break
        made = coded(note, index, seed, macros)
        if "files" in made:
            codes[str(index)] = made["files"]["numpy"]
    return {"codes": codes}


def table(text: str) -> Any:
    from stepcheck import NotationError, read_macros

    try:
        return read_macros(text)
    except NotationError:  # saved by a version that read more: the page draws such a note without macros, too
        return None


def plain(value: Any) -> Any:
    """The same without what JSON has no word for."""
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return None if isinstance(value, float) and value - value != 0 else value


def all_checked(notes: list[str], seed: int) -> dict[str, Any]:
    return {"reports": [checked(note, seed) for note in notes]}


TASKS: dict[str, Callable[..., Mapping[str, Any]]] = {
    "check": checked,
    "check-all": all_checked,
    "replay": replayed,
    "code": coded,
    "codes": notebook_codes,
}

if __name__ == "__main__":
    main(*sys.argv[1:])
