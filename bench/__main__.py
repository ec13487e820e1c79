"""Run the comparisons: `python -m bench [pages|editor|checker|notes] [--write]`; without a word, all.

Each part has options of its own: `python -m bench pages --help`. `--write` replaces that part of docs/performance.md.
"""

from __future__ import annotations

import sys

PARTS = ("pages", "editor", "checker", "notes")


def main(arguments: list[str]) -> None:
    if arguments and not arguments[0].startswith("-"):
        if arguments[0] not in PARTS:
            raise SystemExit(f"There is no part {arguments[0]}: {', '.join(PARTS)}.")
        _run(arguments[0], arguments[1:])
        return
    if set(arguments) - {"--write"}:
        raise SystemExit(__doc__)
    for part in PARTS:
        _run(part, arguments)


def _run(part: str, arguments: list[str]) -> None:
    match part:
        case "pages":
            from bench import pages

            pages.main(arguments)
        case "editor":
            from bench import editor

            editor.main(arguments)
        case "notes":
            from bench import notes

            notes.main(arguments)
        case _:
            from bench import checker

            checker.main(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
