"""The check of one note as a program of its own: `python -m derivations.check_process SEED SECONDS MEGABYTES`.

Reads the note from standard input and prints the report as JSON. It gives itself bounds of memory and processor time
first, so that whatever a note makes the checker do ends here and not in a worker. No Django is loaded.
"""

import json
import resource
import sys
import time


def main(seed: int, seconds: int, megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024**2, megabytes * 1024**2))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))  # the kernel ends it
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    note = sys.stdin.buffer.read().decode()

    from stepcheck import Budget, NotationError, check

    try:
        # By processor time: a busy machine must not change a verdict. Who started us watches the clock on the wall.
        report = check(note, seed=seed, budget=Budget(clock=time.process_time))
    except NotationError as unread:
        sys.stdout.write(json.dumps({"unread": unread.remedy}))
        return
    told = report.as_dict()
    for step, shown in zip(report.steps, told["steps"], strict=True):
        shown["sign"] = step.sign_span.start if step.sign_span is not None else None
    sys.stdout.write(json.dumps(told, allow_nan=False))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
