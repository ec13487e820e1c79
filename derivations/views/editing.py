"""Writing: new, edit, preview, pictures. markdownx's two views are replaced by `preview` and `upload`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from commons.permissions import require
from commons.ratelimits import TooMany, count_against
from derivations.actions import CannotSave, SavedMeanwhile, create_note, save_note, store_picture
from derivations.forms import NoteForm
from derivations.guide import example_or_none
from derivations.linking import NoteLinks
from derivations.live import Busy, Overtaken
from derivations.macros import GroupMacros, macros_of
from derivations.models import Image, Note
from derivations.palette import PALETTE
from derivations.permissions import can_edit_note, can_write_notes
from derivations.pictures import RefusedPicture, read_picture
from derivations.rendering import LIMITS, outline_of, render_note
from members.access import group_or_404
from members.models import Group, User

from .approaching import join_new_note
from .conflicts import Chosen, chosen_text, conflict_context, merged_title
from .drafting import draft_context, end_draft, taken_up
from .finding import note_or_404, saved_before
from .live import judged_page

PREVIEWS_A_MINUTE = 120
PICTURES_AN_HOUR = 60
SLICES = 3  # of the checker's time, for a preview without JavaScript


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, slug: str) -> HttpResponse:
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_write_notes(user, group), "Observers read notes; ask an organiser to write here as a member.")
    if request.method != "POST":
        initial = {"title": request.GET.get("title", "")[:200]}
        if example := example_or_none(request.GET.get("example", "")):  # from the guide
            initial = {"title": example.title, "body": example.body}
        if kept := taken_up(request, group, None):
            initial = {"title": kept.title, "body": kept.body}
        return _form(request, NoteForm(group=group, initial=initial), group)
    form = NoteForm(request.POST, group=group)
    if "picture" in request.POST or "preview" in request.POST:
        return _without_script(request, form, group)
    if not form.is_valid():
        return _form(request, form, group, status=422)
    try:
        note = create_note(
            group=group,
            by=user,
            title=form.cleaned_data["title"],
            body=form.cleaned_data["body"],
            now=timezone.now(),
        )
    except CannotSave as reason:
        form.add_error(None, str(reason))
        return _form(request, form, group, status=422)
    end_draft(request, user)
    messages.success(request, "Note posted as a draft.")
    return redirect(join_new_note(request, note, user) or note)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    note = note_or_404(request, slug, pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_edit_note(user, note), "Observers read notes, and a deleted note has to be restored first.")
    if request.method != "POST":
        initial = {"title": note.title, "body": note.body, "base": note.number}
        if kept := taken_up(request, note.group, note):
            initial = {"title": kept.title, "body": kept.body, "message": kept.message, "base": kept.base or 0}
        return _form(request, NoteForm(group=note.group, note=note, initial=initial), note.group, note)
    form = NoteForm(request.POST, group=note.group, note=note)
    if "picture" in request.POST or "preview" in request.POST:
        return _without_script(request, form, note.group, note)
    chosen = chosen_text(request, note) if "choose" in request.POST else None
    if chosen:
        if chosen.body is None:
            return _still_to_choose(request, note, chosen)
        typed: dict[str, Any] = {"title": chosen.title, "body": chosen.body, "base": chosen.current.number}
        typed["message"] = request.POST.get("message", "")
        if request.POST["choose"] == "edit":
            return _form(request, NoteForm(group=note.group, note=note, initial=typed), note.group, note)
        form = NoteForm(typed, group=note.group, note=note)
    if not form.is_valid():
        return _form(request, form, note.group, note, status=422)
    cleaned = form.cleaned_data
    is_unknown = "choose" in request.POST and chosen is None  # its revisions never were: both texts are shown again
    try:
        saved = save_note(
            note=note,
            by=user,
            base=0 if is_unknown else cleaned["base"] or 0,
            title=cleaned["title"],
            body=cleaned["body"],
            message=cleaned["message"],
            now=timezone.now(),
        )
    except CannotSave as reason:
        form.add_error(None, str(reason))
        return _form(request, form, note.group, note, status=422)
    except SavedMeanwhile as meanwhile:
        return _both_texts(request, note, cleaned, meanwhile)
    end_draft(request, user)
    if not saved.is_new_revision:
        messages.info(request, "Nothing had changed, so no revision was made.")
    elif saved.lowered_from:
        messages.warning(
            request,
            f"Saved as revision {saved.note.number}. The note was reviewed; it has changed since. "
            "Ask for a review when it is ready.",
        )
    else:
        messages.success(request, f"Saved as revision {saved.note.number}.")
    return redirect(note)


def _both_texts(request: HttpRequest, note: Note, cleaned: dict[str, Any], meanwhile: SavedMeanwhile) -> HttpResponse:
    """409: someone saved in between. The form keeps what was typed and now stands on the latest revision."""
    current = meanwhile.current
    title, _ = merged_title(meanwhile.base.title, cleaned["title"], current.title)
    form = NoteForm(
        group=note.group,
        note=note,
        initial={"title": title, "body": cleaned["body"], "message": cleaned["message"], "base": current.number},
    )
    conflict = conflict_context(meanwhile, cleaned, by=request.user)  # type: ignore[arg-type]  # signed in
    return _form(request, form, note.group, note, status=409, conflict=conflict)


def _still_to_choose(request: HttpRequest, note: Note, chosen: Chosen) -> HttpResponse:
    """The conflict again, with what was chosen so far and where a choice is missing."""
    typed = {name: request.POST.get(name, "") for name in ("title", "body", "message")}
    typed["body"] = typed["body"].replace("\r\n", "\n").replace("\r", "\n")
    meanwhile = SavedMeanwhile(base=chosen.opened, current=chosen.current, body=typed["body"])
    form = NoteForm(group=note.group, note=note, initial={**typed, "base": chosen.current.number})
    conflict = conflict_context(meanwhile, typed, by=request.user, chosen=chosen.choices)  # type: ignore[arg-type]  # signed in
    return _form(request, form, note.group, note, status=422, conflict=conflict)


def _without_script(request: HttpRequest, form: NoteForm, group: Group, note: Note | None = None) -> HttpResponse:
    """The buttons "Show preview" and "Insert picture" of a page without JavaScript: the form again, with more in it."""
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    typed = {name: request.POST.get(name, "") for name in ("title", "body", "message", "base")}
    extra: dict[str, Any] = {}
    status = 200
    try:
        if "picture" in request.POST:
            image = _store(request, group, user)
            alt = _alt(request)
            typed["body"] = f"{typed['body'].rstrip()}\n\n![{alt}]({image.get_absolute_url()})\n"
            messages.success(request, "The picture stands at the end of the text now; move it where it belongs.")
        else:
            count_against(f"preview:{user.pk}", limit=PREVIEWS_A_MINUTE, seconds=60)
            macros = macros_of(group)
            extra |= _preview(typed["body"], links=NoteLinks(group, note), macros=macros, writer=str(user.pk))
    except RefusedPicture as refusal:
        extra["picture_error"], status = str(refusal), refusal.status
    except TooMany as refusal:
        extra["picture_error"], status = str(refusal), 429
    fresh = NoteForm(group=group, note=note, initial=typed)
    return _form(request, fresh, group, note, status=status, **extra)


def _preview(text: str, *, links: NoteLinks, macros: GroupMacros, writer: str) -> dict[str, Any]:
    """The preview with its verdicts, or without where the checker is busy."""
    try:
        for _ in range(SLICES):  # what is judged is remembered, so that each time gets further
            page = judged_page(text, links=links, macros=macros, writer=writer)
            if not page.unfinished:
                break
    except (Busy, Overtaken):
        return {"preview_html": render_note(text, links=links, macros=macros).html, "preview_busy": str(Busy())}
    return {"preview_html": page.html, "preview_strip_html": page.strip, "preview_givens_html": page.givens}


def _form(
    request: HttpRequest, form: NoteForm, group: Group, note: Note | None = None, *, status: int = 200, **extra: Any
) -> HttpResponse:
    context = {
        "nav_section": "derivations",
        "palette": PALETTE,
        "form": form,
        "note": note,
        "draft_key": f"note:{request.user.pk}:{group.pk}:{note.pk if note else 'new'}",
        **draft_context(request, group, note),
        "max_picture_bytes": settings.MAX_UPLOAD_BYTES,
        **extra,
    }
    return render(request, "derivations/edit.html", context, status=status)


@require_POST
def preview(request: HttpRequest, slug: str) -> JsonResponse:
    """What `content` will look like once saved, and what in it could not be read."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_write_notes(user, group), "Observers read notes.")
    content = request.POST.get("content")
    if content is None:
        return JsonResponse({"error": "The preview needs the text in `content`."}, status=422)
    if len(content) > LIMITS.note_chars:
        words = f"This note has {len(content):,} characters; at most {LIMITS.note_chars:,} fit. Split it up."
        return JsonResponse({"error": words}, status=413)
    try:
        count_against(f"preview:{user.pk}", limit=PREVIEWS_A_MINUTE, seconds=60)
    except TooMany as refusal:
        return _too_many(refusal)
    rendered = render_note(content, links=NoteLinks(group, saved_before(request, group)), macros=macros_of(group))
    return JsonResponse({"html": rendered.html, "problems": outline_of(rendered)["problems"]})


