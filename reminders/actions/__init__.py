"""What happens in the reminders room, by noun: sweeps, sends, preferences, notifications, failures."""

from .failures import (
    CannotRetry,
    dismiss_failure,
    purge_old,
    report_failure,
    retry_delivery,
)
from .notifications import mark_all_read, mark_read
from .preferences import choose, resubscribe, unsubscribe
from .sends import BATCH, MAX_ATTEMPTS, SendReport, send_due, waiting_count
from .sweeps import SweepReport, sweep, sweep_kind

__all__ = [
    "BATCH",
    "MAX_ATTEMPTS",
    "CannotRetry",
    "SendReport",
    "SweepReport",
    "choose",
    "dismiss_failure",
    "mark_all_read",
    "mark_read",
    "purge_old",
    "report_failure",
    "resubscribe",
    "retry_delivery",
    "send_due",
    "sweep",
    "sweep_kind",
    "unsubscribe",
    "waiting_count",
]
