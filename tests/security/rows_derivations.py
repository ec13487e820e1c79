"""Who gets which answer from the derivations room."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pillow

from derivations.actions import hold_notes, keep_draft, open_thread, share_statement, store_picture
from derivations.models import Check, MacroRevision, Review
from derivations.pictures import read_picture
from derivations.steps import steps_of
from tests.conftest import NOON
from tests.factories import NoteFactory, SessionFactory
from tests.security.matrix import Row, World


def png() -> bytes:
    out = BytesIO()
    Pillow.new("RGB", (3, 2), "teal").save(out, "PNG")
    return out.getvalue()


def furnish(world: World) -> None:
    world.note = NoteFactory(group=world.group, author=world.organiser, number=2, body="second")
    world.note.revisions.create(number=2, title=world.note.title, body="second", author=world.organiser)
    step = {
        "index": 0,
        "line": 1,
        "latex": "x^2 = x",
        "relation": "=",
        "verdict": "fails",
        "evidence": "",
        "reason": "",
        "key": "s0123456789a",
        "span": [0, 1],
        "sign": None,
    }
    example = {
        "dims": {},
        "values": {"x": 2.0},
        "left": 4.0,
        "right": 2.0,
        "note": "",
        "spans": None,
        "replayable": True,
    }
    revision = world.note.revisions.get(number=2)
    Check.objects.create(
        revision=revision, state="done", finished_at=NOON, report={"steps": [{**step, "counterexample": example}]}
    )
    world.step = 1
    (at,) = steps_of(world.note)
    world.thread = open_thread(note=world.note, step=at, kind="question", body="Why?", by=world.organiser, now=NOON)
    world.post = world.thread.posts.get()
    world.macros = MacroRevision.objects.create(group=world.group, number=1, text="\\newcommand{\\Q}{\\mathbb{Q}}\n")
    world.note.symbols.create(name="x", kind="number", line=1)
    world.gone = NoteFactory(group=world.group, author=world.organiser, deleted_at=NOON)
    world.session = SessionFactory(group=world.group)
    world.note.sessions.add(world.session)
    for person in (world.member, world.organiser, world.observer):
        Review.objects.create(note=world.note, reviewer=person)
    typed = {"title": "Half", "body": "half a thought", "base": 2, "now": NOON}
    world.draft = keep_draft(group=world.group, note=world.note, by=world.member, token="token-of-ben", **typed)
    world.ways = share_statement(note=world.note, title="Loss", kind="algebraic", by=world.member, now=NOON)
    world.way = world.ways.approaches.get()
    data = png()
    picture = read_picture(BytesIO(data), size=len(data), max_bytes=10_000)
    world.held, _ = hold_notes(group=world.group, data=b"$x$", name="a.md", by=world.member, now=NOON)
    world.picture = store_picture(group=world.group, picture=picture, by=world.member, now=NOON)


NOTE = {"pk": "note.pk"}
GONE = {"pk": "gone.pk"}
STEP = {**NOTE, "key": "thread.key"}
THREAD = {**NOTE, "thread_pk": "thread.pk"}
POST = {**NOTE, "post_pk": "post.pk"}
MACROS = {"number": "macros.number"}

ROWS = [
    Row("derivations:list"),
    Row("derivations:list", htmx=True, note="fragment"),
    Row("derivations:new", observer=403),
    Row("derivations:new", method="POST", data={"title": ""}, observer=403, member=422, organiser=422),
    Row(
        "derivations:new", method="POST", data={"title": "A", "body": "$x$"}, observer=403, member=302, organiser=302,
        note="complete",
    ),
    Row("derivations:preview", method="POST", data={"content": "$x$"}, observer=403),
    Row("derivations:preview", method="POST", observer=403, member=422, organiser=422, note="without content"),
    Row("derivations:check-written", method="POST", data={"content": "$x$"}, observer=403),
    Row("derivations:check-written", method="POST", observer=403, member=422, organiser=422, note="without content"),
    Row(
        "derivations:upload", method="POST", observer=403, member=201, organiser=201,
        data=lambda world: {"image": SimpleUploadedFile("a.png", png()), "alt": "a"},
    ),
    Row("derivations:upload", method="POST", observer=403, member=422, organiser=422, note="without a file"),
    Row("derivations:rules"),
    Row(
        "derivations:rules", method="POST", data={"approvals": "2"}, observer=403, member=403, organiser=302,
    ),
    Row("derivations:complete", observer=403),
    Row("derivations:guide"),
    Row("derivations:symbols"),
    Row("derivations:symbols", htmx=True, note="fragment"),
    Row("derivations:macros"),
    Row("derivations:macros-progress"),
    Row("derivations:macros-history"),
    Row("derivations:macros-revision", MACROS),
    Row("derivations:edit-macros", observer=403),
    Row(
        "derivations:edit-macros", method="POST", data={"text": "\\newcommand{\\Q}{q}", "base": "1"}, observer=403,
        member=302, organiser=302, note="complete",
    ),
    Row(
        "derivations:edit-macros", method="POST", data={"text": "\\input{x}", "base": "1"}, observer=403, member=422,
        organiser=422, note="no macros",
    ),
    Row("derivations:usual-macros", method="POST", observer=403, member=302, organiser=302),
    Row("derivations:restore-macros", MACROS, method="POST", observer=403, member=302, organiser=302),
    Row("derivations:deleted", observer=403),
    Row("derivations:drafts"),
    Row(
        "derivations:drafts", method="POST", data={"draft": "token-of-tab", "title": "A", "body": "$x$", "typed": "7"},
        observer=403,
    ),
    Row("derivations:drafts", method="POST", observer=403, member=422, organiser=422, note="without an editor's name"),
    Row("derivations:draft", {"pk": "draft.pk"}, observer=404, organiser=404, note="the member's own"),
    Row("derivations:throw-away", {"pk": "draft.pk"}, method="POST", observer=404, member=302, organiser=404),
    Row("derivations:detail", NOTE),
    Row("derivations:detail", GONE, observer=404, member=404, organiser=410, note="deleted"),
    Row("derivations:edit", NOTE, observer=403),
    Row(
        "derivations:edit", NOTE, method="POST", data={"title": "A", "body": "$x$", "base": "2"},
        observer=403, member=302, organiser=302,
    ),
    Row(
        "derivations:edit", NOTE, method="POST", data={"title": "A", "body": "$x$", "base": "1"},
        observer=403, member=409, organiser=409, note="stale",
    ),
    Row("derivations:checked", NOTE, observer=204, member=204, organiser=204, note="not yet"),
    Row("derivations:replay", {**NOTE, "number": "step"}),
    Row("derivations:code", {**NOTE, "number": "step"}),
    Row("derivations:people", observer=403),
    Row("derivations:map", NOTE),
    Row("derivations:talk", STEP),
    Row("derivations:talk", STEP, htmx=True, note="fragment"),
    Row("derivations:talk", {**NOTE, "key": "s0"}, observer=404, member=404, organiser=404, note="unknown"),
    Row("derivations:say", STEP, method="POST", observer=403, member=422, organiser=422),
    Row(
        "derivations:say", STEP, method="POST", data={"kind": "question", "body": "Why?"},
        observer=403, member=302, organiser=302, note="complete",
    ),
    Row("derivations:react", STEP, method="POST", data={"kind": "lost"}, observer=403, member=302, organiser=302),
    Row("derivations:reply", THREAD, method="POST", data={"body": "So."}, observer=403, member=302, organiser=302),
    Row("derivations:resolve", THREAD, method="POST", observer=403, member=302, organiser=302),
    Row("derivations:reopen", THREAD, method="POST", observer=403, member=302, organiser=302),
    Row("derivations:to-agenda", THREAD, method="POST", observer=403, member=302, organiser=302),
    Row("derivations:edit-post", POST, observer=403, member=403),
    Row("derivations:edit-post", POST, method="POST", data={"body": "So?"}, observer=403, member=403, organiser=302),
    Row("derivations:delete-post", POST, method="POST", observer=403, member=403, organiser=302),
    Row("derivations:undelete-post", POST, method="POST", observer=403, member=403, organiser=302),
    Row("derivations:source", NOTE),
    Row("derivations:export", NOTE),
    Row("derivations:export-all"),
    Row("derivations:import", observer=403),
    Row("derivations:import", method="POST", observer=403, member=422, organiser=422, note="without a file"),
    Row(
        "derivations:import", method="POST", observer=403, member=302, organiser=302, note="complete",
        data=lambda world: {"file": SimpleUploadedFile("a.md", b"# A\n\n$x$\n")},
    ),
    Row("derivations:import-preview", {"pk": "held.pk"}, observer=404, organiser=404),
    Row(
        "derivations:import-preview", {"pk": "held.pk"}, method="POST", data={"note": "0"},
        observer=404, member=302, organiser=404, note="made",
    ),
    Row("derivations:links", NOTE, observer=403),
    Row("derivations:links", NOTE, method="POST", observer=403, member=302, organiser=302),
    Row("derivations:ask", NOTE, observer=403),
    Row("derivations:ask", NOTE, method="POST", observer=403, member=422, organiser=422),
    Row("derivations:answer", NOTE, observer=403),
    Row(
        "derivations:answer", NOTE, method="POST", data={"answer": "approve", "number": "2"},
        observer=403, member=302, organiser=302,
    ),
    Row("derivations:withdraw", NOTE, method="POST", observer=403, member=302, organiser=302),
    Row("derivations:history", NOTE),
    Row("derivations:compare", NOTE),
    Row("derivations:revision", {**NOTE, "number": 1}),
    Row("derivations:revision", {**NOTE, "number": 99}, observer=404, member=404, organiser=404, note="unknown"),
    Row("derivations:restore", {**NOTE, "number": 1}, observer=403),
    Row("derivations:restore", {**NOTE, "number": 99}, observer=403, member=404, organiser=404, note="unknown"),
    Row("derivations:restore", {**NOTE, "number": 1}, method="POST", observer=403, member=302, organiser=302),
    Row("derivations:delete", NOTE, method="POST", observer=403, member=403, organiser=302),
    Row("derivations:undelete", GONE, method="POST", observer=404, member=404, organiser=302),
    Row(
        "derivations:take-off-table", {**NOTE, "session_pk": "session.pk"}, method="POST",
        observer=403, member=302, organiser=302,
    ),
    Row("derivations:approaches"),
    Row("derivations:approach", {"pk": "ways.pk"}),
    Row("derivations:approach-note", NOTE, observer=403),
    Row(
        "derivations:approach-note", NOTE, method="POST", data={"title": "Loss", "kind": "geometric"},
        observer=403, member=302, organiser=302,
    ),
    Row("derivations:approach-note", NOTE, method="POST", observer=403, member=422, organiser=422, note="empty"),
    Row("derivations:rename-ways", {"pk": "ways.pk"}, observer=403),
    Row(
        "derivations:rename-ways", {"pk": "ways.pk"}, method="POST", data={"title": "A", "text": "$x$"},
        observer=403, member=302, organiser=302,
    ),
    Row(
        "derivations:add-way", {"pk": "ways.pk"}, method="POST", data={"note": "new", "kind": "other", "label": ""},
        observer=403, member=302, organiser=302,
    ),
    Row("derivations:add-way", {"pk": "ways.pk"}, method="POST", observer=403, member=422, organiser=422, note="empty"),
    Row(
        "derivations:arrange-way", {"pk": "ways.pk", "approach_pk": "way.pk"}, method="POST", data={"do": "later"},
        observer=403, member=302, organiser=302,
    ),
    Row("derivations:part-ways", {"pk": "ways.pk"}, method="POST", observer=403, member=302, organiser=302),
    Row("derivations:put-on-table", {"pk": "session.pk"}, observer=403),
    Row("derivations:put-on-table", {"pk": "session.pk"}, method="POST", observer=403, member=422, organiser=422),
    Row("derivations:cookbook"),
    Row("derivations:cookbook", htmx=True, note="fragment"),
    Row("derivations:cookbook-markdown"),
    Row("derivations:cookbook-latex"),
    Row("derivations:cookbook-pdf", observer=302, member=302, organiser=302, note="none is made yet"),
    Row("derivations:book"),
    Row("derivations:book", method="POST", observer=302, member=302, organiser=302),
    Row("derivations:book-state"),
    Row("derivations:graph"),
    Row("derivations:picture", {"name": "picture.name"}),
]  # fmt: skip
