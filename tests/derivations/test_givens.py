"""What a note declares stands beside it, with its lines."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from derivations.actions import create_note, run_check
from derivations.givens import with_givens
from derivations.models import Check
from tests.conftest import NOON

NOTE = r"""# Setting

Let $A \in \mathbb{R}^{n \times d}$ have full column rank and
$x \in \mathbb{R}^d$ be a unit vector. We write
$q := x^\top A^\top A x$, and $\mu > 0$.

- Let $C \in \mathbb{R}^{n \times n}$ be sparse.

$$q = \lVert A x \rVert^2 + \mu - \mu$$
"""


def checked(group, member, body=NOTE):
    note = create_note(group=group, by=member, title="Setting", body=body, now=NOON)
    run_check(check_id=Check.objects.get(revision__note=note).pk, now=NOON)
    note.refresh_from_db()
    return note


def test_the_panel_says_what_each_symbol_was_read_as_and_where(client_of, member, group):
    page = client_of(member).get(checked(group, member).get_absolute_url()).text
    panel = page.split('<details class="givens">')[1].split("</details>")[0]
    rows = {}
    for row in panel.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:]:
        words = re.sub(r"<[^>]*>", "", row.split("</td>", 1)[1])
        rows[re.search(r'application/x-tex">([^<]*)<', row)[1]] = " ".join(words.split())
    assert rows["A"].startswith("matrix, full-column-rank,")
    assert rows["A"].endswith("line 3")
    assert rows["x"].startswith("vector,")
    assert rows["x"].endswith("line 4")
    assert {"n", "d", "C"} <= rows.keys()
    assert "q := x^\\top A^\\top A x" in panel
    assert "Taken for granted" in panel
    assert "“sparse”, said of" in panel


def test_each_line_of_the_panel_leads_to_a_block_of_the_note(client_of, member, group):
    note = checked(group, member)
    panel = note.outline["check"]["givens_html"]
    targets = set(re.findall(r'href="#([^"]+)"', panel))
    assert targets
    assert all(note.checked_html.count(f'id="{target}"') == 1 for target in targets)
    anchor = re.search(r'href="#([^"]+)" data-to-line="4"', panel)[1]
    assert f'data-line="3" id="{anchor}"' in note.checked_html  # line 4 stands in the paragraph that begins in line 3


def test_the_panel_costs_the_page_no_query(client_of, member, group, django_assert_num_queries):
    with_panel, without = checked(group, member), checked(group, member, "Only words.")
    client = client_of(member)
    for note in (without, with_panel):
        client.get(note.get_absolute_url())
    with CaptureQueriesContext(connection) as before:
        assert "What it declares" not in client.get(without.get_absolute_url()).text
    with django_assert_num_queries(len(before)):
        assert "What it declares" in client.get(with_panel.get_absolute_url()).text


def test_what_a_member_writes_stays_text_in_the_panel():
    report = {
        "givens": [{"name": "<img src=x>", "kind": "<b>number", "shape": "", "properties": [], "line": 1}],
        "assumed": ["`<script>alert(1)</script>` is <b>taken</b>."],
        "passed_over": [{"name": "x", "given": "<i>convex"}],
        "definitions": [],
    }
    _, panel = with_givens('<p data-line="1">x</p>\n', report)
    assert "<img" not in panel
    assert "<script" not in panel
    assert "<b>" not in panel
    assert "<i>" not in panel


def test_a_report_from_before_the_panel_is_shown_without_it():
    html, panel = with_givens('<p data-line="1">x</p>', {"steps": []})
    assert (html, panel) == ('<p data-line="1">x</p>', "")


def test_the_fragment_that_a_waiting_page_fetches_brings_the_panel(client_of, member, group):
    note = checked(group, member)
    fragment = client_of(member).get(reverse("derivations:checked", args=[group.slug, note.pk])).text
    assert '<details class="givens">' in fragment
