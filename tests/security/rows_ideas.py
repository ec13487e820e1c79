"""Who gets which answer from the ideas room."""

from ideas.models import Comment
from tests.factories import IdeaFactory, WorkFactory
from tests.security.matrix import Row, World


def furnish(world: World) -> None:
    world.idea = IdeaFactory(group=world.group, created_by=world.organiser)
    world.own_idea = IdeaFactory(group=world.group, created_by=world.member)
    world.comment = Comment.objects.create(idea=world.idea, author=world.member, body="Why?")
    world.work = WorkFactory(group=world.group)


IDEA = {"pk": "idea.pk"}
COMMENT = {"pk": "idea.pk", "comment_pk": "comment.pk"}
WHOLE = {"title": "A better title", "version": "0"}

ROWS = [
    Row("ideas:board"),
    Row("ideas:board", htmx=True, note="fragment"),
    Row("ideas:new", observer=403),
    Row("ideas:new", method="POST", data={"title": "An idea"}, observer=403, member=302, organiser=302),
    Row("ideas:new", method="POST", data={"title": ""}, observer=403, member=422, organiser=422, note="no title"),
    Row("ideas:detail", IDEA),
    Row("ideas:edit", IDEA, observer=403),
    Row("ideas:edit", IDEA, method="POST", data=WHOLE, observer=403, member=302, organiser=302),
    Row("ideas:move", IDEA, observer=403),
    Row("ideas:move", IDEA, method="POST", data={"to": "parked"}, observer=403, member=302, organiser=302),
    Row("ideas:vote", IDEA, observer=405, member=405, organiser=405, stranger=405, former=405, note="by GET"),
    Row("ideas:vote", IDEA, method="POST", data={"want": "1"}, observer=403, member=302, organiser=302),
    Row("ideas:archive", IDEA, method="POST", observer=403, member=302, organiser=302),
    Row("ideas:restore", IDEA, method="POST", observer=403, member=302, organiser=302),
    Row("ideas:delete", IDEA, method="POST", observer=403, member=403, organiser=302),
    Row("ideas:delete", {"pk": "own_idea.pk"}, method="POST", observer=403, member=302, organiser=302, note="own"),
    Row("ideas:links", IDEA, observer=403),
    Row(
        "ideas:links",
        IDEA,
        method="POST",
        data=lambda world: {"add": f"work-{world.work.pk}"},
        observer=403,
        member=302,
        organiser=302,
    ),
    Row("ideas:comment", IDEA, method="POST", data={"body": "Yes"}, observer=403, member=302, organiser=302),
    Row("ideas:edit-comment", COMMENT, observer=403, member=200, organiser=403),
    Row("ideas:edit-comment", COMMENT, method="POST", data={"body": "So"}, observer=403, member=302, organiser=403),
    Row("ideas:delete-comment", COMMENT, method="POST", observer=403, member=302, organiser=302),
    Row("ideas:restore-comment", COMMENT, method="POST", observer=403, member=302, organiser=302),
]
