"""Start a program that cannot outlive its parent: `python leash.py PARENT_PID PROGRAM ARGUMENT…`.

On Linux the kernel sends the program SIGTERM when its parent ends, however it ended; elsewhere the program is started
without this promise. It runs as a script of its own, before the program's own start, because code between fork and
exec in a process that may have threads (`preexec_fn`) can hang.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # <sys/prctl.h>


def main() -> None:
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it ended before the kernel knew to tell us
            sys.exit("The process that started this one has ended.")
    os.execv(program[0], program)  # noqa: S606 - no shell is wanted, and the arguments are our own


if __name__ == "__main__":
    main()
