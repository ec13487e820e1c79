"""Form fields that several rooms use."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .time import is_known_zone, zone_choices


class ZoneInput(forms.TextInput):
    """A text field with the list of zones behind it: one types `Berl` and chooses."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false", **(attrs or {})})

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        list_id = f"{(attrs or {}).get('id', name)}_zones"
        field = super().render(name, value, {**(attrs or {}), "list": list_id}, renderer)
        options = format_html_join("", '<option value="{}">', ((zone,) for zone, _words in zone_choices()))
        return format_html('{}<datalist id="{}">{}</datalist>', field, list_id, options)


class ZoneField(forms.CharField):
    """A zone of the IANA database. Understands `europe/berlin`, `New York` and `Berlin`; refuses what it does not know
    or what could be several, with the remedy."""

    widget = ZoneInput
    default_error_messages = {
        "unknown": "“%(typed)s” is not a time zone we know. Choose one from the list, such as Europe/Berlin.",
        "several": "“%(typed)s” could be %(candidates)s. Choose one of them.",
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        kwargs.setdefault("label", "Time zone")
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value) or "")
        if not typed or is_known_zone(typed):
            return typed
        wanted = typed.casefold().replace(" ", "_")
        names = [zone for zone, _words in zone_choices()]
        whole = [name for name in names if name.casefold() == wanted]
        found = whole or [name for name in names if name.casefold().rsplit("/", 1)[-1] == wanted]
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(
                self.error_messages["several"],
                code="several",
                params={"typed": typed, "candidates": " or ".join(found)},
            )
        raise ValidationError(self.error_messages["unknown"], code="unknown", params={"typed": typed})
