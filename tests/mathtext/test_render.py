"""What a member writes, and what the page shows."""

import asyncio
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mathtext import Limits, render
from mathtext.engine import MACROS, WARMING, Engine, TemmlNotFound, Typeset, find_temml
from tests.work import calls_of


def formulas(html):
    """The TeX of each formula that was drawn, in order."""
    found = re.findall(r'<annotation encoding="application/x-tex">(.*?)</annotation>', html, re.DOTALL)
    return [text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for text in found]


def visible(html):
    return re.sub(r"<[^>]+>", "", re.sub(r"<annotation.*?</annotation>", "", html, flags=re.DOTALL))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$a_i*b_i*c$ and $d_j*e$", [r"a_i*b_i*c", r"d_j*e"]),
        (r"so \(x_1*y\) and \(z*w\)", [r"x_1*y", "z*w"]),
        ("- one\n  $$\n  a \\\\\n  b\n  $$\n- two", ["a \\\\\nb"]),
        ("1. $$x = y$$\n2. $z$", ["x = y", "z"]),
        ("> $$\n> a\n> = b\n> $$", ["a\n= b"]),
        ("> > $q_1*q_2$", ["q_1*q_2"]),
        ("| a | b |\n|---|---|\n| $|x|$ | \\(\\|y\\|_2\\) |", ["|x|", r"\|y\|_2"]),
        ("| a |\n|---|\n| $$|x|$$ |", ["|x|"]),
        ("\\begin{align}\na &= b\\\\\nc &= d\n\\end{align}", ["\\begin{align}\na &= b\\\\\nc &= d\n\\end{align}"]),
        ("so\n\\begin{gather*}\na\\\\\n- b\n\\end{gather*}\nthen", ["\\begin{gather*}\na\\\\\n- b\n\\end{gather*}"]),
        ("then \\begin{equation}x\\end{equation} holds", ["\\begin{equation}x\\end{equation}"]),
        ("we have\n$$\na\n+ b\n- c\n$$\nand", ["a\n+ b\n- c"]),
        ("we have $$a = b$$ and $c$", ["a = b", "c"]),
        ("\\[\n# x\n\\]", []),  # TeX refuses the hash; it is no heading either
        (r"$\text{if $x$ is}$", [r"\text{if $x$ is}"]),
        (r"$\{1, \dots, n\}$", [r"\{1, \dots, n\}"]),
        ("**bold $a*b$**", ["a*b"]),
        ("[see $a]b$](https://example.org)", ["a]b"]),
        ("# Loss $L_2$", ["L_2"]),
        ("a[^1]\n\n[^1]: note $n_1*n_2$", ["n_1*n_2"]),
        ("\\begin{pmatrix}\n1 & 2\n\\end{pmatrix}", ["\\begin{pmatrix}\n1 & 2\n\\end{pmatrix}"]),
        ("$$\nx\n$$.", ["x\n."]),
        ("$$\nx\n$$ where $y$ is", ["x", "y"]),
    ],
)
def test_a_formula_reaches_temml_untouched_wherever_it_stands(text, expected):
    assert formulas(render(text).html) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $6.",
        "from $5-$10 a month",
        "a $ b $ c",
        r"\$x\$",
        "`$x$` and ``$$y$$``",
        "```\n$$\nx\n$$\n```",
        "    $$x$$",
        "`\\begin{align}`",
        "$ x$",
        "just one $ here",
    ],
)
def test_money_and_code_are_no_formulas(text):
    assert "<math" not in render(text).html


def test_money_does_not_swallow_the_formula_after_it():
    html = render("It costs $5 and $6, while $a_i$ is free.").html
    assert formulas(html) == ["a_i"]
    assert "$5 and $6, while" in html


def test_rows_are_numbered_in_order_and_references_lead_to_them():
    text = (
        "By \\eqref{eq:late} and \\ref{early}.\n\n"
        "\\begin{align}\na &= b \\label{early} \\\\\nc &= d \\notag \\\\\ne &= f\n\\end{align}\n\n"
        "\\begin{equation*} u = v \\end{equation*}\n\n"
        "\\begin{equation} x = y \\label{eq:late} \\end{equation}\n\n"
        "$$p \\tag{A} \\label{named}$$\n\n$$q \\text{ by } \\eqref{named}$$"
    )
    rendered = render(text)
    assert [(e.number, e.label, e.anchor) for e in rendered.equations] == [
        ("(1)", "early", "eq-early"), ("(2)", None, "eqn-2"), ("(3)", "eq:late", "eq-late"),
        ("(A)", "named", "eq-named"),
    ]  # fmt: skip
    assert rendered.problems == ()
    assert '<a class="eq-ref" href="#eq-late" rel="nofollow noopener">(3)</a>' in rendered.html
    assert '<a class="eq-ref" href="#eq-early" rel="nofollow noopener">1</a>' in rendered.html
    for equation in rendered.equations:
        assert rendered.html.count(f'id="{equation.anchor}"') == 1
    assert visible(rendered.html).endswith("q&nbsp;by&nbsp;(A)\n")


