"""Reading settings from the environment, with errors that name the variable and say what to do."""

import os
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured


class Env(environ.Env):  # type: ignore[misc]  # django-environ has no types
    """django-environ, which for `PORT=abc` says only that 'abc' is no number."""

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get_value(var, *args, **kwargs)
        except ValueError as refusal:
            raise ImproperlyConfigured(
                f"{var} is set to {os.environ.get(var)!r}, which cannot be read ({refusal}). "
                "docs/operate/settings.md says what it means."
            ) from refusal


def writable_directory(path: Path, *, variable: str) -> Path:
    """Return `path`, made if need be. Raises ImproperlyConfigured, naming `variable`, where it cannot be written to."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as refusal:
        raise ImproperlyConfigured(
            f"{path} cannot be written to ({refusal.strerror}). "
            f"Give this user the right to write there, or set {variable} to another folder."
        ) from refusal
    return path
