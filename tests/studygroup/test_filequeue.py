"""The queue of the embedded default."""

import os

import pytest
from kombu import Connection

from studygroup.filequeue import Transport


@pytest.fixture
def connection(tmp_path):
    folders = {name: str(tmp_path / name) for name in ("data_folder_in", "control_folder", "processed_folder")}
    for folder in folders.values():
        os.mkdir(folder)
    options = {**folders, "data_folder_out": folders["data_folder_in"], "polling_interval": 0.01}
    with Connection(transport=Transport, transport_options=options) as connection:
        yield connection


def test_a_message_comes_out_as_it_went_in_and_in_order(connection):
    queue = connection.SimpleQueue("letters")
    for letter in "abc":
        queue.put({"letter": letter})
    received = [queue.get(timeout=5) for _ in "abc"]
    assert sorted(message.payload["letter"] for message in received) == ["a", "b", "c"]
    assert os.listdir(connection.transport_options["data_folder_in"]) == []


def test_a_reader_never_sees_a_message_that_is_not_written_to_its_end(connection, monkeypatch):
    queue = connection.SimpleQueue("watched")  # kombu remembers the queues of a process, also in another folder
    seen = []
    replace = os.replace

    def look_first(source, target):
        seen.append(queue.qsize())
        replace(source, target)

    monkeypatch.setattr(os, "replace", look_first)
    queue.put({"letter": "a"})
    assert (seen, queue.qsize()) == ([0], 1)