def test_rows_of_a_matrix_inside_an_equation_get_no_numbers():
    matrix = "\\begin{pmatrix}1\\\\2\\\\3\\end{pmatrix}"
    rendered = render(f"\\begin{{align}}\nA &= {matrix} \\\\\nB &= {{x \\\\ y}}\n\\end{{align}}\n\n$${matrix}$$")
    assert [e.number for e in rendered.equations] == ["(1)", "(2)"]


@pytest.mark.parametrize("environment", ["equation", "multline"])
def test_one_number_stands_for_the_whole_of_an_equation_or_multline(environment):
    rendered = render(f"\\begin{{{environment}}}\na + \\\\\nb \\label{{q}}\n\\end{{{environment}}}")
    assert [(e.number, e.label) for e in rendered.equations] == [("(1)", "q")]


def test_a_line_break_after_the_last_row_makes_no_row():
    rendered = render("\\begin{align}\na &= b \\\\\n\\end{align}")
    assert [e.number for e in rendered.equations] == ["(1)"]


@pytest.mark.parametrize("environment", ["align", "gather", "flalign", "eqnarray", "alignat"])
def test_every_display_environment_is_drawn(environment):
    argument = "{2}" if environment == "alignat" else ""
    row = "a &=& b" if environment == "eqnarray" else "a" if environment == "gather" else "a &= b"
    rendered = render(f"\\begin{{{environment}}}{argument}{row}\\\\{row}\\end{{{environment}}}")
    assert rendered.problems == ()
    assert len(rendered.equations) == 2


def test_a_break_in_a_bare_display_breaks_the_line():
    assert render("$$\na \\\\\nb\n$$").html.count("<mtr>") == 2


def test_unknown_and_repeated_labels_are_named_with_their_place():
    rendered = render(
        "See \\eqref{nowhere}.\n\n$$a \\label{x}$$\n\n$$b \\label{x}$$\n\n\\begin{align*}c \\label{y}\\end{align*}"
    )
    assert [(p.line, p.message.split(".")[0].split(";")[0]) for p in rendered.problems] == [
        (1, "No equation has the label `nowhere`"),
        (5, "The label `x` is used twice"),
        (7, "The label `y` stands on an equation without a number"),
    ]


def test_a_formula_that_cannot_be_read_stands_as_its_source_and_the_rest_is_drawn():
    rendered = render(
        "Good $a$.\n\nLine three: $\\nonsense{x} < 1$ and $b$.\n\n"
        "\\begin{align}\na &= b \\\\\n c &= \\oops\n\\end{align}"
    )
    assert formulas(rendered.html) == ["a", "b"]
    assert '<code class="math-error"' not in render("$a$").html
    assert "$\\nonsense{x} &lt; 1$</code>" in rendered.html
    first, second = rendered.problems
    assert (first.line, first.column, first.source) == (3, 13, "$\\nonsense{x} < 1$")
    assert first.message == "`\\nonsense` is not a command that can be read here."
    assert (second.line, "\\oops" in second.message) == (7, True)


def test_dollars_never_closed_are_reported_and_left_as_text():
    rendered = render("$$ a = b\n\nnext paragraph $c$")
    assert "$$ a = b" in rendered.html
    assert formulas(rendered.html) == ["c"]
    assert [p.line for p in rendered.problems] == [1]


def test_top_level_blocks_carry_their_source_line():
    text = "# A\n\npara\n\n- x\n- y\n\n$$\nz\n$$\n\n```py\n1\n```\n\n| a |\n|---|\n| b |\n\n---\n"
    assert re.findall(r'<(\w+)[^>]* ?data-line="(\d+)"', render(text).html) == [
        ("h2", "1"), ("p", "3"), ("ul", "5"), ("div", "8"), ("pre", "12"), ("div", "16"), ("hr", "20"),
    ]  # fmt: skip