@require_POST
def upload(request: HttpRequest, slug: str) -> JsonResponse:
    """Store the picture in `image`; answers with the Markdown that shows it."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_write_notes(user, group), "Observers read notes.")
    try:
        image = _store(request, group, user)
    except RefusedPicture as refusal:
        return JsonResponse({"error": str(refusal)}, status=refusal.status)
    except TooMany as refusal:
        return _too_many(refusal)
    return JsonResponse(
        {"image_code": f"![{_alt(request)}]({image.get_absolute_url()})", "url": image.get_absolute_url()}, status=201
    )


def _store(request: HttpRequest, group: Group, user: User) -> Image:
    """Raises RefusedPicture and TooMany."""
    file = request.FILES.get("image")
    if file is None:
        raise RefusedPicture("No picture came with this form. Choose a file first.")
    count_against(f"picture:{user.pk}", limit=PICTURES_AN_HOUR, seconds=3600)
    assert file.file is not None  # an uploaded file has one
    picture = read_picture(file.file, size=file.size or 0, max_bytes=settings.MAX_UPLOAD_BYTES)
    return store_picture(group=group, picture=picture, by=user, now=timezone.now())


def _alt(request: HttpRequest) -> str:
    """The words for those who do not see the picture, safe inside the brackets of Markdown."""
    words = " ".join(request.POST.get("alt", "").split())[:300]
    return words.replace("\\", "").replace("[", "(").replace("]", ")")


def _too_many(refusal: TooMany) -> JsonResponse:
    response = JsonResponse({"error": str(refusal)}, status=429)
    response["Retry-After"] = str(refusal.retry_seconds)
    return response
