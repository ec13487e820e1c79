"""What was measured, as a table for the terminal and as the first part of docs/performance.md."""

from __future__ import annotations

from dataclasses import dataclass

GOALS = {"group home": 3.5, "session": 3.0, "note": 2.0, "board": 5.0}
MOST_QUERIES = 12


@dataclass(frozen=True)
class Measured:
    """One page.

    `ratio` is the plain view's requests a second over the page's, with eight readers, and `ratio_one` with one;
    `ratio_cpu` compares the processor time that the server took for a request. `per_second` is with eight readers; the
    waits, from question to whole answer, are those of one.
    """

    kind: str
    size: str
    queries: int
    content_bytes: int
    per_second: float
    p50_ms: float
    p95_ms: float
    ratio_one: float
    ratio: float
    ratio_cpu: float

    @property
    def goal(self) -> float | None:
        return GOALS.get(self.kind)

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        reached = self.ratio <= self.goal and self.queries <= MOST_QUERIES
        return f"{'reached' if reached else 'missed'} (≤ {self.goal:g})"


HEADS = ("page", "group", "req/s", "p50 ms", "p95 ms", "queries", "bytes", "ratio", "1 reader", "CPU ratio", "goal")


def cells(row: Measured) -> list[str]:
    return [
        row.kind,
        row.size,
        f"{row.per_second:,.0f}",
        f"{row.p50_ms:.1f}",
        f"{row.p95_ms:.1f}",
        str(row.queries),
        f"{row.content_bytes:,}",
        f"{row.ratio:.2f}",
        f"{row.ratio_one:.2f}",
        f"{row.ratio_cpu:.2f}",
        row.verdict,
    ]


def as_table(name: str, rows: list[Measured]) -> str:
    lines = [list(HEADS), *(cells(row) for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEADS))]
    numbers = range(2, 10)
    text = [
        "  ".join(
            cell.rjust(widths[n]) if n in numbers else cell.ljust(widths[n]) for n, cell in enumerate(line)
        ).rstrip()
        for line in lines
    ]
    return "\n".join([f"\n{name}", *text, "", said_of_queries(rows)])


def said_of_queries(rows: list[Measured]) -> str:
    """One sentence: whether a page costs as many queries in the large group as in the small one."""
    by_kind: dict[str, set[int]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, set()).add(row.queries)
    uneven = [kind for kind, numbers in by_kind.items() if len(numbers) > 1]
    if uneven:
        return f"The number of queries grows with the group: {', '.join(uneven)}."
    return "The number of queries is the same in both groups."


def as_markdown(tables: dict[str, list[Measured]], conditions: str) -> str:
    parts = [INTRODUCTION.format(conditions=conditions)]
    for name, rows in tables.items():
        parts.append(f"## {name}\n")
        parts.append(f"| {' | '.join(HEADS)} |")
        parts.append(f"| {' | '.join('---' if n < 2 or n == 10 else '---:' for n in range(len(HEADS)))} |")
        parts += [f"| {' | '.join(cells(row))} |" for row in rows]
        parts.append(f"\n{said_of_queries(rows)}\n")
    parts.append(KEPT)
    return "\n".join(parts)


INTRODUCTION = """# How fast the pages are

Written by `python -m bench pages --write`; `make bench` prints it. Each page is measured beside a minimal Django view
on the same server and database, in the same run: a session, a user, one query of ten rows, a base template of 1.5 kB,
behind the middleware and with the sessions that `startproject` writes. *Ratio* is that view's requests a second over
the page's, each pair measured right after one another, with eight readers on kept connections; the median of all
rounds. *CPU ratio* is the same of the processor time that the server took for a request: it hardly changes when others
use the machine too, and is the number to trust where the load average below is high. Waits (p50, p95) are those of a
single reader. The second line is the same view behind our middleware, with our sessions.

Conditions: {conditions} gunicorn as `manage.py up` starts it (WSGI, threads, preloaded, `gc.freeze()`), one process,
client and server on the same machine over loopback.

The groups: the demo group of 8 members, as `make demo` makes it; and one of 300 members, 500 sessions, 120 readings,
150 notes. Both have a board of 60 cards with formulas in their titles, and a note of 20 kB with 78 formulas.
"""

KEPT = """## What keeps it so
- Formulas are typeset when a text is saved; a page prints stored HTML.
- The rail and the asset links are rendered once for each group and page, not at each request.
- No component and no include stands inside a loop of many rows; the board's cards are text ready to print.
- A page has a fixed number of queries, at most 12; tests count them with one row and with thirty.
- The database connection is kept; the application is loaded before the fork and frozen out of the garbage collector.
"""