def test_headings_get_unique_ids_and_leave_room_for_the_page_title():
    rendered = render("# A $x$\n## B\n## B\n###### C")
    assert [(h.level, h.anchor) for h in rendered.headings] == [(1, "s-a-x"), (2, "s-b"), (2, "s-b-2"), (6, "s-c")]
    assert '<h2 data-line="1" id="s-a-x">' in rendered.html
    assert '<h4 data-line="4" id="s-c">' in rendered.html
    assert render("## only").html.startswith("<h2 ")
    assert render("# A\n###### B", heading_shift=0).html.count("<h6") == 1


def test_a_text_that_begins_with_the_second_level_skips_none_on_the_page():
    assert re.findall(r"<(h\d)", render("## A\n### B\n## C").html) == ["h2", "h3", "h2"]


def test_two_texts_on_one_page_keep_their_ids_apart():
    text = "# A\n\nx[^1] \\eqref{q}\n\n$$a \\label{q}$$\n\n[^1]: f"
    ids = [re.findall(r' id="([^"]+)"', render(text, anchor_prefix=prefix).html) for prefix in ("old-", "new-")]
    assert len(ids[0]) == 4
    assert not set(ids[0]) & set(ids[1])


def test_tasks_tables_strikethrough_and_footnotes_are_read():
    html = render("- [x] done\n- [ ] open\n- [y] no\n\n~~gone~~\n\n| a |\n|:-:|\n| b |\n\nx[^1]\n\n[^1]: note").html
    assert html.count('role="img"') == 2
    assert 'aria-label="done"' in html
    assert "[y] no" in html
    assert "<s>gone</s>" in html
    assert '<div class="table-box"' in html
    assert 'class="footnotes"' in html


def test_pictures_show_only_from_our_own_place_and_reserve_their_size():
    prefixes = ("/media/notes/",)
    assert (
        render("![a plot](/media/notes/ab-640x480.webp)", image_prefixes=prefixes).html
        == '<p data-line="1"><img src="/media/notes/ab-640x480.webp" alt="a plot" width="640" height="480" '
        'loading="lazy"></p>\n'
    )
    for elsewhere in (
        "https://example.org/x.png", "//example.org/x.png", "/media/other.png", "/media/notes/../../secret.png",
        "/media/notes/%2e%2e/x.png", "data:image/svg+xml;base64,AAAA",
    ):  # fmt: skip
        assert "<img" not in render(f"![p]({elsewhere})", image_prefixes=prefixes).html


def test_links_out_tell_nothing_and_vouch_for_nothing():
    html = render("[a](https://example.org) [b](mailto:ana@example.org) [c](/groups/x/) [d](#s-a)").html
    assert html.count('rel="nofollow noopener"') == 4


@pytest.mark.parametrize(
    ("address", "is_link"),
    [("foo):", True), ("x/y:z", True), ("?q=a:b", True), ("HTTPS://example.org", True), ("irc://example.org", False),
     ("file:///etc/passwd", False), ("java&Tab;script:alert(1)", False)],
)  # fmt: skip
def test_which_addresses_become_links(address, is_link):
    html = render(f"[x]({address})").html
    alive = re.search(r'href="([a-z]+:)?', html)
    assert (alive is not None and alive.group(1) in (None, "https:", "http:")) or not is_link
    assert "javascript:" not in re.sub(r">[^<]*<", "><", html)


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](/media/x.png)',
    '[x](https://a.b "t\\" onmouseover=alert(1) x=\\"")',
    r"$\href{javascript:alert(1)}{x}$",
    r"$\url{javascript:alert(1)}$",
    r"$\text{<script>alert(1)</script>}$",
    r"$\text{<img src=x onerror=alert(1)>}$",
    r'$\htmlData{x="onerror=alert(1)}{x}$',
    r"$\class{rail-link}{x}$",
    r"$\cssId{main}{x}$",
    r"$\style{position:fixed}{x}$",
    r"$\includegraphics{https://example.org/x.png}$",
    r"$\color{red;background:url(//x)}{x}$",
    r"$\textcolor{javascript:alert(1)}{x}$",
    r'$$a \tag{"><script>alert(1)</script>} \label{"><img src=x onerror=alert(1)>}$$',
    r'$$\begin{array}{"><script>} x \end{array}$$',
    r"\eqref{<script>alert(1)</script>}",
    r"$\unknown{<script>alert(1)</script>}$",
    "```<script>alert(1)</script>\nx\n```",
    "# <script>alert(1)</script>",
    "[^<script>]\n\n[^<script>]: x",
    "| <script>alert(1)</script> |\n|---|\n| <svg/onload=alert(1)> |",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<https://x/"onclick=alert(1)>',
    "<javascript:alert(1)>",
    "$\\text{</annotation></semantics></math><script>alert(1)</script>}$",
    "$x</annotation><img src=x onerror=alert(1)>$",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_inert(attack):
    html = render(attack, image_prefixes=("/media/",)).html
    tags = re.findall(r"<[a-zA-Z][^>]*>", html)
    assert not re.search(
        r"<\s*(script|svg|style|iframe|object|embed|form|base|link|meta|input|mglyph|maction)\b", html, re.I
    )
    for tag in tags:
        outside_values = re.sub(r'"[^"]*"', '""', tag)
        assert not re.search(r"\bon\w+\s*=", outside_values, re.I)
        assert not re.search(r"\bstyle\s*=", outside_values, re.I)
        for value in re.findall(r'(?:href|src)="([^"]*)"', tag):
            assert re.match(r"(https?:|mailto:|/|#|[\w%]+$)", value), value


