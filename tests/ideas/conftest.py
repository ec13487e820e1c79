import pytest

from ideas.actions import order_of
from tests.factories import IdeaFactory


@pytest.fixture
def sparks(group):
    """Three cards in Spark, from the top: A, B, C."""
    return [IdeaFactory(group=group, title=title, position=n) for n, title in enumerate("ABC")]


@pytest.fixture
def titles(group):
    """`titles("spark")` is what stands in that stage, from the top."""
    from ideas.models import Idea

    def read(stage: str) -> str:
        found = dict(Idea.objects.values_list("pk", "title"))
        return "".join(found[pk] for pk in order_of(group)[stage])

    return read
