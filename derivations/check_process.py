"""The checker as a program of its own: `python -m derivations.check_process check|replay|code|codes SECONDS MEGABYTES`.

Reads what to do from standard input as JSON, and prints what came of it as JSON. It gives itself bounds of memory and
processor time first, so that whatever a note makes the checker do ends here and not in a worker. No Django is loaded.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

NOTEBOOK_SECONDS = 20  # of processor time, after which no further step is written as code


def main(task: str, seconds: int, megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024**2, megabytes * 1024**2))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))  # the kernel ends it
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = json.loads(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(TASKS[task](**asked), allow_nan=False))


def checked(note: str, seed: int, macros: str = "") -> dict[str, Any]:
    from stepcheck import Budget, NotationError, check

    try:
        # By processor time: a busy machine must not change a verdict. Who started us watches the clock on the wall.
        report = check(note, seed=seed, budget=Budget(clock=time.process_time), macros=table(macros))
    except NotationError as unread:
        return {"refused": unread.remedy}
    told = report.as_dict()
    for step, shown in zip(report.steps, told["steps"], strict=True):
        shown["sign"] = step.sign_span.start if step.sign_span is not None else None
    return told


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
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
