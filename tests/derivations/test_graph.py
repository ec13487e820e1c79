"""What rests on what: the drawing, the table, and what nobody has derived yet."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from derivations.actions import create_note, delete_note
from derivations.graph import draw, layers_of, lines_of
from tests.conftest import NOON

KEYS = st.integers(0, 8)


@pytest.fixture
def write(group, member):
    def written(title, body="Let $x \\in \\mathbb{R}$."):
        return create_note(group=group, by=member, title=title, body=body, now=NOON)

    return written


@pytest.fixture
def asked(client_of, member, group):
    def asked(**query):
        return client_of(member).get(reverse("derivations:graph", args=[group.slug]), query).text

    return asked


def test_a_note_stands_above_what_it_rests_on():
    layers, back = layers_of("abcd", [("a", "b"), ("b", "c"), ("a", "c"), ("d", "c")])
    assert layers == [["a", "d"], ["b"], ["c"]]
    assert back == set()


def test_a_circle_is_opened_at_one_place():
    layers, back = layers_of("abc", [("a", "b"), ("b", "c"), ("c", "a")])
    assert layers == [["a"], ["b"], ["c"]]
    assert back == {("c", "a")}


@given(st.lists(st.tuples(KEYS, KEYS), max_size=40))
def test_every_edge_leads_down_unless_it_closes_a_circle(edges):
    keys = list(range(9))
    layers, back = layers_of(keys, edges)
    depth = {key: nth for nth, layer in enumerate(layers) for key in layer}
    assert sorted(depth) == keys
    assert all(depth[a] < depth[b] for a, b in edges if a != b and (a, b) not in back)
    drawing = draw(keys, edges)
    places = {(box.x, box.y) for box in drawing.boxes}
    assert len(places) == len(keys), "no note hides another"
    assert len(drawing.lines) == len({(a, b) for a, b in edges if a != b})


def test_a_long_chain_needs_no_deep_recursion():
    layers, _ = layers_of(range(3_000), [(n, n + 1) for n in range(2_999)])
    assert len(layers) == 3_000


def test_a_title_fits_two_lines():
    assert lines_of("Ridge") == ("Ridge", "")
    assert lines_of("The gradient of the log-determinant of a matrix and more") == (
        "The gradient of the", "log-determinant of a ma…",
    )  # fmt: skip
    assert all(len(line) <= 24 for line in lines_of("x" * 200))


def test_the_drawing_and_the_table_say_the_same(write, asked):
    ridge = write("Ridge")
    note = write("Uses it", "By [[Ridge]].")
    text = asked()
    assert text.count("<rect") == 2
    assert text.count('class="graph-line') == 1
    assert (
        f'<a href="{ridge.get_absolute_url()}" class="graph-note"><title>Ridge: Draft, no step checked</title>' in text
    )
    row = text[text.index(f'<th scope="row"><a href="{note.get_absolute_url()}"') :]
    assert f'<td><a href="{ridge.get_absolute_url()}">Ridge</a></td>' in row.replace("\n", "")[:2000]


def test_around_a_note_stand_what_it_rests_on_and_what_rests_on_it(write, asked):
    base = write("Base")
    middle = write("Middle", "[[Base]]")
    write("Top", "[[Middle]]")
    write("Other top", "[[Base]]")
    text = asked(note=middle.pk)
    assert text.count("<rect") == 3
    assert "Other top" not in text
    assert asked(note=base.pk).count("<rect") == 4
    assert "This note has no links to other notes." in asked(note=write("Alone").pk)
    assert "This note has no links" in asked(note=10**12)


def test_what_nobody_has_derived_is_counted_and_can_be_written(write, asked, client_of, observer, group):
    write("A", "By [[Lemma 3]] and again [[lemma 3]]; also [[Lemma <4>]].")
    write("B", "By [[Lemma 3]].")
    text = asked()
    assert "Used here, and derived by nobody yet (2)" in text
    assert text.index("Lemma 3</span>") < text.index("Lemma &lt;4&gt;</span>")
    assert "used 3 times in" in text
    assert "?title=Lemma+3" in text
    seen = client_of(observer).get(reverse("derivations:graph", args=[group.slug])).text
    assert "Write it" not in seen
    write("Lemma 3")
    from derivations.actions import redraw_stale

    redraw_stale()
    assert "derived by nobody yet (1)" in asked()


def test_a_deleted_note_is_not_drawn_and_needs_nothing(write, asked, member):
    write("Ridge")
    gone = write("Gone", "[[Ridge]] [[Lemma 3]]")
    delete_note(note=gone, by=member, now=NOON)
    text = asked()
    assert "No note rests on another yet" in text
    assert "Lemma 3" not in text


def test_a_title_in_the_drawing_is_text(write, asked):
    write("<script>alert(1)</script>")
    write("B", "[[<script>alert(1)</script>]]")
    assert "<script>alert" not in asked()


def test_the_graph_asks_as_often_with_thirty_notes_as_with_two(write, asked, client_of, member, group):
    write("Ridge")
    write("A", "[[Ridge]] [[Lemma]]")
    client = client_of(member)

    def queries():
        address = reverse("derivations:graph", args=[group.slug])
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    two = queries()
    for n in range(30):
        write(f"N{n}", f"[[Ridge]] [[Lemma {n}]]")
    assert queries() == two
