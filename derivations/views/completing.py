"""What the note editor offers while one types: the group's macros, and names for `[[…]]`."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from commons.links import suggesters
from commons.permissions import require
from commons.ratelimits import TooMany, count_against
from derivations.macros import macros_of
from derivations.permissions import can_write_notes
from members.access import group_or_404
from members.models import User
from stepcheck import sample_call

COMPLETIONS_A_MINUTE = 300
MOST = 8
KIND_WORDS = {"note": "note", "cite": "reading", "session": "session", "idea": "idea"}


@require_safe
def complete(request: HttpRequest, slug: str) -> JsonResponse:
    """`?q=` what stands behind `[[`: what it may become, one query for each kind of thing. Without it: the macros."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_write_notes(user, group), "Observers read notes.")
    try:
        count_against(f"complete:{user.pk}", limit=COMPLETIONS_A_MINUTE, seconds=60)
    except TooMany as refusal:
        response = JsonResponse({"error": str(refusal)}, status=429)
        response["Retry-After"] = str(refusal.retry_seconds)
        return response
    if "q" not in request.GET:
        macros = [
            {
                "name": macro.name,
                "call": sample_call(macro),
                "words": macro.words,
                "takes": macro.arity - (macro.default is not None),
            }
            for macro in macros_of(group).table
        ]
        return JsonResponse({"macros": macros})
    typed = request.GET["q"].replace("\0", "").strip()[:200]
    kind, colon, words = typed.partition(":")
    kinds = suggesters()
    wanted = [kind] if colon and kind in kinds else list(kinds)
    words = words.strip() if colon and kind in kinds else typed
    items = []
    for each in sorted(wanted, key=lambda name: name != "note"):
        most = MOST if len(wanted) == 1 or each == "note" else 4
        for name, shown in kinds[each](group=group, words=words, most=most):
            insert = name if each == "note" else f"{each}:{name}"
            items.append({"insert": insert, "shown": shown, "kind": KIND_WORDS.get(each, each)})
    return JsonResponse({"items": items})