def test_nothing_in_a_formula_takes_on_the_look_or_the_ids_of_the_page_around():
    html = render(r"$$x \label{main} \tag{1}$$").html
    assert 'id="eq-main"' in html
    assert 'id="main"' not in html
    assert (
        "style="
        not in render(r"$$\begin{array}{c|c} a & b \\ \hline c & \color{red} d \end{array} \cancel{x}\!y$$").html
    )


def test_a_macro_without_end_is_a_problem_and_not_a_hang(ends):
    with ends():
        rendered = render(r"$\def\a{\a\a}\a$ and $b$")
        assert [p.message for p in rendered.problems] == ["A macro in this formula calls itself without end."]
        assert formulas(rendered.html) == ["b"]


def test_a_definition_stays_inside_its_formula():
    rendered = render(r"$\gdef\foo{x}\foo$ then $\foo$")
    assert len(rendered.problems) == 1


def test_a_note_of_one_megabyte_is_refused_at_once_with_its_size():
    text = "a $x$ " * 200_000
    assert calls_of(lambda: render(text)) < 1_000, "nothing of it is read"
    rendered = render(text)
    assert "1,200,000 characters" in rendered.problems[0].message
    assert "Split it" in rendered.html


def test_a_formula_of_100_kb_is_refused_and_the_rest_is_drawn(ends):
    with ends():
        rendered = render("before $a$\n\n$$" + "x+" * 50_000 + "y$$\n\nafter $b$")
    assert formulas(rendered.html) == ["a", "b"]
    assert "100,001 characters" in rendered.problems[0].message
    assert len(rendered.html) < 5_000


@pytest.mark.parametrize(
    "hostile",
    [
        "$" * 60_000,
        "$a " * 60_000,
        "\\(" * 60_000,
        "\\[ a\n" * 20_000,
        "$$ a\n" * 20_000,
        "\\begin{align}\n" * 10_000,
        "| $" * 30_000 + "\n" + "|-" * 30_000,
        "$\\text{" * 20_000,
        "\\\\" * 60_000,
        "[" * 60_000,
        "*a_" * 40_000,
        "> " * 20_000 + "$x$",
        "- " * 3_000 + "$$",
        "$" + "{" * 5_000 + "}" * 5_000 + "$",
        "\\begin{align}" + "a\\\\" * 2_000 + "\\end{align}",
        "$x$ " * 25_000,
    ],
)
def test_a_hostile_text_is_answered_in_seconds(hostile, ends):
    with ends():
        assert render(hostile).html


HURRIED = Engine()  # kept: V8 may still answer a call that was given up


def test_a_formula_past_its_time_is_named():
    rendered = render(
        "$" + r"\frac{a}{b}" * 800 + "$",
        engine=HURRIED,
        limits=Limits(formula_seconds=0.000_01, total_seconds=0.000_02),
    )
    assert "too long" in rendered.problems[0].message


def test_the_engine_recovers_when_a_formula_uses_up_its_memory():
    engine = Engine()
    small = Limits(memory_bytes=1)
    big = "$" + r"\begin{pmatrix}" + r"a_1^2 & \frac{x}{y} \\" * 400 + r"\end{pmatrix}$"
    assert "memory" in render(big, engine=engine, limits=small).problems[0].message
    assert render("$a$", engine=engine).problems == ()


def test_threads_share_one_engine():
    engine = Engine()
    results = {}

    def work(n):
        results[n] = formulas(render(f"$x_{{{n}}}$ and $y$", engine=engine).html)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {n: [f"x_{{{n}}}", "y"] for n in range(12)}


