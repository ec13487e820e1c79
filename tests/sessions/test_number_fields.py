"""What a browser checks before it sends a form must let through what the form proposes."""

from sessions.forms import AgendaItemForm, length_field


def let_through(widget, value: int) -> bool:
    """As HTML counts: from `min` in steps of `step`, one where nothing is said."""
    least, step = int(widget.attrs["min"]), int(widget.attrs.get("step", 1))
    return value >= least and (value - least) % step == 0


def test_a_browser_sends_the_proposed_lengths():
    length, minutes = length_field(), AgendaItemForm.base_fields["minutes"]
    assert let_through(length.widget, length.prepare_value(length.initial))
    assert let_through(minutes.widget, minutes.initial)
