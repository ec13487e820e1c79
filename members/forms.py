"""Forms of the members room."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest

from commons.forms import ZoneField
from commons.time import is_known_zone

from .models import Group, Membership, Role, User

ROLE_WORDS = {
    Role.MEMBER: "Member: reads and writes everything of the group",
    Role.OBSERVER: "Observer: reads everything and answers invitations to sessions",
    Role.ORGANISER: "Organiser: also invites, schedules and changes the group",
}
ROLE_CHOICES = [(role.value, words) for role, words in ROLE_WORDS.items()]
EXPIRY_CHOICES = [(1, "One day"), (7, "One week"), (14, "Two weeks"), (28, "Four weeks"), (90, "Three months")]
MAX_ADDRESSES = 50


class SignUpForm(forms.Form):
    """What a new person is asked besides address and password: a name, and a zone the browser proposes."""

    name = forms.CharField(max_length=120, label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    time_zone = forms.CharField(
        max_length=64, required=False, widget=forms.HiddenInput(attrs={"data-own-time-zone": ""})
    )

    field_order = ["name", "email", "password1"]

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        proposed = self.cleaned_data.get("time_zone", "")
        user.time_zone = proposed if is_known_zone(proposed) else "UTC"
        user.save(update_fields=["name", "time_zone"])


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """A group's settings. `seen` says on which state of them this form was opened."""

    time_zone = ZoneField(help_text="The zone in which the group agrees its hours. Each member sees their own.")
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)

    class Meta:
        model = Group
        fields = ["name", "purpose", "time_zone", "cadence", "prerequisites"]
        widgets = {
            "purpose": forms.Textarea(attrs={"rows": 3}),
            "prerequisites": forms.Textarea(attrs={"rows": 3}),
        }
        labels = {"cadence": "How often you meet", "prerequisites": "What one should know before joining"}
        help_texts = {
            "name": "For example: Gradient Circle.",
            "purpose": "One or two sentences. Shown on invitations.",
            "prerequisites": "For example: linear algebra, and the chain rule. Shown on invitations.",
        }

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not any(character.isalnum() for character in name):
            raise ValidationError("Give the group a name with at least one letter.")
        return name


class _InvitationForm(forms.Form):
    role = forms.ChoiceField(choices=ROLE_CHOICES, initial=Role.MEMBER, widget=forms.RadioSelect, label="They join as")
    days = forms.TypedChoiceField(choices=EXPIRY_CHOICES, initial=14, coerce=int, label="It ends after")
    message = forms.CharField(
        max_length=1000,
        required=False,
        label="A word from you",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Shown with the invitation.",
    )


class InviteByMailForm(_InvitationForm):
    """Invitations of one use, one to each address."""

    emails = forms.CharField(
        label="Mail addresses",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=f"One or several, on lines of their own or separated by commas. At most {MAX_ADDRESSES}.",
    )
    field_order = ["emails", "role", "days", "message"]

    def clean_emails(self) -> list[str]:
        """Return the addresses, each once, in lower case. `Ana Ruiz <ana@example.org>` counts as its address."""
        found, bad = [], []
        for part in re.split(r"[,;\n]+", self.cleaned_data["emails"]):
            if not part.strip():
                continue
            named = re.search(r"<([^<>]*)>\s*$", part)
            for word in [named[1].strip()] if named else part.split():
                try:
                    validate_email(word)
                    found.append(word.lower())
                except ValidationError:
                    bad.append(word)
        if bad:
            listed = ", ".join(f"“{word[:80]}”" for word in bad[:5]) + (" and more" if len(bad) > 5 else "")
            raise ValidationError(f"Not a mail address: {listed}. Correct or remove it; nothing has been sent.")
        found = list(dict.fromkeys(found))
        if not found:
            raise ValidationError("Write at least one mail address.")
        if len(found) > MAX_ADDRESSES:
            raise ValidationError(
                f"These are {len(found)} addresses; at most {MAX_ADDRESSES} go at once. Send the rest in a second go."
            )
        return found


class InviteByLinkForm(_InvitationForm):
    """A link that several people may use."""

    max_uses = forms.IntegerField(
        min_value=1, max_value=500, initial=5, label="How many people may join by it", help_text="From 1 to 500."
    )
    field_order = ["max_uses", "role", "days", "message"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("role") == Role.ORGANISER and (cleaned.get("max_uses") or 1) > 1:
            self.add_error(
                "max_uses", "A link that makes organisers can be used once only. Write 1, or choose another role."
            )
        return cleaned


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=ROLE_CHOICES, widget=forms.RadioSelect, label="What they may do here")


class HandOverForm(forms.Form):
    """Who becomes the organiser: someone else who is in the group."""

    to = forms.ModelChoiceField(
        queryset=Membership.objects.none(),
        label="New organiser",
        empty_label="Choose a person",
        error_messages={"invalid_choice": "This person is no longer in the group. Choose another."},
    )

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            Membership.objects.current()
            .filter(group=membership.group_id, user__is_active=True)
            .exclude(pk=membership.pk)
            .select_related("user")
            .order_by("user__name", "pk")
        )
        field.label_from_instance = lambda each: f"{each.user.display_name} ({each.get_role_display().lower()})"  # type: ignore[method-assign]  # Django's own way to name the choices


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only in the stubs
    """What others see of a person, and how they see the pages."""

    time_zone = ZoneField(label="Your time zone", help_text="All hours are shown in this zone. Type a city to find it.")
    theme = forms.ChoiceField(
        choices=[("", "As this device"), ("paper", "Paper, light"), ("ink", "Ink, dark")],
        required=False,
        label="Theme on this device",
    )

    class Meta:
        model = User
        fields = ["name", "time_zone", "affiliation", "about"]
        widgets = {"about": forms.Textarea(attrs={"rows": 4, "maxlength": 2000})}
        labels = {"name": "Your name", "about": "About you"}
        help_texts = {
            "affiliation": "A university, a company, or nothing.",
            "about": "What you work on, what you would like to learn. Members of your groups read it.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["affiliation"].widget.attrs["autocomplete"] = "organization"

    def clean_about(self) -> str:
        about = self.cleaned_data["about"]
        if len(about) > 2000:
            raise ValidationError(f"At most 2000 characters; this is {len(about)}.")
        return str(about)


class CloseAccountForm(forms.Form):
    sure = forms.BooleanField(
        label="Yes, close my account",
        error_messages={"required": "Tick this to close your account."},
    )
