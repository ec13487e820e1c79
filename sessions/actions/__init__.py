"""What happens when someone does something with a session. Keyword-only, atomic; `by` and `now` are passed in."""

from .agenda import (
    add_agenda_item,
    assign_sections,
    edit_agenda_item,
    move_agenda_item,
    remove_agenda_item,
    take_agenda_item,
)
from .answers import answer_session, record_attendance
from .feed import open_feed, rotate_feed
from .meeting import Details, cancel_session, edit_session, move_session, restore_session, schedule_session
from .minutes import write_minutes
from .refusals import CannotChange, CannotSchedule, MinutesChanged
from .series import (
    HORIZON,
    Changed,
    Plan,
    change_series_from,
    edited_alone,
    extend_all_series,
    extend_series,
    planned_starts,
    start_series,
    stop_series,
)

__all__ = [
    "HORIZON",
    "CannotChange",
    "CannotSchedule",
    "Changed",
    "Details",
    "MinutesChanged",
    "Plan",
    "add_agenda_item",
    "answer_session",
    "assign_sections",
    "cancel_session",
    "change_series_from",
    "edit_agenda_item",
    "edit_session",
    "edited_alone",
    "extend_all_series",
    "extend_series",
    "move_agenda_item",
    "move_session",
    "open_feed",
    "planned_starts",
    "record_attendance",
    "remove_agenda_item",
    "restore_session",
    "rotate_feed",
    "schedule_session",
    "start_series",
    "stop_series",
    "take_agenda_item",
    "write_minutes",
]
