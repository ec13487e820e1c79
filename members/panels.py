"""What the members room shows on other rooms' pages: who came and who went."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from commons.panels import Change, changes

from .models import Group, Membership, User


@changes
def people_changes(*, group: Group, since: datetime, until: datetime, user: User) -> list[Change]:
    """Who joined and who left the group. One query."""
    came, went = Q(joined_at__gt=since, joined_at__lte=until), Q(left_at__gt=since, left_at__lte=until)
    rows = Membership.objects.of_group(group).filter(came | went).exclude(user=user).order_by("-joined_at")[:30]
    found = []
    for row in rows:
        url = reverse("members:detail", args=[group.slug, row.user_id])
        who = row.user.display_name
        if row.left_at is not None and since < row.left_at <= until:
            text = "is no longer in the group" if row.removed_by_id else "left the group"
            found.append(Change(at=row.left_at, who=who, text=text, url=url, icon="user-minus"))
        elif since < row.joined_at <= until:
            text = f"joined as {row.get_role_display().lower()}"
            found.append(Change(at=row.joined_at, who=who, text=text, url=url, icon="user-plus"))
    return found
