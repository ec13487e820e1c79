"""A step as code: NumPy, PyTorch, JAX."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from commons.ratelimits import TooMany, count_against
from derivations.checking import CheckStopped, checker_version, code_step
from derivations.macros import macros_of
from derivations.models import Check, Note
from derivations.verdicts import shown_name, shown_step
from members.models import User

from .finding import note_or_404

CODES_A_MINUTE = 30
KEPT_SECONDS = 24 * 3600
LIBRARIES = {"numpy": "NumPy", "torch": "PyTorch", "jax": "JAX"}


@require_safe
def code(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    """Both sides of a step as code, `?in=numpy|torch|jax`; with `?download` as a file."""
    note = note_or_404(request, slug, pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    check = get_object_or_404(Check, revision__note=note, revision__number=note.number, state=Check.State.DONE)
    step = next((each for each in check.report["steps"] if each["index"] == number - 1), None)
    if step is None:
        raise Http404("This note has no such step.")
    library = request.GET.get("in", "numpy")
    library = library if library in LIBRARIES else "numpy"
    context: dict[str, Any] = {
        "nav_section": "derivations",
        "note": note,
        "step": shown_step(step, macros_of(note.group_id)),
        "library": library,
    }
    context["tabs"] = [(key, label, key == library) for key, label in LIBRARIES.items()]
    status = 200
    try:
        written = _written(note, number - 1, check.seed, user)
    except CheckStopped as reason:
        return render(request, "derivations/code.html", {**context, "refusal": str(reason)})
    except TooMany as refusal:
        context["refusal"], status = str(refusal), 429
        return render(request, "derivations/code.html", context, status=status)
    source = written["files"][library]
    if "download" in request.GET:
        response = HttpResponse(source, content_type="text/x-python; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="note_{note.pk}_step_{number}_{library}.py"'
        response["X-Content-Type-Options"] = "nosniff"
        return response
    context |= {
        "source": source,
        "rows": min(40, source.count("\n") + 2),
        "was_run": library == "numpy",
        "label": LIBRARIES[library],
        "points": written["points"],
        "passes": written["passes"],
        "refusals": sorted(written["refusals"].items()),
        "names": [(shown_name(name), identifier) for name, identifier in written["names"].items()],
    }
    return render(request, "derivations/code.html", context, status=status)


def _written(note: Note, index: int, seed: int, user: User) -> dict[str, Any]:
    """What the checker's process wrote, kept by the content of the note. Raises CheckStopped and TooMany."""
    macros = macros_of(note.group_id).text
    digest = hashlib.sha256(f"{macros}\0{note.body}".encode()).hexdigest()[:24]
    key = f"code:{checker_version()}:{digest}:{index}:{seed}"
    kept: dict[str, Any] | None = cache.get(key)
    if kept is None:
        count_against(f"code:{user.pk}", limit=CODES_A_MINUTE, seconds=60)
        try:
            kept = code_step(note.body, index, seed=seed, macros=macros)
        except CheckStopped as reason:
            kept = {"refused": str(reason)}
        cache.set(key, kept, timeout=KEPT_SECONDS)
    if "refused" in kept:
        raise CheckStopped(kept["refused"])
    return kept
