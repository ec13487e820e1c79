"""The conditions under which something was measured."""

from __future__ import annotations

import os
import platform
import time
from importlib.metadata import version
from pathlib import Path


def conditions(*packages: str) -> str:
    """Date, machine, Python and the versions of `packages` (as they are named on the index), as one clause."""
    model = next(
        (line.split(":", 1)[1].strip() for line in lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    versions = ", ".join(f"{name} {version(name.lower())}" for name in packages)
    return (
        f"{time.strftime('%-d %B %Y', time.gmtime())}; {os.cpu_count()} cores ({model}), Python "
        f"{platform.python_version()}, {versions}"
    )


def lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        return []
