"""The queue of the embedded default: kombu's filesystem transport, with messages that appear whole.

As shipped, a message is a file that is made empty and then written. A worker that looks between the two reads nothing,
fails to parse it and stops for good. Here it is written under another name and then renamed, which is one step.
"""

import os
import time
import uuid
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:
        # The same name as kombu's own, by which its reader knows the queue and the order.
        path = os.path.join(self.data_folder_out, f"{time.monotonic() * 1000:.0f}_{uuid.uuid4()}.{queue}.msg")
        with open(path + ".part", "w", encoding="utf-8") as file:
            file.write(dumps(payload))
        os.replace(path + ".part", path)


class Transport(filesystem.Transport):
    Channel = Channel
