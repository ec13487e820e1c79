"""A Redis that is down is an empty cache, and not an error on every page."""

import pytest

from commons.ratelimits import TooMany, count_against
from studygroup.cache import ForgivingRedisCache

pytestmark = pytest.mark.redis


@pytest.fixture
def cache(redis_server):
    return ForgivingRedisCache(redis_server.url, {})


def test_it_keeps_what_it_is_given(cache):
    assert (cache.add("a", 1), cache.add("a", 2), cache.get("a"), cache.incr("a")) == (True, False, 1, 2)
    cache.set_many({"b": 1, "c": 2})
    assert cache.get_many(["b", "c", "d"]) == {"b": 1, "c": 2}
    assert (cache.touch("b"), cache.delete("b"), cache.has_key("b")) == (True, True, False)


def test_while_redis_is_down_it_is_empty(cache, redis_server):
    cache.set("a", 1)
    redis_server.stop()
    assert (cache.get("a"), cache.get("a", "nothing"), cache.get_many(["a"]), cache.has_key("a")) == (
        None,
        "nothing",
        {},
        False,
    )
    cache.set("a", 2)
    cache.set_many({"a": 2})
    cache.delete_many(["a"])
    assert (cache.add("a", 1), cache.touch("a"), cache.delete("a"), cache.clear()) == (True, False, False, False)
    redis_server.start()
    assert cache.get("a") is None


def test_rate_limits_let_people_through_while_redis_is_down(cache, redis_server, monkeypatch):
    monkeypatch.setattr("commons.ratelimits.cache", cache)
    count_against("log-in", limit=1, seconds=60)
    with pytest.raises(TooMany):
        count_against("log-in", limit=1, seconds=60)
    redis_server.stop()
    count_against("log-in", limit=1, seconds=60)
