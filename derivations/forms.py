"""What a member fills in about notes. The editor is django-markdownx's widget and field, pointed at our own views."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.forms.models import ModelChoiceIterator
from django.urls import reverse
from markdownx.fields import MarkdownxFormField
from markdownx.widgets import MarkdownxWidget

from commons.time import local_text
from members.models import Group, Role, User
from readings.models import Work
from sessions.models import Session

from .actions.threads import MOST_CHARACTERS
from .addresses import text_of
from .models import Note, ReviewRule
from .rendering import LIMITS
from .steps import Step


class NoteEditor(MarkdownxWidget):  # type: ignore[misc]  # markdownx has no types
    """markdownx's textarea and preview box, asking the group's own preview and upload views.

    Its script is not loaded: it takes the Tab key away from those who walk by keyboard, drops dragged text, and shows
    no error. assets/js/pages/note-editor.js works on the same elements and attributes.
    """

    class Media:
        js: list[str] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["attrs"].update(self.attrs)  # markdownx writes its settings over what the widget was given
        return context


class NoteForm(forms.Form):
    title = forms.CharField(max_length=200, error_messages={"required": "A note needs a title."})
    body = MarkdownxFormField(
        label="Text",
        strip=False,
        max_length=LIMITS.note_chars,
        error_messages={
            "required": "This note has no text yet, so there is nothing to save.",
            "max_length": "This note has %(show_value)d characters; at most %(limit_value)d fit. "
            "Split it into several notes.",
        },
    )
    message = forms.CharField(
        label="What you changed",
        max_length=300,
        required=False,
        help_text="One line for the history, such as: mended the sign in (3).",
    )
    base = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, group: Group, note: Note | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].widget = NoteEditor(
            attrs={
                # A link of a note that was saved keeps its target: the preview is told which note it is.
                "data-markdownx-urls-path": reverse("derivations:preview", args=[group.slug])
                + (f"?note={note.pk}" if note else ""),
                "data-markdownx-upload-urls-path": reverse("derivations:upload", args=[group.slug]),
                "data-own-keys": "",
                "spellcheck": "true",
                "rows": 24,
                "maxlength": None,
                "placeholder": "Let $x \\in \\mathbb{R}^n$ and $f(x) := \\tfrac{1}{2} x^\\top x$.\n\n"
                "\\begin{equation}\n\\nabla f(x) = x \\label{eq:gradient}\n\\end{equation}",
            }
        )
        if note is None:
            del self.fields["message"]
            del self.fields["base"]

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"].replace("\r\n", "\n").replace("\r", "\n")
        if not body.strip():
            raise forms.ValidationError("This note has no text yet, so there is nothing to save.")
        return body


class SessionChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic only in stubs
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title}, {local_text(obj.starts_at, self.zone)}"

    zone: Any = None


class WorkChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic only in stubs
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title}, {obj.author_line}" if obj.author_line else obj.title


class LinksForm(forms.Form):
    """The works and sessions a note stands beside, and its topic."""

    topic = forms.CharField(
        max_length=80,
        required=False,
        label="Topic in the cookbook",
        help_text="Such as Matrix calculus. What is reviewed and holds stands under it.",
        widget=forms.TextInput(attrs={"list": "topics", "autocomplete": "off"}),
    )
    works = WorkChoices(
        queryset=Work.objects.none(), required=False, label="Readings", widget=forms.CheckboxSelectMultiple
    )
    sessions = SessionChoices(
        queryset=Session.objects.none(), required=False, label="Sessions", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, note: Note, user: User, now: datetime, **kwargs: Any) -> None:
        chosen_works = set(note.works.values_list("pk", flat=True))
        chosen_sessions = set(note.sessions.values_list("pk", flat=True))
        kwargs.setdefault("initial", {"works": chosen_works, "sessions": chosen_sessions, "topic": note.topic})
        super().__init__(*args, **kwargs)
        works, sessions = self.fields["works"], self.fields["sessions"]
        assert isinstance(works, WorkChoices)
        assert isinstance(sessions, SessionChoices)
        sessions.zone = user.zone
        works.queryset = Work.objects.filter(group=note.group).filter(Q(archived_at=None) | Q(pk__in=chosen_works))
        # The nearest in both directions: years of past sessions would bury the one that is meant.
        of_group = Session.objects.of(note.group)
        coming = of_group.upcoming(now).order_by("starts_at").values_list("pk", flat=True)[:12]
        past = of_group.past(now).order_by("-starts_at").values_list("pk", flat=True)[:20]
        near = {*coming, *past, *chosen_sessions}
        self.has_sessions = bool(near)
        sessions.queryset = of_group.filter(pk__in=near).order_by("-starts_at", "pk")

    @property
    def has_works(self) -> bool:
        choices = self.fields["works"].choices  # type: ignore[attr-defined]  # a model choice field has them
        assert isinstance(choices, ModelChoiceIterator)
        return len(choices) > 0


class PersonChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic only in stubs
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.display_name)


class ReviewForm(forms.Form):
    """Who is to check a note."""

    reviewers = PersonChoices(
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose who is to check the note."},
    )

    def __init__(self, *args: Any, note: Note, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reviewers"]
        assert isinstance(field, PersonChoices)
        field.queryset = (
            User.objects.filter(
                memberships__group=note.group,
                memberships__left_at=None,
                memberships__role__in=[Role.ORGANISER, Role.MEMBER],
            )
            .exclude(pk=user.pk)
            .order_by("name", "email")
        )


class AnswerForm(forms.Form):
    """What a reviewer answers: approval, or an objection, at a step where the note has some."""

    answer = forms.ChoiceField(
        choices=[("approve", "Approve"), ("changes", "Object")],
        error_messages={"required": "Choose: approve, or object."},
    )
    comment = forms.CharField(
        label="In a sentence", widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )
    step = forms.ChoiceField(label="An objection is about", required=False)
    number = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, steps: Sequence[Step] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if steps:
            field = self.fields["step"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "The note as a whole"), *((each.key, _step_in_words(each)) for each in steps)]
        else:
            del self.fields["step"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("answer") == "changes" and not (cleaned.get("comment") or "").strip():
            self.add_error("comment", "Say in a sentence what to change, so that the author can act on it.")
        return cleaned


def _step_in_words(step: Step) -> str:
    said = text_of(step.latex)
    return f"Step {step.number}, line {step.line}: {said if len(said) <= 60 else said[:59] + '…'}"


def _words(label: str, rows: int) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=MOST_CHARACTERS,
        strip=True,
        widget=forms.Textarea(attrs={"rows": rows, "data-mentions": ""}),
        error_messages={"required": "There is no text yet."},
    )


class ThreadForm(forms.Form):
    """What someone has to ask or to remark at a step."""

    kind = forms.ChoiceField(
        choices=[("question", "Question"), ("comment", "Comment")], initial="question", widget=forms.RadioSelect
    )
    body = _words("Your words", 3)


class PostForm(forms.Form):
    """What someone answers, or their words again for editing."""

    body = _words("Your words", 3)


class RuleForm(forms.Form):
    """When a note of the group counts as reviewed."""

    approvals = forms.IntegerField(
        label="Approvals",
        min_value=1,
        max_value=ReviewRule.MOST,
        help_text="Of the latest revision, by members other than who asks. One is usual; two for what others build on.",
    )


class TableForm(forms.Form):
    """Which note to put on a session's table."""

    note = forms.ModelChoiceField(
        queryset=Note.objects.none(), error_messages={"required": "Choose a note.", "invalid_choice": "Choose a note."}
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["note"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Note.objects.of(session.group).exclude(sessions=session)


class MacrosForm(forms.Form):
    """The group's macros as one text of `\\newcommand` lines."""

    text = forms.CharField(
        label="Macros",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "is-code"}),
        help_text=r"One \newcommand, \DeclareMathOperator or \def a line; behind a % what it is for.",
    )
    message = forms.CharField(
        label="What you changed",
        max_length=300,
        required=False,
        help_text="One line for the history, such as: added \\KL.",
    )
    base = forms.IntegerField(required=False, widget=forms.HiddenInput)
