"""Querysets composed once and run many times.

Django composes the SQL of a queryset anew each time it is run. For the queries of our busiest pages that takes longer
than the database needs to answer (measured on SQLite: 0.5–3 ms to compose, 0.1–0.4 ms to answer), and it is the same
SQL each time but for a user, a group and the hour. `prepared` keeps the SQL for the life of the process and puts the
values in. On PostgreSQL, where planning takes longer than answering, the statement is prepared on the server as well,
once for each connection. For queries that every page asks; anywhere else a plain queryset reads better.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet, prefetch_related_objects
from django.db.models.query import ValuesListIterable

Row = TypeVar("Row")

# Two values of each kind that no query holds by itself: what differs between them in the SQL's parameters is the slot.
_SAMPLES: dict[type, tuple[Any, Any]] = {
    int: (987_654_321_012, 987_654_321_013),
    datetime: (datetime(1987, 6, 5, 4, 3, 2, 101, tzinfo=UTC), datetime(1987, 6, 5, 4, 3, 2, 102, tzinfo=UTC)),
    date: (date(1987, 6, 5), date(1987, 6, 6)),
    str: ("prepared-sample-1", "prepared-sample-2"),
}
_TYPES = {int: "bigint", datetime: "timestamptz", date: "date", str: "text"}  # PostgreSQL's


@dataclass
class _Composed:
    queryset: QuerySet[Any]
    compiler: Any
    sql: str
    parameters: tuple[Any, ...]
    slots: dict[str, list[tuple[int, timedelta | None]]]
    converters: Any = None
    are_tuples: bool = False
    statement: str | None = None  # for PostgreSQL to keep: what is not in a slot stands in it
    places: tuple[int, ...] = ()  # of the slots, in the order of the statement


class _Query:
    """The query of a queryset, which answers with the compiler that is ready and leaves the rest to the query."""

    def __init__(self, query: Any, compiler: Any) -> None:
        self._query, self._compiler = query, compiler

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)


@dataclass
class Prepared(Generic[Row]):
    """Call it with the values to get the rows as a list: `next_sessions(user=user.pk, now=now)`.

    `make` builds the queryset from these values; it must build the same SQL for all of them, and compare a column with
    each value as it is, or an instant moved by a fixed time; not `icontains`. Raises ValueError, when first run, else.
    """

    make: Callable[..., QuerySet[Any]]
    kinds: dict[str, type]
    _ready: dict[str, _Composed] = field(default_factory=dict, repr=False)

    def __call__(self, **values: Any) -> list[Row]:
        connection = connections[DEFAULT_DB_ALIAS]
        composed = self._ready.get(connection.vendor)
        if composed is None:
            composed = self._ready[connection.vendor] = self._compose(connection)
        parameters = list(composed.parameters)
        for name, kind in self.kinds.items():
            for place, shift in composed.slots[name]:
                value = values[name] if shift is None else values[name] + shift
                parameters[place] = _adapted(value, kind, connection)
        rows = _answered(composed, parameters, connection)
        if composed.are_tuples:
            return _tuples(composed, rows, connection)
        compiler = copy.copy(composed.compiler)
        compiler.connection = connection  # each thread has its own
        compiler.execute_sql = lambda *args, **kwargs: [rows]
        if composed.converters is not None:
            compiler.get_converters = lambda expressions: composed.converters
        made = composed.queryset
        # Not copy.copy: that would run the queryset, with the samples, to keep its rows.
        queryset = type(made)(model=made.model, query=_Query(made.query, compiler), using=DEFAULT_DB_ALIAS)
        queryset._fields = made._fields
        found: list[Row] = list(made._iterable_class(queryset))
        if found and made._prefetch_related_lookups:
            prefetch_related_objects(found, *made._prefetch_related_lookups)
        return found

    def _compose(self, connection: Any) -> _Composed:
        samples = {name: _SAMPLES[kind][0] for name, kind in self.kinds.items()}
        queryset = self.make(**samples)
        compiler = queryset.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        slots = {}
        for name, kind in self.kinds.items():
            first, second = _SAMPLES[kind]
            other = self.make(**samples | {name: second}).query.get_compiler(connection=connection)
            other_sql, others = other.as_sql()
            if other_sql != sql:
                raise ValueError(f"The SQL depends on `{name}`: it cannot be prepared.")
            pairs = enumerate(zip(parameters, others, strict=True))
            slots[name] = [
                (place, _shift((one, first), (two, second), kind=kind, name=name, connection=connection))
                for place, (one, two) in pairs
                if one != two
            ]
            if not slots[name]:
                raise ValueError(f"`{name}` does not stand in the SQL's parameters: it cannot be prepared.")
        composed = _Composed(queryset=queryset, compiler=compiler, sql=sql, parameters=tuple(parameters), slots=slots)
        # How the database's values become Python's depends on its kind, not on the connection.
        columns = [select[0] for select in compiler.select[0 : compiler.col_count]]
        composed.converters = compiler.get_converters(columns)
        # Such rows are what the database answers, and nothing of the queryset is needed to read them.
        composed.are_tuples = queryset._iterable_class is ValuesListIterable
        if connection.vendor == "postgresql":
            composed.statement = self._statement(composed, connection)
            composed.places = tuple(sorted(place for each in slots.values() for place, _ in each))
        return composed

    def _statement(self, composed: _Composed, connection: Any) -> str:
        """The SQL with `%s::type` for the values that are put in, and the rest written out."""
        from psycopg import ClientCursor

        connection.ensure_connection()
        writer = ClientCursor(connection.connection)
        types = {place: _TYPES[kind] for name, kind in self.kinds.items() for place, _ in composed.slots[name]}
        parts, place = [], 0
        for part in re.split(r"(%s|%%)", composed.sql):
            if part == "%s":
                part = f"%s::{types[place]}" if place in types else _literal(writer, composed.parameters[place])
                place += 1
            parts.append(part)
        return "".join(parts)


def _literal(writer: Any, value: Any) -> str:
    written: str = writer.mogrify("%s", [value])
    return written.replace("%", "%%")


def _answered(composed: _Composed, parameters: list[Any], connection: Any) -> list[Any]:
    """The rows as the database has them, without the columns that only sort."""
    with connection.cursor() as cursor:
        if composed.statement is not None and connection.connection.prepare_threshold is not None:
            cursor.cursor = _server_cursor()(connection.connection)
            # Integers as text, of which the server makes the type in the statement: by size they would have several.
            values = [parameters[place] for place in composed.places]
            cursor.execute(composed.statement, [str(each) if isinstance(each, int) else each for each in values])
        else:
            cursor.execute(composed.sql, tuple(parameters))
        rows: list[Any] = cursor.fetchall()
    if composed.compiler.has_extra_select:
        width = composed.compiler.col_count
        rows = [row[:width] for row in rows]
    return rows


@lru_cache(maxsize=1)
def _server_cursor() -> Any:
    """Of cursors whose statements PostgreSQL parses once for the connection."""
    from psycopg import Cursor

    class ServerCursor(Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
            return super().execute(query, params, **{**how, "prepare": True})

        def _convert_query(self, query: Any, params: Any = None) -> Any:
            self._query = super()._convert_query(query, params)  # Django's log of queries reads it
            return self._query

    return ServerCursor


def _tuples(composed: _Composed, rows: list[Any], connection: Any) -> list[Any]:
    if composed.converters:
        compiler = copy.copy(composed.compiler)
        compiler.connection = connection
        rows = [tuple(row) for row in compiler.apply_converters(rows, composed.converters)]
    return list(rows)


def _shift(*pairs: tuple[Any, Any], kind: type, name: str, connection: Any) -> timedelta | None:
    """How far what stands in the SQL lies from the value: nothing, or the same time for both samples."""
    if all(found == _adapted(sample, kind, connection) for found, sample in pairs):
        return None
    if kind is datetime:
        shifts = {_instant(found) - sample for found, sample in pairs}
        if len(shifts) == 1:
            return shifts.pop()
    raise ValueError(f"`{name}` does not stand in the SQL's parameters as it is: it cannot be prepared.")


def _instant(found: Any) -> datetime:
    if isinstance(found, str):  # SQLite keeps instants as text, in UTC
        found = datetime.fromisoformat(found)
    instant: datetime = found if found.tzinfo else found.replace(tzinfo=UTC)
    return instant


def prepared(**kinds: type) -> Callable[[Callable[..., QuerySet[Any]]], Prepared[Any]]:
    """Decorate a function that builds a queryset: `@prepared(user=int, now=datetime)`."""
    return lambda make: Prepared(make=make, kinds=kinds)


def _adapted(value: Any, kind: type, connection: Any) -> Any:
    if kind is datetime:
        return connection.ops.adapt_datetimefield_value(value)
    if kind is date:
        return connection.ops.adapt_datefield_value(value)
    return value
