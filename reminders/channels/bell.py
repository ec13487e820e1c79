"""In the app: the bell in the layout and the page behind it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from reminders.models import Notification

from .base import Message, Outcome, Sent


class Bell:
    key = "bell"
    title = "In the app"
    explanation = "Shown under the bell at the top of every page."

    def send(self, messages: Sequence[Message], *, now: datetime) -> Iterator[Outcome]:
        """Write one notification a delivery, all at once. Unique by delivery: this channel keeps exactly once."""
        Notification.objects.bulk_create(
            [
                Notification(
                    delivery=message.delivery,
                    user=message.user,
                    group_id=message.nudge.group_id,
                    kind=message.kind.key,
                    text=message.nudge.subject[:300],
                    url=message.nudge.url,
                    created_at=now,
                )
                for message in messages
            ],
            ignore_conflicts=True,
        )
        for _ in messages:
            yield Sent()
