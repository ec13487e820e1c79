"""The form of the preferences page: a tick for each kind and channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from .channels import CHANNELS
from .nudges import KINDS, Kind, because

__all__ = ["PreferencesForm"]


@dataclass(frozen=True)
class Row:
    kind: Kind
    because: str
    cells: list[tuple[str, Any]]


class PreferencesForm(forms.Form):
    """One checkbox a kind and channel, made from the registries: a new kind or channel needs nothing here."""

    def __init__(self, *args: Any, wanted: Mapping[tuple[str, str], bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in KINDS.values():
            for channel in CHANNELS.values():
                self.fields[_name(kind.key, channel.key)] = forms.BooleanField(
                    required=False, initial=wanted[kind.key, channel.key], label=f"{kind.title}: {channel.title}"
                )

    @property
    def rows(self) -> list[Row]:
        return [
            Row(
                kind,
                because(kind),
                [(channel.title, self[_name(kind.key, channel.key)]) for channel in CHANNELS.values()],
            )
            for kind in sorted(KINDS.values(), key=lambda kind: (kind.order, kind.title))
        ]

    @property
    def wanted(self) -> dict[tuple[str, str], bool]:
        return {(kind, channel): self.cleaned_data[_name(kind, channel)] for kind in KINDS for channel in CHANNELS}


def _name(kind: str, channel: str) -> str:
    return f"{kind}.{channel}"
