"""`[[…]]`: found where it is meant, left alone elsewhere, printed safely."""

import pytest

from mathtext import Linked, Missing, render, written_name
from mathtext.references import parse_reference

KINDS = frozenset({"cite", "session", "idea", "note"})


class Shelf:
    """A resolver that knows some titles."""

    kinds = KINDS

    def __init__(self, **known):
        self.known = {name.replace("_", " "): href for name, href in known.items()}
        self.asked = []

    def __call__(self, references):
        self.asked.append(list(references))
        return [self.answer(reference) for reference in references]

    def answer(self, reference):
        for name in reference.names:
            if name in self.known:
                step = f"#{reference.step}" if name == reference.name and reference.step else ""
                return Linked(self.known[name] + step, name.title())
        return Missing(reference.name, "No note of this title.", "Write it", "/new/?title=x")


def drawn(text, **known):
    return render(text, links=Shelf(**known)).html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("See [[ridge]].", 'See <a class="ref" href="/1/" rel="nofollow noopener">Ridge</a>.'),
        (
            "[[ridge|the *closed* form]]",
            '<a class="ref" href="/1/" rel="nofollow noopener">the <em>closed</em> form</a>',
        ),
        ("[[ridge#step-2]]", '<a class="ref" href="/1/#step-2" rel="nofollow noopener">Ridge</a>'),
        ("[[ridge#step-2|so]]", '<a class="ref" href="/1/#step-2" rel="nofollow noopener">so</a>'),
        ("[[  ridge ]]", '<a class="ref" href="/1/" rel="nofollow noopener">Ridge</a>'),
    ],
)
def test_a_reference_becomes_a_link(text, html):
    assert html in drawn(text, ridge="/1/")


@pytest.mark.parametrize(
    "text",
    [
        "`[[ridge]]`", "``a [[ridge]] ` b``", "    [[ridge]]", "```\n[[ridge]]\n```", "$[[ridge]]$", "$$[[ridge]]$$",
        "\\([[ridge]]\\)", "\\begin{align}\n[[ridge]]\n\\end{align}", "\\[[ridge]]", "[[ridge]](http://a.org)", "[[ ]]",
        "[[ridge\n\nmore]]", "![[[ridge]]](/x)", "[[ridge `a]]` b",
    ],
)  # fmt: skip
def test_code_formulas_and_markdowns_own_links_are_left_alone(text):
    assert 'class="ref"' not in drawn(text, ridge="/1/")


def test_without_a_resolver_the_brackets_are_text():
    assert '<p data-line="1">See [[ridge]].</p>' in render("See [[ridge]].").html


def test_what_is_unknown_stands_marked_with_what_to_do():
    html = drawn("By [[Lemma 3]] it follows.")
    assert '<span class="ref-missing">Lemma 3</span> <small class="ref-note">No note of this title. ' in html
    assert 'href="/new/?title=x"' in html
    assert ">Write it</a></small>" in html


def test_all_references_of_a_text_are_resolved_at_once_with_their_lines():
    shelf = Shelf(ridge="/1/")
    rendered = render("a [[ridge]]\n\n- b\n  c [[cite:x]]\n\n> [[session:Week 3]]\n", links=shelf)
    assert [(r.kind, r.name, r.line) for r in rendered.references] == [
        ("", "ridge", 1), ("cite", "x", 4), ("session", "Week 3", 6),
    ]  # fmt: skip
    assert len(shelf.asked) == 1


def test_a_text_without_references_asks_nobody():
    shelf = Shelf()
    assert render("plain $x$", links=shelf).references == ()
    assert shelf.asked == []


def test_a_table_keeps_the_bar_of_a_reference():
    html = drawn("| a | b |\n| - | - |\n| [[ridge|it]] | 2 |\n", ridge="/1/")
    assert '<td><a class="ref" href="/1/" rel="nofollow noopener">it</a></td>' in html
    assert "<td>2</td>" in html


def test_code_in_a_table_shows_its_bar():
    assert "<code>[[a|b]]</code>" in drawn("| a |\n| - |\n| `[[a|b]]` |\n") or "[[a" in drawn("`[[a|b]]`")
    assert "<code>[[a|b]]</code>" in drawn("`[[a|b]]` | x")


@pytest.mark.parametrize(
    "evil",
    [
        '[[<script>alert(1)</script>]]', '[["><img src=x onerror=alert(1)>]]', "[[ridge|<b onclick=x>y</b>]]",
        "[[ridge|[x](javascript:alert(1))]]", "[[cite:'\"&<>]]", "[[javascript:alert(1)]]",
    ],
)  # fmt: skip
def test_what_stands_in_a_reference_is_text(evil):
    html = drawn(evil, ridge="/1/")
    assert "<script" not in html
    assert "<img" not in html
    assert "<b " not in html
    assert 'href="javascript' not in html


@pytest.mark.parametrize(
    "title",
    [
        "C# in practice", "KL(p|q)", "On [0, 1]", "On [0, 1)", "Bound on $\\|x\\|$", "a # b", "[a]", "idea: a title",
        "Étude", "x | y # z", "The gradient of $\\log\\det$",
    ],
)  # fmt: skip
def test_a_title_written_by_us_is_read_as_this_title(title):
    reference = render(f"See [[{written_name(title)}]] now.", links=Shelf()).references[0]
    assert title in reference.names or (reference.kind, reference.name) == ("idea", "a title")


def test_names_are_tried_from_the_whole_to_the_part():
    reference = parse_reference("KL(p|q)#a", KINDS)
    assert reference.names == ("KL(p|q)#a", "KL(p")
    assert parse_reference("A#b|c", KINDS).names == ("A#b|c", "A#b", "A")
    assert parse_reference("cite: key", KINDS).names == ("key",)
    assert parse_reference("other: key", KINDS).kind == ""
    assert parse_reference("|x", KINDS) is None


def test_a_long_row_of_brackets_takes_no_long_time(ends):
    with ends():
        assert render("[[" * 20_000, links=Shelf()).html.count("[[") == 20_000
        assert "[[a" in render("[[a" * 20_000 + "]]" * 20_000, links=Shelf()).html


def test_a_heading_with_a_reference_has_its_words():
    rendered = render("# After [[ridge]]", links=Shelf(ridge="/1/"))
    assert rendered.headings[0].text == "After ridge"
