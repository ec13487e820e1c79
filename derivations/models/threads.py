"""What hangs on a step of a note: questions, comments, objections, and who follows it or got lost."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from members.models import Membership
from sessions.models import AgendaItem

from .notes import Note


class Thread(models.Model):
    """A question, comment or objection at a step, with what was said to it.

    `key` is the step's address; `number`, `step` and `latex` tell which revision it was about, and how the step stood
    there: when it is changed, the thread is shown as about an earlier version.
    """

    class Kind(models.TextChoices):
        QUESTION = "question", "Question"
        COMMENT = "comment", "Comment"
        OBJECTION = "objection", "Objection"

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="threads")
    key = models.CharField("address of the step", max_length=16)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    number = models.PositiveIntegerField("revision")
    step = models.PositiveIntegerField("number of the step in it")
    latex = models.TextField("the step as it stood")
    opened_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    agenda_item = models.ForeignKey(
        AgendaItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="threads"
    )

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["question", "comment", "objection"]), name="a_known_kind_of_thread"
            ),
            models.CheckConstraint(
                condition=models.Q(resolved_by=None) | models.Q(resolved_at__isnull=False),
                name="who_resolved_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["note", "key"], name="threads_by_step")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at step {self.step} of {self.note}"

    def get_absolute_url(self) -> str:
        return reverse("derivations:talk", args=[self.note.group.slug, self.note_id, self.key]) + f"#thread-{self.pk}"

    @property
    def asks(self) -> bool:
        """Whether it waits for an answer until it is resolved."""
        return self.kind != self.Kind.COMMENT

    @property
    def is_open(self) -> bool:
        return self.asks and self.resolved_at is None


class Post(models.Model):
    """One person's words in a thread; the first of it is what was asked."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="posts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    body = models.TextField(max_length=4_000)
    body_html = models.TextField(editable=False)
    written_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    mentioned: Any = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Mention", related_name="+")

    class Meta:
        ordering = ["written_at", "pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(body=""), name="a_post_has_words")]

    def __str__(self) -> str:
        return self.body[:60]


class MentionQuerySet(models.QuerySet["Mention"]):
    def in_force(self) -> Self:
        """Those whose post stands, of people who are still in the group."""
        there = Membership.objects.current().filter(user=OuterRef("user"), group=OuterRef("post__thread__note__group"))
        return self.filter(Exists(there), post__deleted_at=None, post__thread__note__deleted_at=None)


class Mention(models.Model):
    """Someone is named in a post with `@`, and is told of it once."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions_of_me")
    at = models.DateTimeField(default=timezone.now)

    objects = MentionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "user"], name="one_mention_a_post_and_member")]
        indexes = [models.Index(fields=["at"], name="mentions_by_time")]

    def __str__(self) -> str:
        return f"{self.user} in {self.post}"


class Reaction(models.Model):
    """How one member fares at one step: `said` is what the step said then, so that it ends when the step changes."""

    class Kind(models.TextChoices):
        FOLLOW = "follow", "I follow"
        LOST = "lost", "Lost me here"

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="reactions")
    key = models.CharField("address of the step", max_length=16)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    said = models.CharField("what the step said, as a digest", max_length=32)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["note", "key", "member"], name="one_reaction_a_step_and_member"),
            models.CheckConstraint(condition=models.Q(kind__in=["follow", "lost"]), name="a_known_kind_of_reaction"),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.kind}"
