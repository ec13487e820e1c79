"""Pages of long lists."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.functional import cached_property


class KeyPaginator(Paginator):  # type: ignore[type-arg]  # generic only in stubs
    """Asks for the keys of all rows, and then for the rows of one page: two queries, as Django's own.

    A search that has to look at each row is done once, not once for the count and again for the page, and the rows
    before a late page are never fetched. For querysets of some ten thousand rows.
    """

    object_list: Any

    @cached_property
    def keys(self) -> list[int]:
        return list(self.object_list.values_list("pk", flat=True))

    @cached_property
    def count(self) -> int:
        return len(self.keys)

    def page(self, number: int | str) -> Page[Any]:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        keys = self.keys[start : start + self.per_page]
        return self._get_page(list(self.object_list.filter(pk__in=keys)) if keys else [], number, self)


class IndexPaginator(Paginator):  # type: ignore[type-arg]  # generic only in stubs
    """For rows that an index has in their order: they are counted, and one page is taken by its place; two queries.

    A late page passes the rows before it in the index alone, and fetches none of them. Where each row has to be looked
    at, KeyPaginator looks once.
    """

    object_list: Any

    def page(self, number: int | str) -> Page[Any]:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        keys = self.object_list.values("pk")[start : start + self.per_page]
        return self._get_page(list(self.object_list.filter(pk__in=keys)) if self.count else [], number, self)
