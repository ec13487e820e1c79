"""The queue in Redis: kombu's transport, whose workers outlive a Redis that goes away.

A worker that loses Redis while it holds a message tidies up through a connection that it has already taken apart. As
shipped that ends in an AttributeError, which Celery takes for a bug and stops for good. Here it is what it is: a lost
connection, after which Celery connects anew.
"""

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError


class Channel(redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise ConnectionError("The connection to Redis has been taken apart.")
        return super()._connparams(asynchronous=asynchronous)


class Transport(redis.Transport):
    Channel = Channel
