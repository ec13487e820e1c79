"""What the members room shows on other rooms' pages: who came and who went."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from commons.panels import Change, ChangeRow, change_rows, changes_from_rows

from .models import Group, Membership, Role


def _say(rows: list[ChangeRow], group: Group) -> Change:
    row = rows[0]
    match row.kind:
        case "members.joined":
            text, icon = f"joined as {Role(row.detail).label.lower()}", "user-plus"
        case "members.left":
            text, icon = "left the group", "user-minus"
        case _:
            text, icon = "is no longer in the group", "user-minus"
    url = reverse("members:detail", args=[group.slug, row.pk])
    return Change(at=row.at, who=row.who, text=text, url=url, icon=icon)


@changes_from_rows("members.joined", "members.left", "members.removed", say=_say)
def people_changes(group: int, since: datetime, until: datetime, user: int) -> list[QuerySet[Any, Any]]:
    """Who joined and who left the group."""
    others = Membership.objects.filter(group=group).exclude(user=user)
    came = others.filter(joined_at__gt=since, joined_at__lte=until, left_at=None)
    went = others.filter(left_at__gt=since, left_at__lte=until)
    row = {"by": "user", "title": "role", "pk": "user_id"}
    return [
        change_rows(came, kind="members.joined", at="joined_at", detail="role", **row),
        change_rows(went.filter(removed_by=None), kind="members.left", at="left_at", **row),
        change_rows(went.exclude(removed_by=None), kind="members.removed", at="left_at", **row),
    ]
