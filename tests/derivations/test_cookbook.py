"""The cookbook: what stands in it, how it is found, and what it is as a document."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from derivations.actions import create_note, delete_note, link_note, run_check, save_note, undelete_note
from derivations.cookbook import cookbook_latex, cookbook_markdown
from derivations.models import Check, Note, Statement
from derivations.statements import clean, statements_of
from derivations.views.cookbook import kind_of
from tests.conftest import NOON
from tests.factories import GroupFactory, NoteFactory

LOGDET = r"""## The gradient

Let $X \in \mathbb{R}^{n \times n}$ be invertible with $\det X > 0$. Nothing else is needed. The gradient is

\begin{align}
\frac{\partial \log \det X}{\partial X} &= X^{-\top}. \label{eq:logdet}
\end{align}
"""
CHAIN = r"""Let $a \in \mathbb{R}$ and $b \in \mathbb{R}$.

\begin{align}
(a + b)^2 &= a^2 + 2 a b + b^2 \\
          &= b^2 + 2 a b + a^2 \notag
\end{align}
"""
FALSE = "Let $a \\in \\mathbb{R}$.\n\n$$a + a = 3 a$$\n\n$$a + a = 2 a$$\n"


def checked(note):
    run_check(check_id=Check.objects.get(revision__note=note, revision__number=note.number).pk, now=NOON)
    note.refresh_from_db()
    return note


def reviewed(note):
    note.status = Note.Status.REVIEWED
    note.save(update_fields=["status"])
    return note


@pytest.fixture
def logdet(group, member):
    note = create_note(group=group, by=member, title="The log-determinant", body=LOGDET, now=NOON)
    link_note(note=note, by=member, works=[], sessions=[], topic=" Matrix  calculus ")
    note.refresh_from_db()
    return reviewed(checked(note))


@pytest.fixture
def chain(group, member):
    return reviewed(checked(create_note(group=group, by=member, title="A square", body=CHAIN, now=NOON)))


def texts(group, **query):
    return [row.text.tex for row in Statement.objects.of(group).select_related("text")]


def test_what_is_reviewed_and_holds_stands_in_the_cookbook_with_what_it_assumes(logdet, group):
    statement = Statement.objects.get()
    assert statement.text.tex == r"\frac{\partial \log \det X}{\partial X} = X^{-\top}"
    assert (statement.topic, statement.number) == ("Matrix calculus", 1)
    assert statement.text.conditions == [r"Let $X \in \mathbb{R}^{n \times n}$ be invertible with $\det X > 0$."]
    assert "<math" in statement.text.html
    assert "invertible" in statement.text.conditions_html


def test_a_claim_that_goes_on_gets_the_side_that_it_was_checked_with(chain, group):
    assert texts(group) == [
        "(a + b)^2 = a^2 + 2 a b + b^2",
        "a^2 + 2 a b + b^2 = b^2 + 2 a b + a^2",
    ]


def test_a_draft_and_a_note_with_a_failing_step_are_not_in_it(group, member):
    draft = checked(create_note(group=group, by=member, title="Draft", body=CHAIN, now=NOON))
    assert draft.steps_hold == 2
    wrong = reviewed(checked(create_note(group=group, by=member, title="Wrong", body=FALSE, now=NOON)))
    assert (wrong.steps_hold, wrong.steps_fail) == (1, 1)
    assert not Statement.objects.exists()


def test_it_settles_when_the_check_comes_after_the_review(group, member):
    note = reviewed(create_note(group=group, by=member, title="Late", body=CHAIN, now=NOON))
    assert not Statement.objects.exists()
    checked(note)
    assert Statement.objects.count() == 2


def test_an_edit_a_deletion_and_a_return_settle_it(logdet, member):
    delete_note(note=logdet, by=member, now=NOON)
    assert not Statement.objects.exists()
    undelete_note(note=logdet, by=member, now=NOON)
    assert Statement.objects.count() == 1
    save_note(note=logdet, by=member, base=1, title=logdet.title, body=CHAIN, now=NOON)
    assert not Statement.objects.exists()


def test_a_new_topic_moves_the_statements(logdet, member, group, client_of):
    client_of(member).post(f"{logdet.get_absolute_url()}links/", {"topic": "Determinants"})
    assert [row.topic for row in Statement.objects.all()] == ["Determinants"]
    assert '<option value="Determinants">' in client_of(member).get(f"{logdet.get_absolute_url()}links/").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "X^{-\\top}"}, 1),
        ({"q": "X ^ {-T}"}, 1),
        ({"q": "X^{-1}"}, 0),
        ({"q": "\\partial \\log"}, 1),
        ({"q": "2ab"}, 0),  # words, as nobody said that it is TeX
        ({"q": "2ab", "by": "tex"}, 2),
        ({"q": "X"}, 1),
        ({"q": "x"}, 0),
        ({"q": "a"}, 2),
        ({"q": "\\det"}, 1),
        ({"q": "invertible gradient"}, 1),
        ({"q": "GRADIENT"}, 1),
        ({"q": "log-determinant"}, 1),
        ({"q": "nothing of this"}, 0),
        ({"q": "%"}, 0),
        ({"q": "{", "by": "tex"}, 0),
        ({"topic": "Matrix calculus"}, 1),
        ({"topic": "Matrix calculus", "q": "a"}, 0),
        ({}, 3),
        ({"q": "a", "by": "bogus", "page": "99"}, 2),
    ],
)
def test_it_is_found_by_words_by_symbol_and_by_tex(logdet, chain, client_of, observer, group, query, found):
    page = client_of(observer).get(reverse("derivations:cookbook", args=[group.slug]), query).text
    assert page.count('class="statement"') == found


def test_what_someone_looks_for_is_guessed():
    assert [kind_of(q) for q in ("\\Sigma", "x", "A^{-1}", "gradient", "\\hat\\beta")] == [
        "symbol", "symbol", "tex", "words", "tex",
    ]  # fmt: skip


def test_each_statement_leads_to_its_step_and_shows_its_tex(logdet, client_of, member, group):
    page = client_of(member).get(reverse("derivations:cookbook", args=[group.slug])).text
    assert f'href="../notes/{logdet.pk}/#verdict-1"' in page
    assert f'data-copy-from="#tex-{Statement.objects.get().pk}"' in page
    assert "X^{-\\top}</pre>" in page


def test_another_groups_statements_are_not_found(logdet, client_of, member):
    other = NoteFactory(group=GroupFactory())
    Statement.objects.update(group=other.group)
    assert "Nothing is proved yet" in client_of(member).get(f"/groups/{logdet.group.slug}/cookbook/").text


def test_an_empty_cookbook_says_what_it_is_for(client_of, member, group):
    assert "Nothing is proved yet" in client_of(member).get(reverse("derivations:cookbook", args=[group.slug])).text


def test_the_cookbook_asks_as_often_with_forty_statements_as_with_one(logdet, client_of, member, group):
    client = client_of(member)

    def queries(**query):
        address = reverse("derivations:cookbook", args=[group.slug])
        client.get(address, query)
        with CaptureQueriesContext(connection) as captured:
            client.get(address, query)
        return len(captured)

    one = [queries(), queries(q="X^{-\\top}"), queries(q="gradient")]
    for n in range(40):
        note = NoteFactory(group=group, title=f"N{n}", body=LOGDET)
        Check.objects.create(
            revision=note.revisions.get(), state="done", finished_at=NOON, report=logdet_report(logdet)
        )
        note.steps_fail, note.status = 0, "reviewed"
        note.save()
    assert Statement.objects.count() == 41
    assert [queries(), queries(q="X^{-\\top}"), queries(q="gradient")] == one


def logdet_report(note):
    return Check.objects.get(revision__note=note).report


def test_the_book_in_markdown_has_topics_conditions_and_addresses(logdet, chain, group):
    text = cookbook_markdown(group, site="https://study.example.org")
    assert text.startswith("# The cookbook of Gradient Circle\n")
    assert text.index("## Matrix calculus") < text.index("## Without a topic")
    assert "$$\n\\frac{\\partial \\log \\det X}{\\partial X} = X^{-\\top}\n$$" in text
    assert f"(https://study.example.org{logdet.get_absolute_url()}#step-1)" in text
    assert "be invertible with $\\det X > 0$." in text


def test_the_book_in_latex_is_whole_and_its_texts_are_no_commands(logdet, chain, group, member):
    logdet.title = r"50% of \input{/etc/passwd} & $x_1$ ^^5cinput"
    logdet.save(update_fields=["title"])
    group.name = "R&D #1"
    group.save()
    text = cookbook_latex(group, now=NOON)
    assert text.count("\\begin{document}") == text.count("\\end{document}") == 1
    assert "\\input{/etc" not in text
    assert "^^" not in text
    assert r"\textbackslash{}input\{/etc/passwd\}" in text
    assert "R\\&D \\#1" in text
    assert "X^{-\\top}" in text
    assert r"$X \in \mathbb{R}^{n \times n}$ be invertible" in text


def test_the_books_are_downloaded(logdet, client_of, observer, group):
    client = client_of(observer)
    for ending in ("md", "tex"):
        answer = client.get(f"/groups/{group.slug}/cookbook/cookbook.{ending}")
        assert answer["Content-Disposition"] == f'attachment; filename="cookbook-{group.slug}.{ending}"'
        assert "X^{-\\top}" in answer.text


def test_the_cookbook_can_be_built_anew(logdet, group, capsys):
    Statement.objects.all().delete()
    call_command("rebuild_cookbook", group=group.slug)
    assert capsys.readouterr().out == "1 statements.\n"
    assert Statement.objects.count() == 1
    call_command("rebuild_cookbook")
    assert Statement.objects.count() == 1


@pytest.mark.parametrize(
    ("latex", "cleaned"),
    [
        (r"\nabla f(x) &= A x, \label{eq:a} \\", r"\nabla f(x) = A x"),
        (r"A = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", r"A = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"),
        (r"a \notag \tag{A}", "a"),
        (r"\{ a \& b \}", r"\{ a \& b \}"),
    ],
)
def test_a_row_of_a_display_stands_alone(latex, cleaned):
    assert clean(latex) == cleaned


def test_definitions_and_their_own_symbols_are_conditions():
    from stepcheck import check

    body = "Let $x \\in \\mathbb{R}$ and $c \\in \\mathbb{R}$.\n\n$$f(x) := c x^2$$\n\n$$f'(x) = 2 c x$$\n"
    report = check(body).as_dict()
    found = statements_of(body, report, title="T")
    assert [each.tex for each in found] == ["f'(x) = 2 c x"]
    assert found[0].conditions == ("Let $x \\in \\mathbb{R}$ and $c \\in \\mathbb{R}$.", "$f(x) := c x^2$")
