"""Forms of the first visit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from commons.time import is_known_zone
from members.models import User
from readings.curricula import shipped_curricula


class FirstAccountForm(forms.Form):
    """Whoever sets the product up: their account administers it."""

    name = forms.CharField(max_length=120, label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        max_length=254, label="Mail address", widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 10 characters. A sentence you remember is best.",
    )
    time_zone = forms.CharField(
        max_length=64, required=False, widget=forms.HiddenInput(attrs={"data-own-time-zone": ""})
    )

    def clean_time_zone(self) -> str:
        """The browser's proposal, or UTC: the profile changes it."""
        proposed = self.cleaned_data["time_zone"]
        return proposed if is_known_zone(proposed) else "UTC"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "password" in cleaned:
            owner = User(email=cleaned.get("email", ""), name=cleaned.get("name", ""))
            try:
                validate_password(cleaned["password"], owner)
            except ValidationError as refusal:
                self.add_error("password", refusal)
        return cleaned


class FromCurriculumForm(forms.Form):
    """A group that reads one of the curricula that ship."""

    curriculum = forms.ChoiceField(widget=forms.RadioSelect, label="Curriculum")
    name = forms.CharField(
        max_length=120, required=False, label="Name of the group", help_text="Left empty, the name of the curriculum."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["curriculum"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.key, f"{each.title} ({each.span})") for each in shipped_curricula()]
        field.error_messages["required"] = "Choose one of the curricula."
