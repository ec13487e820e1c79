"""Pictures in notes."""

from __future__ import annotations

from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction

from derivations.models import Image
from derivations.pictures import Picture
from members.models import Group, User


@transaction.atomic
def store_picture(*, group: Group, picture: Picture, by: User, now: datetime) -> Image:
    """Keep a re-encoded picture for the group's notes."""
    image = Image(
        group=group, uploaded_by=by, uploaded_at=now, name=picture.name, width=picture.width, height=picture.height
    )
    image.file.save(picture.name, ContentFile(picture.data), save=False)
    image.save()
    return image
