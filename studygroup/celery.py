"""The Celery app. Every task is thin: it fetches by id and calls one action that is safe to run twice.

Its log lines look like those of the web processes and carry the task, its id, and the request that queued it. A task
that fails for good is written down for organisers by `reminders.actions.report_failure`.
"""

import os
from typing import Any

import structlog
from celery import Celery, Task, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studygroup.settings")

app = Celery("studygroup")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """With a receiver here Celery leaves the logging alone that the settings have set up."""


@signals.before_task_publish.connect
def send_the_request_along(headers: dict[str, Any] | None = None, **kwargs: Any) -> None:
    from commons.logs import current_request_id

    if headers is not None:
        headers["request_id"] = current_request_id()


@signals.task_prerun.connect
def name_the_task_in_the_log(task_id: str, task: Task, **kwargs: Any) -> None:
    structlog.contextvars.clear_contextvars()
    request_id = getattr(task.request, "request_id", "") or ""
    structlog.contextvars.bind_contextvars(
        task=task.name, task_id=task_id, **({"request_id": request_id} if request_id else {})
    )


@signals.task_postrun.connect
def forget_the_task(**kwargs: Any) -> None:
    structlog.contextvars.clear_contextvars()


@signals.task_failure.connect
def tell_organisers(
    sender: Task, task_id: str, exception: BaseException, args: Any = (), kwargs: Any = None, **rest: Any
) -> None:
    """Write a failed task down where organisers look; of an unknown group where the task's arguments name none."""
    from django.utils import timezone

    from members.models import Group
    from reminders.actions import report_failure

    group_id = (kwargs or {}).get("group_id")
    group = Group.objects.filter(pk=group_id).first() if group_id else None
    purpose = (sender.run.__doc__ or sender.name).strip().splitlines()[0].rstrip(".")
    report_failure(
        task=sender.name,
        what=f"This did not work: {purpose[:1].lower()}{purpose[1:]}.",
        error=f"{type(exception).__name__}: {exception}",
        group=group,
        task_id=task_id,
        now=timezone.now(),
    )
