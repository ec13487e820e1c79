"""The secret key of the embedded default: made once, kept in `var/`, readable by its owner only."""

import os
import secrets
from pathlib import Path


def secret_key_in(directory: Path) -> str:
    """Return the key kept in `directory`, making it on first use; two processes starting at once agree on one."""
    path = directory / "secret-key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _complete_key(path)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(64) + "\n")
    return _complete_key(path)


def _complete_key(path: Path) -> str:
    # The other process may have created the file and not yet written it; a key ends with a newline.
    for _ in range(1_000_000):
        text = path.read_text()
        if text.endswith("\n"):
            return text.strip()
    raise RuntimeError(f"{path} holds no complete key. Delete it and start again; everyone will have to log in anew.")
