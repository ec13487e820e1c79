"""Forms of the members room."""

from django import forms
from django.http import HttpRequest

from commons.time import is_known_zone

from .models import User


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
