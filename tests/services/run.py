"""`python -m tests.services.run COMMAND…`: run a command beside a PostgreSQL and a Redis of its own.

The command finds them in TEST_POSTGRES_URL and TEST_REDIS_URL, and both are stopped, by their process numbers, when it
ends or when this process is told to end.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from .fixtures import RedisServer, postgres_programs, postgres_started


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, _leave)
    with ExitStack() as services:
        environment = dict(os.environ)
        programs, redis_program = postgres_programs(), shutil.which("redis-server")
        if programs is None or redis_program is None:
            sys.exit("This needs PostgreSQL and Redis. Install them: apt-get install postgresql redis-server")
        environment["TEST_POSTGRES_URL"] = services.enter_context(postgres_started(programs))
        folder = services.enter_context(tempfile.TemporaryDirectory(prefix="studygroup-redis-"))
        redis = RedisServer(redis_program, Path(folder))
        redis.start()
        services.callback(redis.stop)
        environment["TEST_REDIS_URL"] = redis.url
        return subprocess.run(command, env=environment, check=False).returncode


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