OLDER_THREAD = """
import os, threading
from mathtext import render
from mathtext.engine import Engine
go, seen = threading.Event(), []
older = threading.Thread(target=lambda: (go.wait(), seen.append(render("$a$", engine=Engine()).problems)))
older.start()
first = threading.Thread(target=lambda: seen.append(render("$b$").problems))
first.start(); first.join(); go.set(); older.join()
child = os.fork()
if child == 0:
    os._exit(0 if render("$c$").problems == () else 1)
assert os.waitpid(child, 0)[1] == 0
assert seen == [(), ()]
print("well")
"""


def test_contexts_in_older_threads_and_in_forked_children_do_not_end_the_process():
    done = subprocess.run([sys.executable, "-c", OLDER_THREAD], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "well\n", done.stderr[-500:]


def test_a_process_that_drew_a_formula_ends():
    program = [sys.executable, "-c", "from mathtext import render; assert render('$a$').problems == ()"]
    several = [subprocess.Popen(program) for _ in range(6)]  # at once: one alone seldom meets what kept it waiting
    try:
        assert [each.wait(timeout=60) for each in several] == [0] * 6
    finally:
        for each in several:
            each.kill()


def test_it_draws_where_an_event_loop_is_running():
    async def page():
        return render("$a$", engine=LOOPED).problems

    seen = []
    thread = threading.Thread(target=lambda: seen.append(asyncio.run(page())))  # Playwright's loop may run in this one
    thread.start()
    thread.join()
    assert seen == [()]
    assert render("$b$", engine=LOOPED).problems == ()


def test_an_engine_that_was_warmed_has_read_each_of_its_formulas():
    engine = Engine()
    engine.warm()
    outcomes = engine.typeset([(tex, True) for tex in WARMING], limits=Limits())
    assert [type(outcome) for outcome in outcomes] == [Typeset] * len(WARMING)


LOOPED = Engine()


class Shelf:
    def __init__(self):
        self.kept = {}
        self.asked = []

    def get_many(self, keys):
        self.asked.append(sorted(keys))
        return {key: self.kept[key] for key in keys if key in self.kept}

    def set_many(self, data):
        self.kept.update(data)


def test_a_formula_typeset_elsewhere_comes_from_the_cache():
    shelf = Shelf()
    first = render("$a$ and $a$ and $\\bad$", cache=shelf, engine=Engine())
    assert len(shelf.kept) == 1
    second = render("$a$ and $a$ and $\\bad$", cache=shelf, engine=Engine())
    assert second == first
    third = Engine()
    render("$a$", cache=shelf, engine=third)
    render("$a$", cache=shelf, engine=third)
    assert len(shelf.asked) == 3, "what the process knows itself is not asked for again"


def test_without_temml_the_error_names_the_remedy(monkeypatch, tmp_path):
    monkeypatch.delenv("MATHTEXT_TEMML", raising=False)
    with pytest.raises(TemmlNotFound, match="npm ci"):
        find_temml(tmp_path)
    monkeypatch.setenv("MATHTEXT_TEMML", str(tmp_path / "nothing.js"))
    with pytest.raises(TemmlNotFound, match=r"nothing\.js"):
        find_temml()


GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "derivations.md"


@pytest.mark.parametrize("command", MACROS)
def test_each_command_of_ours_is_drawn_and_stands_in_the_guide(command):
    arguments = MACROS[command].count("#")
    text = rf"\left( a {command} b \right)" if command == r"\given" else command + "{x}" * arguments + " y"
    assert render(f"${text}$").problems == ()
    assert f"`{command}" in GUIDE.read_text(encoding="utf-8")


def test_the_same_text_gives_the_same_html():
    text = "# A\n\n$$a \\label{x}$$\n\n\\eqref{x}"
    assert render(text) == render(text)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=300))
def test_no_text_breaks_it(text):
    assert "<script" not in render(text).html


PIECES = st.sampled_from(
    [
        *["$", "$$", "\\(", "\\)", "\\[", "\\]", "\\begin{align}", "\\end{align}", "\\\\", "&", "{", "}", "%", "|"],
        *["\\label{a}", "\\tag{b}", "\\eqref{a}", "\n", "\n\n", "> ", "- ", "`", "```\n", "*", "_", "[", "[^1]", "#"],
        *["](javascript:x)", "<script>", "a", "x^2", "\\frac{1}{2}", " "],
    ]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=30).map("".join))
@example("\\[\\\\\\begin{align}\\]")
def test_no_mixture_of_markdown_and_tex_breaks_it(text):
    rendered = render(text)
    assert "<script" not in rendered.html
    assert "\ue07c" not in rendered.html
    assert all(1 <= p.line <= text.count("\n") + 1 for p in rendered.problems)
