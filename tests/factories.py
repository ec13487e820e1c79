"""Real objects for tests, one factory a model."""

from datetime import UTC, datetime, timedelta

import factory

from derivations.models import Note, Revision
from ideas.models import Idea
from members.models import Group, Invitation, Membership, Role, User
from readings.models import Section, Work
from reminders.models import Delivery, Notification
from sessions.models import Series, Session

MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    time_zone = "Europe/Berlin"


class GroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Group

    name = factory.Sequence(lambda n: f"Group {n}")
    slug = factory.Sequence(lambda n: f"group-{n}")
    time_zone = "Europe/Berlin"
    created_at = MONDAY_NOON - timedelta(days=60)


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    group = factory.SubFactory(GroupFactory)
    role = Role.MEMBER
    joined_at = MONDAY_NOON - timedelta(days=50)


class InvitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Invitation

    group = factory.SubFactory(GroupFactory)
    expires_at = MONDAY_NOON + timedelta(days=7)


class WorkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Work

    group = factory.SubFactory(GroupFactory)
    key = factory.Sequence(lambda n: f"author{n}title")
    title = factory.Sequence(lambda n: f"Work {n}")
    authors = [{"given": "Larry", "family": "Wasserman"}]
    year = "2004"
    position = factory.Sequence(lambda n: n)


class SectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Section

    work = factory.SubFactory(WorkFactory)
    title = factory.Sequence(lambda n: f"Section {n}")
    position = factory.Sequence(lambda n: n)


class SeriesFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Series

    group = factory.SubFactory(GroupFactory)
    title = "Study session"
    starts_on = MONDAY_NOON.date()
    local_time = "19:00"
    time_zone = "Europe/Berlin"


class SessionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Session

    group = factory.SubFactory(GroupFactory)
    title = factory.Sequence(lambda n: f"Session {n}")
    starts_at = MONDAY_NOON + timedelta(days=2)
    duration = timedelta(minutes=90)
    time_zone = "Europe/Berlin"


class NoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Note
        skip_postgeneration_save = True

    group = factory.SubFactory(GroupFactory)
    author = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda n: f"Note {n}")
    body = "Let $x \\in \\mathbb{R}^n$.\n"
    body_html = "<p>Let x.</p>"
    created_at = MONDAY_NOON
    changed_at = MONDAY_NOON

    @factory.post_generation
    def first_revision(self, create, extracted, **kwargs):
        if create:
            Revision.objects.create(
                note=self, number=1, title=self.title, body=self.body, author=self.author, created_at=self.created_at
            )


class IdeaFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Idea

    group = factory.SubFactory(GroupFactory)
    title = factory.Sequence(lambda n: f"Idea {n}")
    position = factory.Sequence(lambda n: n)


class DeliveryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Delivery

    user = factory.SubFactory(UserFactory)
    kind = "promise"
    channel = "mail"
    key = factory.Sequence(lambda n: f"promise:{n}")
    subject = "Tomorrow 19:00 CET: log-det gradients"
    url = "/notifications/"
    due_at = MONDAY_NOON
    not_before = factory.SelfAttribute("due_at")
    expires_at = factory.LazyAttribute(lambda delivery: delivery.due_at + timedelta(hours=20))
    created_at = factory.SelfAttribute("due_at")


class NotificationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Notification

    user = factory.SubFactory(UserFactory)
    kind = "promise"
    text = factory.Sequence(lambda n: f"Session {n} is tomorrow")
    url = "/notifications/"
    created_at = MONDAY_NOON
