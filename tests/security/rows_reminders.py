"""Who may open the addresses of the reminders room."""

from reminders.models import TaskFailure
from reminders.unsubscribing import token_for
from tests.factories import DeliveryFactory, GroupFactory, NotificationFactory
from tests.security.matrix import Row, World


def furnish(world: World) -> None:
    world.notification = NotificationFactory(user=world.member)
    world.failed = DeliveryFactory(user=world.member, group=world.group, status="failed", key="failed")
    world.elsewhere = DeliveryFactory(user=world.member, group=GroupFactory(), status="failed", key="elsewhere")
    world.failure = TaskFailure.objects.create(task="a.task", what="A task", error="E", group=world.group)
    world.failure_elsewhere = TaskFailure.objects.create(task="a.task", what="A", error="E", group=GroupFactory())
    world.token = token_for(user_id=world.member.pk, kind="session-tomorrow")


NOTIFICATION = {"pk": "notification.pk"}
FAILED = {"pk": "failed.pk"}
FAILURE = {"pk": "failure.pk"}
TOKEN = {"token": "token"}
ANYONE = {"anonymous": 200, "stranger": 200, "former": 200}

ROWS = [
    Row("reminders:preferences", stranger=200, former=200),
    Row("reminders:preferences", method="POST", stranger=302, former=302, observer=302, member=302, organiser=302),
    Row("reminders:inbox", stranger=200, former=200),
    Row("reminders:read-all", method="POST", stranger=302, former=302, observer=302, member=302, organiser=302),
    Row("reminders:read", NOTIFICATION, method="POST", observer=404, member=302, organiser=404, note="of the member"),
    Row("reminders:log"),
    Row("reminders:retry", FAILED, method="POST", observer=403, member=403, organiser=302),
    Row("reminders:retry", {"pk": "elsewhere.pk"}, method="POST", observer=404, member=404, organiser=404, note="else"),
    Row("reminders:dismiss", FAILURE, method="POST", observer=403, member=403, organiser=302),
    Row(
        "reminders:dismiss",
        {"pk": "failure_elsewhere.pk"},
        method="POST",
        observer=404,
        member=404,
        organiser=404,
        note="of another group",
    ),
    Row("reminders:unsubscribe", TOKEN, **ANYONE),
    Row("reminders:unsubscribe", TOKEN, method="POST", **ANYONE),
]
