"""Background work of the members room."""

from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any

from celery import shared_task
from django.utils import timezone


@shared_task(bind=True, max_retries=4)
def send_invitation(self: Any, invitation_id: int) -> None:
    """Send one invitation's mail; try again a minute, two, four and eight later where the server is away. What it said
    stands on the group's invitations page meanwhile."""
    from .actions import send_invitation_mail
    from .models import Invitation

    try:
        send_invitation_mail(invitation_id=invitation_id, now=timezone.now())
    except Invitation.DoesNotExist:  # its group was deleted since
        return
    except SMTPRecipientsRefused:  # the address does not exist: trying again will not help, and the page says so
        return
    except (SMTPException, OSError) as error:
        raise self.retry(exc=error, countdown=60 * 2**self.request.retries) from error


@shared_task
def send_forgotten_invitations() -> None:
    """Send the invitations that were made but whose place in the queue was lost."""
    from .models import Invitation

    for pk in Invitation.objects.never_tried(timezone.now()).values_list("pk", flat=True):
        send_invitation.delay(pk)
