"""What people type about ideas."""

from __future__ import annotations

from typing import Any

from django import forms

from members.models import Group, Role, User

from .models import Comment, Idea

BODY_CHARS = 50_000


class QuickIdeaForm(forms.Form):
    """A title is enough to begin with."""

    title = forms.CharField(
        max_length=200,
        label="New idea",
        error_messages={"required": "Give the idea a title, so that others can find it."},
    )


class IdeaForm(forms.Form):
    """An idea in full. `version` is that of the idea when the form was opened."""

    title = forms.CharField(
        max_length=200,
        help_text="Formulas between dollar signs: $\\log\\det A$.",
        error_messages={"required": "Give the idea a title, so that others can find it."},
    )
    body = forms.CharField(
        label="What it is about",
        required=False,
        max_length=BODY_CHARS,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Markdown with math. What is the claim, what would refute it, what is the smallest experiment?",
        error_messages={"max_length": "This text has %(show_value)s characters; an idea holds %(limit_value)s."},
    )
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(),
        required=False,
        empty_label="Nobody yet",
        help_text="Who takes the next step, and is reminded of it.",
        error_messages={"invalid_choice": "This person is not among those who write in this group now."},
    )
    next_step = forms.CharField(
        max_length=300, required=False, help_text="One thing that can be done: “Run the n = 2 case by hand.”"
    )
    next_step_on = forms.DateField(
        label="Due",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Its owner is reminded at 9:00 that morning.",
        error_messages={"invalid": "Write the date as 2026-11-24."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, group: Group, idea: Idea | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(
            memberships__group=group,
            memberships__left_at=None,
            memberships__role__in=[Role.ORGANISER, Role.MEMBER],
        )
        if idea is not None and idea.owner_id is not None:  # who left may stay the owner until someone changes it
            people = people | User.objects.filter(pk=idea.owner_id)
        self.fields["owner"].queryset = people.distinct().order_by("name", "email")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("next_step_on") and not cleaned.get("next_step") and "next_step" not in self.errors:
            self.add_error("next_step", "Say what is due on that date, or take the date away.")
        return cleaned

    @classmethod
    def of(cls, idea: Idea, *, group: Group) -> IdeaForm:
        """The form that an idea fills in."""
        names = ("title", "body", "owner", "next_step", "next_step_on", "version")
        return cls(initial={name: getattr(idea, name) for name in names}, group=group, idea=idea)


class CommentForm(forms.Form):
    body = forms.CharField(
        label="Comment",
        max_length=Comment._meta.get_field("body").max_length,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Markdown with math.",
        error_messages={
            "required": "This comment has no text yet.",
            "max_length": "This comment has %(show_value)s characters; it may have %(limit_value)s. "
            "A derivation is the place for more.",
        },
    )
