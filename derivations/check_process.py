"""The checker as a program of its own: `python -m derivations.check_process check|replay|code SECONDS MEGABYTES`.

Reads what to do from standard input as JSON, and prints what came of it as JSON. It gives itself bounds of memory and
processor time first, so that whatever a note makes the checker do ends here and not in a worker. No Django is loaded.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any


def main(task: str, seconds: int, megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024**2, megabytes * 1024**2))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))  # the kernel ends it
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = json.loads(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(TASKS[task](**asked), allow_nan=False))


def checked(note: str, seed: int) -> dict[str, Any]:
    from stepcheck import Budget, NotationError, check

    try:
        # By processor time: a busy machine must not change a verdict. Who started us watches the clock on the wall.
        report = check(note, seed=seed, budget=Budget(clock=time.process_time))
    except NotationError as unread:
        return {"refused": unread.remedy}
    told = report.as_dict()
    for step, shown in zip(report.steps, told["steps"], strict=True):
        shown["sign"] = step.sign_span.start if step.sign_span is not None else None
    return told


def replayed(note: str, index: int, counterexample: dict[str, Any]) -> dict[str, Any]:
    from stepcheck import CannotReplay, Counterexample, NotationError, Span, replay

    left, right = counterexample.pop("spans", None) or (None, None)
    spans = (Span(**left), Span(**right)) if left and right else None
    try:
        again = replay(note, index, Counterexample(**counterexample, spans=spans))
    except (CannotReplay, NotationError) as refusal:
        return {"refused": getattr(refusal, "remedy", str(refusal))}
    parts = [{"latex": part.latex, "value": plain(part.value)} for part in again.parts]
    return {"left": plain(again.left), "right": plain(again.right), "parts": parts}


def coded(note: str, index: int, seed: int) -> Mapping[str, Any]:
    from derivations.code_trial import coded as tried

    return tried(note, index, seed)


def plain(value: Any) -> Any:
    """The same without what JSON has no word for."""
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return None if isinstance(value, float) and value - value != 0 else value


TASKS: dict[str, Callable[..., Mapping[str, Any]]] = {"check": checked, "replay": replayed, "code": coded}

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
