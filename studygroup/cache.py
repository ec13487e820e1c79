"""The cache in Redis, whose loss slows pages down and takes none away."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def _or_as_if_empty(answer: Any) -> Callable[..., Any]:
    """While Redis does not answer, return `answer` instead, which is what an empty cache would say."""

    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def forgiving(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
            try:
                return method(self, *args, **kwargs)
            except RedisError as refusal:
                log.warning("cache.down", operation=method.__name__, reason=str(refusal))
                return answer

        return forgiving

    return decorate


class ForgivingRedisCache(RedisCache):
    """Django's, except that a Redis that is down is an empty cache and not an error on every page.

    Sessions are read from the database then. Rate limits count from nothing, so they let everyone through; the
    lock-out after wrong passwords is kept in the database and holds.
    """

    add = _or_as_if_empty(True)(RedisCache.add)
    set = _or_as_if_empty(None)(RedisCache.set)
    touch = _or_as_if_empty(False)(RedisCache.touch)
    delete = _or_as_if_empty(False)(RedisCache.delete)
    has_key = _or_as_if_empty(False)(RedisCache.has_key)
    set_many = _or_as_if_empty([])(RedisCache.set_many)
    delete_many = _or_as_if_empty(None)(RedisCache.delete_many)
    clear = _or_as_if_empty(False)(RedisCache.clear)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return _or_as_if_empty(default)(RedisCache.get)(self, key, default, version)

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        return _or_as_if_empty({})(RedisCache.get_many)(self, keys, version)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        try:
            return super().incr(key, delta, version)
        except RedisError as refusal:
            raise ValueError("Redis is down, so nothing is counted.") from refusal  # as for a key that is not there
