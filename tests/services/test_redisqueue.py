"""Workers outlive a Redis that goes away."""

import pytest
from kombu import Connection
from redis.exceptions import ConnectionError

from studygroup.redisqueue import Transport

pytestmark = pytest.mark.redis


def test_a_message_comes_out_as_it_went_in(redis_url):
    with Connection(redis_url, transport=Transport) as connection:
        queue = connection.SimpleQueue("letters")
        queue.put({"letter": "a"})
        message = queue.get(timeout=5)
        message.ack()
        assert message.payload == {"letter": "a"}


def test_a_connection_that_was_taken_apart_is_a_lost_connection_and_no_bug(redis_url):
    connection = Connection(redis_url, transport=Transport)
    channel = connection.channel()
    channel.connection.client = None  # as kombu does when it collects a connection
    with pytest.raises(ConnectionError, match="taken apart") as refusal:
        channel._connparams()
    assert isinstance(refusal.value, connection.connection_errors)
