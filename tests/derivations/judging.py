"""A note whose steps are judged, without the checker's process: what is kept of a report is what is tested."""

from derivations.actions.checks import _keep_check
from derivations.models import Check, Note
from tests.conftest import NOON


def judged(note, *verdicts, latex=(), reason="", now=NOON):
    """Return `note` once the check of its latest revision has come in, with these verdicts.

    `latex` says what the steps say; their signs have no place in the text, so that each display stays as it is.
    """
    latex = list(latex) or [f"x = {n}" for n in range(len(verdicts))]
    made = {
        "line": 1,
        "span": [0, 1],
        "sign": None,
        "relation": "=",
        "evidence": "",
        "reason": "",
        "counterexample": None,
    }
    steps = [
        {**made, "index": n, "latex": text, "verdict": verdict}
        for n, (text, verdict) in enumerate(zip(latex, verdicts, strict=True))
    ]
    check = Check.objects.get(revision__note=note, revision__number=Note.objects.get(pk=note.pk).number)
    _keep_check(check, report={"steps": steps}, reason=reason, seed=0, now=now)
    note.refresh_from_db()
    return note
