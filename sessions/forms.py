"""What members fill in about sessions. Whether an hour exists, and what a session's state allows, its action says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms

from members.models import Group, User

from .actions import CannotSchedule, Details, Plan
from .models import Attendance, Rsvp, Series, Session

LONGEST_MINUTES_TEXT = 100_000  # characters of minutes: some 40 pages


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class LengthField(forms.IntegerField):
    """A length in whole minutes, as a timedelta."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=1,
            max_value=24 * 60,
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        minutes = super().clean(value)
        return None if minutes is None else timedelta(minutes=minutes)

    def prepare_value(self, value: Any) -> Any:
        return int(value.total_seconds() // 60) if isinstance(value, timedelta) else value


def length_field() -> LengthField:
    return LengthField(label="Length in minutes", initial=timedelta(minutes=90))


def zone_field() -> forms.CharField:
    return forms.CharField(label="On the clock of", widget=forms.Select)


class PlacedForm(forms.Form):
    """Shared by every form with an hour: the clocks to choose from, and refusals put beside their field."""

    def offer_clocks(self, *, group: Group, user: User, also: str | None = None) -> None:
        """Offer the group's clock, the member's, and the one a session or series stands on."""
        choices = {group.time_zone: f"{_shown(group.time_zone)} (the group’s)"}
        if user.time_zone not in choices:
            choices[user.time_zone] = f"{_shown(user.time_zone)} (yours)"
        if also is not None and also not in choices:
            choices[also] = _shown(also)
        widget = self.fields["time_zone"].widget
        assert isinstance(widget, forms.Select)
        widget.choices = list(choices.items())
        self.fields["time_zone"].initial = also or group.time_zone

    def refuse(self, reason: Exception) -> None:
        field = reason.field if isinstance(reason, CannotSchedule) and reason.field in self.fields else None
        self.add_error(field, str(reason))


class SeriesForm(PlacedForm):
    title = forms.CharField(max_length=200, help_text="Each session bears it until you give one its own.")
    interval_weeks = forms.TypedChoiceField(
        label="How often", choices=Series.Interval.choices, coerce=int, widget=forms.RadioSelect, initial=1
    )
    starts_on = forms.DateField(label="First day", widget=DateInput)
    at = forms.TimeField(label="Hour", widget=TimeInput)
    length = length_field()
    time_zone = zone_field()
    ends_on = forms.DateField(
        label="Last day", widget=DateInput, required=False, help_text="Empty: until someone stops it."
    )
    place = forms.CharField(max_length=200, required=False, help_text="A room, as people say it: “Room 2.14”.")
    call_url = forms.URLField(
        label="Call link", max_length=500, required=False, assume_scheme="https", help_text="Shown to the group only."
    )

    def __init__(self, *args: Any, group: Group, user: User, series: Series | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_clocks(group=group, user=user, also=series.time_zone if series else None)

    def plan(self) -> Plan:
        data = self.cleaned_data
        return Plan(
            title=data["title"],
            starts_on=data["starts_on"],
            at=data["at"],
            time_zone=data["time_zone"],
            duration=data["length"],
            interval_weeks=data["interval_weeks"],
            ends_on=data["ends_on"],
            place=data["place"],
            call_url=data["call_url"],
        )


class SeriesFromForm(SeriesForm):
    """The same for the sessions from a date on, and which of those edited by themselves the series is to replace."""

    from_on = forms.DateField(widget=forms.HiddenInput)
    replace = forms.TypedMultipleChoiceField(coerce=int, required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, edited: list[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["replace"].choices = [(each.pk, str(each)) for each in edited]  # type: ignore[attr-defined]  # a choice field


class StopSeriesForm(forms.Form):
    last_on = forms.DateField(
        label="Last day", widget=DateInput, help_text="Sessions after it are taken off the calendar."
    )


class DetailsForm(forms.Form):
    title = forms.CharField(max_length=200)
    place = forms.CharField(max_length=200, required=False, help_text="A room, as people say it: “Room 2.14”.")
    call_url = forms.URLField(
        label="Call link", max_length=500, required=False, assume_scheme="https", help_text="Shown to the group only."
    )
    description = forms.CharField(
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="What it is about. Markdown, with formulas between $ signs.",
    )
    length = length_field()

    def details(self) -> Details:
        data = self.cleaned_data
        return Details(
            title=data["title"], place=data["place"], call_url=data["call_url"], description=data["description"]
        )


class SessionForm(DetailsForm, PlacedForm):
    on = forms.DateField(label="Day", widget=DateInput)
    at = forms.TimeField(label="Hour", widget=TimeInput)
    time_zone = zone_field()

    field_order = ["title", "on", "at", "length", "time_zone", "place", "call_url", "description"]

    def __init__(self, *args: Any, group: Group, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_clocks(group=group, user=user)


class MoveForm(PlacedForm):
    on = forms.DateField(label="New day", widget=DateInput)
    at = forms.TimeField(label="New hour", widget=TimeInput)
    length = length_field()
    time_zone = zone_field()

    def __init__(self, *args: Any, session: Session, user: User, **kwargs: Any) -> None:
        local = session.starts_at.astimezone(session.zone)
        kwargs.setdefault("initial", {"on": local.date(), "at": local.time(), "length": session.duration})
        super().__init__(*args, **kwargs)
        self.offer_clocks(group=session.group, user=user, also=session.time_zone)


class CancelForm(forms.Form):
    because = forms.CharField(
        label="Why",
        max_length=300,
        help_text="Everyone sees it, in the app and in their calendar: “Three of us are at a conference.”",
    )


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=Rsvp.Answer.choices)
    comment = forms.CharField(max_length=300, required=False)


class AgendaItemForm(forms.Form):
    title = forms.CharField(
        label="What", max_length=300, widget=forms.TextInput(attrs={"placeholder": "Softmax gradient, step by step"})
    )
    minutes = forms.IntegerField(label="Minutes", min_value=1, max_value=24 * 60, initial=15)
    presenter = forms.TypedChoiceField(label="Presented by", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, presenters: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.pk: person for person in presenters}
        self.fields["presenter"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", "Nobody yet"),
            *((pk, str(person)) for pk, person in self.people.items()),
        ]

    def chosen_presenter(self) -> User | None:
        return self.people.get(self.cleaned_data["presenter"])


class MinutesForm(forms.Form):
    text = forms.CharField(
        label="Minutes",
        required=False,
        strip=False,
        max_length=LONGEST_MINUTES_TEXT,
        widget=forms.Textarea(attrs={"rows": 20, "spellcheck": "true"}),
        error_messages={
            "max_length": "These minutes have %(show_value)d characters; %(limit_value)d are the most. "
            "Put the long part into a note and link it."
        },
    )
    based_on = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class MarkField(forms.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=[*Attendance.Mark.choices, ("", "Not marked")],
            required=False,
            widget=forms.RadioSelect,
            **kwargs,
        )


def default_mark(answer: str | None) -> str:
    """What the attendance form proposes for someone's answer. A maybe, or none, proposes nothing: no guess."""
    return {"yes": "present", "no": "excused"}.get(answer or "", "")


def first_hour(now: datetime) -> dict[str, Any]:
    """What a new session or series proposes: this day next week, in the evening."""
    return {"day": (now + timedelta(days=7)).date(), "at": now.replace(hour=19, minute=0).time()}


def _shown(zone_name: str) -> str:
    return zone_name.replace("_", " ")
