"""The ways to reach a person. A new one is one class beside these and its line below; docs/extend/reminders.md."""

from .base import Again, Channel, Message, Outcome, Refused, Sent
from .bell import Bell
from .mail import Mail

__all__ = ["CHANNELS", "Again", "Channel", "Message", "Outcome", "Refused", "Sent"]

CHANNELS: dict[str, Channel] = {channel.key: channel for channel in (Mail(), Bell())}
