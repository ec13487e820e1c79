"""What happens on the home page."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from members.models import Membership

VISIT_ENDS_AFTER = timedelta(minutes=30)


@transaction.atomic
def note_visit(*, membership: Membership, now: datetime) -> None:
    """Remember that someone looks at their group's home. A new visit begins after 30 minutes without one, and moves the
    mark from which "what changed since I was here" counts; safe to call as often as a page is opened, in many tabs."""
    row = Membership.objects.filter(pk=membership.pk)
    began_anew = row.filter(Q(seen_at=None) | Q(seen_at__lt=now - VISIT_ENDS_AFTER))
    began_anew.update(seen_before_at=F("seen_at"), seen_at=now)
    row.filter(seen_at__lt=now).update(seen_at=now)
