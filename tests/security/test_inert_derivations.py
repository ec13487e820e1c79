r"""What a member writes is text, on whatever page, mail or file of the derivations room it comes out again.

The lines are those by which Markdown renderers are usually attacked, and each stands by itself and inside everything
that takes text: `\text{}`, `\href{}`, an alt text, a link, a title, a macro. All of them run the same word, so that a
page can be asked where that word stands. What `mathtext` alone makes of such lines, and how long it works on a broken
text, is asked in tests/mathtext/test_render.py; what comes in by a file, in tests/derivations/test_importing.py.
"""

import io
import json
import re
import zipfile
from contextlib import suppress
from html import unescape
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import NoReverseMatch, reverse

from derivations.actions import (
    CannotSaveMacros,
    answer_review,
    ask_for_review,
    create_note,
    keep_draft,
    link_note,
    open_thread,
    react,
    save_macros,
    save_note,
    settle_statements,
    share_statement,
)
from derivations.actions.checks import _keep_check
from derivations.exporting import Exported, gather, latex_of, notebook_of
from derivations.exporting.latex import harmless, is_harmless
from derivations.exporting.notebook import inert
from derivations.macros import GroupMacros, macros_of
from derivations.models import Check, Draft, Image, Note, Post, Statement
from derivations.nudges import mentions
from derivations.rendering import LIMITS, render_note
from derivations.steps import steps_of
from reminders.channels.base import Message
from reminders.channels.mail import compose
from reminders.nudges import KINDS, Window
from stepcheck import NotationError, read_macros
from tests.conftest import NOON
from tests.factories import DeliveryFactory, IdeaFactory, SessionFactory, WorkFactory
from tests.security.matrix import World
from tests.security.rows_derivations import ROWS, png

WORD = "alert(7331)"
LINES = [
    "<script>alert(7331)</script>",
    "<ScRiPt >alert(7331)</sCrIpT>",
    "<script src=//x.example/7331.js></script>",
    "<img src=x onerror=alert(7331)>",
    '"><img src=x onerror=alert(7331)>',
    "'\"--></style></script><script>alert(7331)</script>",
    "<svg onload=alert(7331)>",
    "<svg><animate onbegin=alert(7331) attributeName=x>",
    "<details open ontoggle=alert(7331)>",
    "<iframe src=javascript:alert(7331)></iframe>",
    '<iframe srcdoc="<script>alert(7331)</script>">',
    "<object data=javascript:alert(7331)>",
    "<embed src=javascript:alert(7331)>",
    "<form action=javascript:alert(7331)><button>x",
    "<button formaction=javascript:alert(7331)>x</button>",
    "<a href=javascript:alert(7331)>x</a>",
    '<a href="java&#x09;script:alert(7331)">x</a>',
    "<math href=javascript:alert(7331)>x</math>",
    "<math><maction actiontype=statusline xlink:href=javascript:alert(7331)>x",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(7331)>",
    "<math><annotation-xml encoding=text/html><img src=x onerror=alert(7331)>",
    "<style>@import '//x.example/7331.css'</style>",
    "<div style=background:url(javascript:alert(7331))>x</div>",
    "<base href=//x.example/7331/>",
    "<meta http-equiv=refresh content=0;url=javascript:alert(7331)>",
    "<link rel=stylesheet href=//x.example/7331.css>",
    "<xss onpointerenter=alert(7331)>x</xss>",
    "<p id=x tabindex=1 onfocus=alert(7331) autofocus>x",
    "<noscript><p title='</noscript><img src=x onerror=alert(7331)>'>",
    "<!--><img src=x onerror=alert(7331)>-->",
    "<javascript:alert(7331)>",
    "javascript:alert(7331)",
    "JaVaScRiPt:alert(7331)",
    "javascript&colon;alert(7331)",
    "javascript&#58;alert(7331)",
    "&#106;avascript:alert(7331)",
    "&#x6A&#x61&#x76&#x61script:alert(7331)",
    "java\tscript:alert(7331)",
    "\x01javascript:alert(7331)",
    "javascript://x.example/%0Aalert(7331)",
    "javascript:alert(7331)//https://x.example",
    "vbscript:alert(7331)",
    "data:text/html,<script>alert(7331)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCg3MzMxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=alert(7331)>",
    'x" onmouseover="alert(7331)',
    "x' onmouseover='alert(7331)",
    "https://x.example/' onclick='alert(7331)",
    'https://x.example/"onclick="alert(7331)',
    "x onerror=alert(7331)",
    "{{ 7331|safe }}{% debug %}",
    "${alert(7331)}",
    "</annotation></semantics></math><script>alert(7331)</script>",
    "</textarea><script>alert(7331)</script>",
    "</title><script>alert(7331)</script>",
    "</article><script>alert(7331)</script>",
]
PLACES = [
    "{}",
    "[x]({})",
    "[x](<{}>)",
    '[x](https://x.example "{}")',
    "[{}](https://x.example)",
    "[x][n{n}]\n\n[n{n}]: {}",
    "<{}>",
    "![{}](/pictures/abcdef-3x2.png)",
    "![x]({})",
    "![x](/pictures/{})",
    "# {}",
    "- [x] {}",
    "| {} | b |\n|---|---|\n| {} | d |",
    "`{}`",
    "``` {}\n{}\n```",
    "x[^{}]\n\n[^{}]: {}",
    "[[{}]]",
    "[[cite:{}]]",
    "[[session:{}|{}]]",
    "[[Nothing#{}|$\\text{{{}}}$]]",
    r"$\text{{{}}}$",
    r"$\href{{{}}}{{x}}$",
    r"$\href{{https://x.example}}{{\text{{{}}}}}$",
    r"$\url{{{}}}$",
    r"$\htmlData{{x={}}}{{x}}$",
    r"$\class{{{}}}{{x}}$",
    r"$\id{{{}}}{{x}}$",
    r"$\style{{{}}}{{x}}$",
    r"$\includegraphics{{{}}}$",
    r"$\color{{{}}}{{x}}$",
    r"$\operatorname{{{}}}$",
    "$${}$$",
    "$$\nx \\tag{{{}}} \\label{{{}}}\n$$\n\n\\eqref{{{}}}",
    "\\begin{{align}}\nx &= {} \\label{{{}}}\n\\end{{align}}",
]


def bodies():
    """Every line in every place, in as few notes as hold them: one for each place, so that none swallows another."""
    for number, place in enumerate(PLACES):
        written = [place.replace("{n}", str(n)).replace("{}", line) for n, line in enumerate(LINES)]
        written = [each.replace("{{", "{").replace("}}", "}") for each in written]
        yield number, "\n\n".join(written) + "\n"


def words(text):
    return frozenset(text.split())


class Page(HTMLParser):
    """What of a page could run or reach out. `harm` says it in words."""

    NEVER = words(
        "iframe object embed applet frame frameset base style xss marquee portal maction mglyph annotation-xml "
        "foreignobject animate set audio video source track"
    )
    ADDRESSES = words("href src action formaction xlink:href data poster background srcset cite ping")
    NOTE = words(
        "a blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr img li ol p pre s section small span strong sub "
        "sup table tbody td th thead tr ul math annotation semantics menclose merror mfrac mi mmultiscripts mn "
        "mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext "
        "mtr munder munderover none"
    )
    EMPTY = words("area br col hr img input link meta wbr")

    def __init__(self, html, *, is_note=False):
        super().__init__(convert_charrefs=True)
        self.harm, self.text, self.open, self.notes = [], [], [], int(is_note)
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag not in self.EMPTY:
            inside = tag in ("div", "article", "td") and "prose-note" in (said.get("class") or "").split()
            self.open.append((tag, inside))
            self.notes += inside
        if tag in self.NEVER:
            self.harm.append(f"<{tag}>")
        if self.notes and tag not in self.NOTE and not self._is_ours(tag, said):
            self.harm.append(f"<{tag}> in a note")
        if (
            tag == "script"
            and not (said.get("src") or "").startswith("/static/")
            and said.get("type") != "application/json"
        ):
            self.harm.append("<script>")
        if tag == "meta" and "http-equiv" in said:
            self.harm.append("<meta http-equiv>")
        if tag == "link" and not (said.get("href") or "").startswith(("/static/", "/")):
            self.harm.append("<link>")
        for name, value in attrs:
            value = value or ""
            if name.startswith("on") or name in ("style", "srcdoc", "xmlns:xlink"):
                self.harm.append(f"{name}={value}")
            if name.startswith(("hx-on", "hx-vals", "data-hx")) and "7331" in value:
                self.harm.append(f"{name}={value}")
            if name in self.ADDRESSES:
                plain = re.sub(r"[\x00-\x20]", "", value).lower()
                scheme = re.match(r"([a-z][a-z0-9+.-]*):", plain)
                if scheme and scheme[1] not in ("http", "https", "mailto"):
                    self.harm.append(f"{name}={value}")
                if tag == "img" and not plain.startswith(("/pictures/", "/static/")):
                    self.harm.append(f"<img {name}={value}>")

    def _is_ours(self, tag, said):
        """The marks of verdicts and threads, which are put into a note after it was sanitised."""
        return tag in (
            "button",
            "svg",
            "use",
            "details",
            "summary",
            "template",
            "label",
            "input",
            "article",
        ) and not any(
            "7331" in (value or "") for name, value in said.items() if name not in ("aria-label", "title", "value")
        )

    def handle_endtag(self, tag):
        if tag in self.EMPTY or tag not in [name for name, _ in self.open]:
            return
        while self.open:
            name, inside = self.open.pop()
            self.notes -= inside
            if name == tag:
                return

    def handle_data(self, data):
        if self.open and self.open[-1][0] in ("script", "style") and "7331" in data:
            self.harm.append(f"<{self.open[-1][0]}>{data}")
        self.text.append(data)


def harm_in(html, **more):
    return Page(html, **more).harm


def visible(html):
    return "".join(Page(html).text)


def title_of(lines):
    return " ".join(" ".join(lines).split())[:200]


@pytest.fixture
def hostile(group, member, organiser):
    """A group in which every line that someone can write says something that ought not to run."""
    world = World(group=group, member=member, organiser=organiser)
    group.name = LINES[0]
    group.save(update_fields=["name"])
    for person, name, line in ((member, "Ben", LINES[3]), (organiser, "Ana", LINES[4])):
        person.name = f"{name} {line}"
        person.save(update_fields=["name"])
    world.macros = save_macros(group=group, by=member, base=0, text=macro_text(), message=LINES[0], now=NOON)
    titles = [title_of(LINES[n : n + 4]) for n in range(0, len(LINES), 4)]
    world.work = WorkFactory(
        group=group, key=LINES[3], title=LINES[0], authors=[{"given": LINES[6], "family": LINES[3]}],
        venue=LINES[3], year="2019", url="javascript:alert(7331)",
    )  # fmt: skip
    world.session = SessionFactory(group=group, title=LINES[3])
    IdeaFactory(group=group, title=LINES[3])
    said = "".join(f"$\\evil{letters(n)}$\n\n" for n in range(len(LINES)))
    body = "Let $x \\in \\mathbb{R}$.\n\n$$x = x$$\n\n$$x + x = 3x$$\n\n" + said
    world.note = create_note(group=group, by=member, title=titles[0], body=body, message=LINES[3], now=NOON)
    for title in titles[1:]:
        create_note(group=group, by=member, title=title, body=f"By [[{world.note.pk}|{LINES[0]}]] $x$.", now=NOON)
    links = "\n\n".join(f"[[{title}]] [[Not there {title[:150]}]]" for title in titles)
    world.note = save_note(
        note=world.note, by=organiser, base=1, title=titles[0], body=f"{body}{links}\n\n[[cite:{LINES[3]}]]\n",
        message=LINES[3], now=NOON,
    ).note  # fmt: skip
    link_note(note=world.note, by=member, works=[world.work], sessions=[world.session], topic=LINES[0])
    world.note.refresh_from_db()
    check = Check.objects.get(revision__note=world.note, revision__number=2)
    _keep_check(check, report=report(), reason="", seed=0, now=NOON, macros=macros_of(group))
    world.note.refresh_from_db()
    steps = steps_of(world.note)
    for line in LINES:
        open_thread(note=world.note, step=steps[1], kind="question", body=f"{line} [x]({line})", by=organiser, now=NOON)
    world.post = Post.objects.filter(thread__note=world.note).latest("pk")
    react(note=world.note, step=steps[1], kind="lost", by=organiser, now=NOON)
    world.key = steps[1].key
    world.ways = share_statement(
        note=world.note, title=LINES[0], kind="other", label=LINES[3][:60], text="\n\n".join(LINES), by=member, now=NOON
    )
    world.draft = keep_draft(
        group=group, note=world.note, by=member, token="token-of-ben", base=1, title=LINES[0],
        body="\n\n".join(LINES), message=LINES[3], device=LINES[3], now=NOON,
    )  # fmt: skip
    ask_for_review(note=world.note, reviewers=[organiser], by=member, now=NOON)
    answer_review(review=world.note.reviews.get(), approve=True, comment=LINES[0], number=2, by=organiser, now=NOON)
    Note.objects.filter(pk=world.note.pk).update(status="reviewed", steps_fail=0)
    world.note.refresh_from_db()
    settle_statements(note=world.note)
    assert Statement.objects.count() == 2
    return world


def report():
    """What a checker might say that repeats whatever it was given."""
    example = {
        "dims": {LINES[3]: 2}, "values": {LINES[0]: 2.0}, "left": 4.0, "right": 2.0, "note": LINES[3], "spans": None,
        "replayable": True,
    }  # fmt: skip
    made = {"line": 1, "span": [0, 1], "sign": None, "relation": "=", "evidence": LINES[3], "reason": LINES[0]}
    says = {
        r"x = \text{" + LINES[0] + "}": "holds", r"x = \href{" + LINES[31] + "}{x}": "fails", LINES[3]: "unchecked",
        r"x = \evil" + letters(0): "holds",
    }  # fmt: skip
    steps = [
        {**made, "index": n, "latex": latex, "verdict": verdict, "counterexample": example}
        for n, (latex, verdict) in enumerate(says.items())
    ]
    given = {"name": LINES[3][:90], "kind": LINES[0], "shape": LINES[0], "properties": [LINES[0]], "line": 1}
    given["span"] = [0, 1]
    return {"steps": steps, "givens": [given], "definitions": [], "assumed": [LINES[0]], "doubts": []}


def letters(number):
    return chr(97 + number // 26) + chr(97 + number % 26)


def macro_text():
    """One macro for each line that a group may have in one."""
    kept = []
    for number, line in enumerate(LINES):
        definition = f"\\newcommand{{\\evil{letters(number)}}}{{\\text{{{line}}}}}  % {line}\n"
        try:
            read_macros(definition)
        except NotationError:
            continue
        kept.append(definition)
    assert len(kept) > len(LINES) / 2
    return "".join(kept)


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_line_is_inert_in_every_place_of_a_note_and_of_its_preview(client_of, member, group):
    save_macros(group=group, by=member, base=0, text=macro_text(), now=NOON)
    client, address = client_of(member), reverse("derivations:preview", args=[group.slug])
    for number, body in bodies():
        html = client.post(address, {"content": body}).json()["html"]
        assert harm_in(html, is_note=True) == [], PLACES[number]
        assert html.count("7331") > len(LINES) / 2, PLACES[number]


def test_every_page_of_the_room_shows_what_was_written_as_text(client_of, hostile):
    world = hostile
    clients = [client_of(world.member), client_of(world.organiser)]
    told = {}
    for name in sorted({row.name for row in ROWS if row.method == "GET"} - FILES):
        address = address_of(name, world)
        answer = next((a for a in (client.get(address) for client in clients) if a.status_code == 200), None)
        if answer is not None and answer["Content-Type"].startswith("text/html"):
            told[name] = harm_in(answer.text)
    assert {name: harm for name, harm in told.items() if harm} == {}
    assert told.keys() >= {
        "derivations:" + name
        for name in (
            "list", "detail", "edit", "talk", "map", "compare", "revision", "history", "draft", "drafts", "approach",
            "approaches", "cookbook", "graph", "symbols", "macros", "macros-history", "macros-revision", "source",
            "links", "ask", "answer", "edit-post", "replay", "export", "new", "guide", "restore", "put-on-table",
        )
    }  # fmt: skip


FILES = {f"derivations:{name}" for name in ("cookbook-pdf", "export-all", "picture")}
OTHERS = {"approach": "ways", "rename-ways": "ways", "draft": "draft", "put-on-table": "session"}


def address_of(name, world):
    """The address called `name` in this world."""
    thing = getattr(world, OTHERS.get(name.partition(":")[2], "note"))
    numbers = {"pk": thing.pk, "number": 1, "key": world.key, "post_pk": world.post.pk}
    for wanted in ((), ("pk",), ("pk", "number"), ("pk", "key"), ("pk", "post_pk"), ("number",)):
        with suppress(NoReverseMatch):
            return reverse(name, kwargs={"slug": world.group.slug, **{each: numbers[each] for each in wanted}})
    raise AssertionError(f"{name} wants more")


def test_what_the_editor_asks_while_one_types_is_data(client_of, member, hostile):
    client = client_of(member)
    for query in ({}, {"q": "alert"}, {"q": "cite:alert"}, {"q": "<"}):
        answer = client.get(reverse("derivations:complete", args=[hostile.group.slug]), query)
        assert answer["Content-Type"] == "application/json"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "7331" in answer.text
    answer = client.post(
        reverse("derivations:check-written", args=[hostile.group.slug]), {"content": hostile.note.body}
    ).json()
    for part in ("html", "givens", "strip"):
        assert harm_in(answer[part], is_note=part == "html") == []


def test_a_conflict_and_a_form_that_comes_back_show_what_was_typed(client_of, member, hostile):
    typed = {"title": LINES[53], "body": "\n\n".join(LINES), "message": LINES[3], "base": "1"}
    answer = client_of(member).post(reverse("derivations:edit", args=[hostile.group.slug, hostile.note.pk]), typed)
    assert answer.status_code == 409
    assert harm_in(answer.text) == []
    assert LINES[0] in visible(answer.text)
    answer = client_of(member).post(reverse("derivations:new", args=[hostile.group.slug]), {**typed, "title": ""})
    assert answer.status_code == 422
    assert harm_in(answer.text) == []


def test_the_name_and_the_words_of_a_picture_are_inert(client_of, member, group):
    client = client_of(member)
    for line in LINES[::3]:
        file = SimpleUploadedFile(f"{line.replace('/', '')}.png", png(), content_type="image/png")
        answer = client.post(reverse("derivations:upload", args=[group.slug]), {"image": file, "alt": line})
        assert answer.status_code == 201
        html = render_note(answer.json()["image_code"]).html
        assert harm_in(html, is_note=True) == []
        assert html.count("<img") == 1
    assert all(re.fullmatch(r"[\w-]+-3x2\.png", name) for name in Image.objects.values_list("name", flat=True))


# ── mail ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_mail_that_someone_was_named_shows_their_words_as_text(member, hostile):
    step = steps_of(hostile.note)[0]
    for line in LINES:
        body = f"@Ben {line} https://x.example/7331"
        open_thread(note=hostile.note, step=step, kind="comment", body=body, by=hostile.organiser, now=NOON)
    kind = KINDS["derivation-mention"]
    day = Window(start=NOON.replace(hour=0), end=NOON.replace(hour=23))
    nudges = list(mentions(window=day))
    assert len(nudges) == len(LINES)
    for nudge in nudges:
        delivery = DeliveryFactory.build(pk=1, user=member, kind=kind.key, key=nudge.key)
        mail = compose(Message(delivery=delivery, nudge=nudge, kind=kind, user=member), now=NOON)
        assert "\n" not in mail.subject
        html = mail.alternatives[0][0]
        harm = [each for each in harm_in(html) if each != "<style>" and not each.startswith("style=")]
        assert harm == []
        assert "7331" not in "".join(re.findall(r'style="[^"]*"|<style>.*?</style>', html, re.DOTALL))
        assert "7331" in visible(html)


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────

TEX = [
    r"$\input{/etc/passwd}$",
    r"$^^5cinput{/etc/passwd}$",
    r"$x^{^^5c^^69nput{/etc/passwd}}$",
    r"$\makeatletter\@@input /etc/passwd $",
    r"$\ExplSyntaxOn \file_input:n {/etc/passwd}$",
    r"$\filecontents{x.tex}y$",
    "$\\begin%\n{filecontents}{x.tex}y\\end%\n{filecontents}$",
    "$$\\begin {filecontents}{x.tex}y\\end {filecontents}$$",
    r"$\begin{\name}{x.tex}y\end{\name}$",
    r"$\begin{lstlisting}\input{/etc/passwd}\end{lstlisting}$",
    r"$\newwrite\x \openout\x=x.tex \write\x{y}$",
    r"$\write18{id}$",
    r"$\immediate \write 18{id}$",
    r"$\pdffiledump offset 0 length 9 {/etc/passwd}$",
    r"$\scantokens{\string\inp ut}$",
    r"$\includegraphics{/etc/passwd}$",
    r"$\enddocument$",
    "$\\end%\n{document}$",
    r"$\font\x=/etc/passwd \x$",
    r"$\verb|}|\input{/etc/passwd}$",
    r"$\bibliography{/etc/passwd}$",
    r"$\AtEndDocument{\input{/etc/passwd}}$",
    r"$\DeclareRobustCommand{\x}{\input{/etc/passwd}}\x$",
    r"$\NewDocumentCommand\x{}{\input{/etc/passwd}}\x$",
    r"$\tag{\input{/etc/passwd}}$",
    r"$$x \label{\input{/etc/passwd}}$$",
    r"$\text{\input{/etc/passwd}}$",
    "x[^a]\n\n[^a]: y\n\n    ```\n    \\input{/etc/passwd}\n    ```",
    "**$$\\input{/etc/passwd} { $$**",
    "# $$\\input{/etc/passwd} { $$",
    "| $$\\input{/etc/passwd} { $$ |\n|---|",
    r"`\input{/etc/passwd}`",
    r"[x](https://x.example/\input{/etc/passwd})",
    r"[\input{/etc/passwd}](https://x.example)",
    r"![\input{/etc/passwd}](/pictures/abcdef-3x2.png)",
    r"[[\input{/etc/passwd}]]",
    r"[[cite:\input{/etc/passwd}]]",
]
REACHES_OUT = re.compile(
    r"\^\^|\\(?:@|ExplSyntaxOn|makeatletter|input|filecontents|include|newwrite|openout|write|immediate|pdffile\w*|scantokens"
    r"|enddocument|font|verb|bibliography|AtEndDocument|Declare\w+|NewDocumentCommand)(?![A-Za-z])"
    r"|\\(?:begin|end)(?!\{(?:align|equation|gather|gathered|document|flushleft|tabular|longtable|quote|itemize|enumerate"
    r"|thebibliography)\*?\})"
)


def exported(body, *, macros="", works=(), title=WORD):
    table = GroupMacros(1, macros, read_macros(macros))
    return Exported(
        1, title, body, "draft", (r"\input{/etc/passwd}",), NOON, NOON, 1, works=works, macros=table,
        kinds=frozenset({"cite", "note", "session"}),
    )  # fmt: skip


def own_text(document):
    """What of a document is neither its head nor printed as it stands."""
    head, _, text = document.partition("\\maketitle")
    definitions = "\n".join(line for line in head.split("\n") if line.startswith("\\providecommand"))
    definitions = re.sub(r"\\(?:provide|renew)command", "", definitions)
    pictures = r"\\IfFileExists\{[\w.-]+\}\{\\includegraphics\[[^\]]*\]\{[\w.-]+\}\}"
    text = re.sub(pictures, "", text)
    return definitions + re.sub(
        r"^\\begin\{verbatim\}\n.*?^\\end\{verbatim\}$", "", text, flags=re.DOTALL | re.MULTILINE
    )


@pytest.mark.parametrize("plain", [False, True], ids=["for TeX", "for the typesetter of PDF"])
def test_nothing_of_a_note_reads_or_writes_where_its_latex_is_compiled(plain):
    macros = r"\newcommand{\name}{filecontents}" "\n" r"\newcommand{\sly}[1][^^5cinput]{#1 ^^5cinput{/etc/passwd}}" "\n"
    macros += r"\newcommand{\shy}{\makeatletter\@@input}" "\n"
    for body in [*TEX, r"$\sly \shy \name$"]:
        document = latex_of(exported(body, macros=macros), plain=plain)
        assert REACHES_OUT.findall(own_text(document)) == [], body
        assert document.count("\\end{document}") == 1
        assert "passwd" in document or "input" in document or "etc" not in body, "it is shown, not lost"


def test_a_block_of_code_is_printed_as_it_stands_only_where_tex_reads_it_so():
    body = "x[^a]\n\n```\n\\a\n```\n\n[^a]: y\n\n    ```\n    \\b\n    ```\n"
    document = latex_of(exported(body))
    assert "\\begin{verbatim}\n\\a\n\\end{verbatim}" in document
    assert document.count("{verbatim}") == 2
    assert r"\texttt{\textbackslash{}b}" in document


def test_a_reading_puts_nothing_but_words_into_the_bibliography():
    work = WorkFactory.build(
        key="a", title=r"\input{/etc/passwd}", venue=r"\emph\input{/etc/passwd}", year=r"\emph{\write18{id}}",
        authors=[{"given": "", "family": r"\emph{x}\input{/etc/passwd}"}], url=r"https://x.example/\input",
    )  # fmt: skip
    text = own_text(latex_of(exported("x", works=(work,))))
    assert REACHES_OUT.findall(text) == []
    assert text.count("\\emph{") == 1, "the title's own"


def test_a_comment_in_a_formula_does_not_swallow_what_closes_it():
    assert "$a $" in latex_of(exported("so $a % b$ c"))
    assert "\\alpha b" in latex_of(exported("$$\n\\alpha % half\nb\n$$"))
    assert r"50\%" in latex_of(exported(r"$50\%$"))


def test_what_usually_stands_in_a_formula_goes_into_latex_untouched():
    for tex in (
        r"\frac{a}{b} \le \sum_{i=1}^n x_i", r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}",
        r"\operatorname*{arg\,max}_x",
        r"\left\{ x \;\middle|\; y \right\}", r"\underbrace{x}_{\text{so}} \xrightarrow{d} \mathcal{N}(0, \Sigma)",
        r"\begin{cases} 1 & x > 0 \\ 0 & \text{else} \end{cases}", r"\begin{array}{c|c} a & b \end{array}",
        r"x' := \lVert A^{-\top} \rVert_F^2 \qquad \nabla \cdot \partial \widehat{\mathbf{y}}",
        r"\mathbb{E}_{q}\big[\log p\big] \stackrel{?}{=} \mathrm{KL}\!\left(q \,\middle\|\, p\right)",
        r"\substack{i \\ j} \overset{!}{=} \mathop{\mathrm{tr}} \bigl( \boldsymbol{\mu} \odot \oplus \otimes \bigr)",
    ):  # fmt: skip
        assert is_harmless(tex), tex
        assert harmless(tex) == tex


def test_the_notebook_holds_no_html_and_no_address_that_runs(hostile):
    for number, body in bodies():
        made = json.loads(notebook_of(exported(body)))
        assert all(cell.get("outputs", []) == [] for cell in made["cells"])
        assert all(cell["cell_type"] in ("markdown", "code") for cell in made["cells"])
        assert "7331" in json.dumps(made)
        for cell in made["cells"]:
            text = without_code("".join(cell["source"]))
            assert re.findall(r"<(?=[a-zA-Z/!?])(?!https?:)", text) == [], PLACES[number]
            for address in re.findall(r"\]\(\s*<?([^)\n]*)|^ {0,3}\[[^\]\n]+\]:\s*<?(.*)", text, re.MULTILINE):
                plain = re.sub(r"[\x00-\x20]", "", unescape("".join(address))).lower()
                assert not re.match(r"(?:javascript|vbscript|data):", plain), PLACES[number]
    for cell in json.loads(notebook_of(gather(hostile.note)))["cells"]:
        assert re.search(r"<(?:script|img|svg)", without_code("".join(cell["source"]))) is None


def without_code(text):
    text = re.sub(r"^ {0,3}```.*?^ {0,3}```[ ]*$", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", text)


def test_text_that_runs_nowhere_stays_as_it_was_typed_in_a_notebook():
    for text in (
        "So $a < b$ and 1 < 2, see <https://x.example> and [x](https://x.example).\n",
        "`<b>` and ``a ` <b>``\n\n```html\n<b>\n```\n\n    <b>\n",
        "[[cite:a]] [x](/groups/a/) ![y](/pictures/abcdef-3x2.png)\n\n[a]: https://x.example\n",
    ):
        assert inert(text) == text
    assert inert("<b>x</b> $a<b$ and $$\na<b\n$$") == "&lt;b>x&lt;/b> $a< b$ and $$\na< b\n$$"
    assert inert("[x](javascript:y)") == "[x]\\(javascript:y)"


def test_the_files_of_a_note_are_no_pages(client_of, member, hostile):
    client = client_of(member)
    address = reverse("derivations:export", args=[hostile.group.slug, hostile.note.pk])
    for kind in ("md", "tex", "ipynb", "bib"):
        answer = client.get(address, {"format": kind, "marks": "1"})
        assert answer.status_code == 200
        assert re.fullmatch(r'attachment; filename="[\w.-]+"', answer["Content-Disposition"])
        assert "html" not in answer["Content-Type"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "7331" in answer.content.decode()
    tex = client.get(address, {"format": "tex"}).content.decode()
    assert REACHES_OUT.findall(own_text(tex)) == []
    archive = client.get(reverse("derivations:export-all", args=[hostile.group.slug]))
    with zipfile.ZipFile(io.BytesIO(archive.content)) as files:
        assert all(re.fullmatch(r"[\w./-]+", name) and ".." not in name for name in files.namelist())
    for kind in ("markdown", "latex"):
        answer = client.get(reverse(f"derivations:cookbook-{kind}", args=[hostile.group.slug]))
        assert "7331" in answer.content.decode()
        assert answer["Content-Disposition"].startswith("attachment")
    assert REACHES_OUT.findall(own_text(answer.content.decode())) == []


# ── too much ─────────────────────────────────────────────────────────────────────────────────────────────────────────

TOO_MUCH = {
    "a note of a megabyte": ("x " * 500_000, 413, "1,000,000 characters"),
    "five thousand formulas": ("".join(f"$x_{{{n}}}$ and\n" for n in range(5_000)), 200, "3,000"),
    "dollars that nothing closes": ("$x and " * 9_999 + "\n\n" + "$$ y\n\n" * 2_000, 200, "`$$` opens a formula"),
    "a macro that doubles itself": (r"$\def\a{\a\a}\a$ and $y$", 200, "calls itself without end"),
    "macros that double each other": (
        "$" + "".join(f"\\def\\{chr(98 + n)}{{\\{chr(97 + n)}\\{chr(97 + n)}}}" for n in range(20)) + "\\u$ and $y$",
        200,
        "",
    ),
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_too_much_is_answered_in_time_with_the_reason_and_the_text_is_kept(client_of, member, group, what, ends):
    body, status, words = TOO_MUCH[what]
    client = client_of(member)
    with ends():
        answer = client.post(reverse("derivations:preview", args=[group.slug]), {"content": body})
        assert answer.status_code == status
        said = answer.json()
        assert words in json.dumps(said.get("problems", said.get("error")), ensure_ascii=False)
        answer = client.post(reverse("derivations:new", args=[group.slug]), {"title": "A", "body": body})
    if status == 413:
        assert answer.status_code == 422
        assert "at most 262144 fit" in visible(answer.text)
        assert body.strip() in visible(answer.text), "nothing typed is lost"
        assert not Note.objects.exists()
    else:
        assert answer.status_code == 302
        note = Note.objects.get()
        assert note.body.split() == body.split()
        assert harm_in(note.body_html, is_note=True) == []
        assert client.get(note.get_absolute_url()).status_code == 200
    kept = client.post(
        reverse("derivations:drafts", args=[group.slug]), {"draft": "token-of-ben", "body": body, "typed": "1"}
    )
    assert kept.status_code == (413 if status == 413 else 200)
    assert Draft.objects.exists() == (status != 413)
    assert len(body) <= LIMITS.note_chars or "Split" in kept.json()["error"]


def test_macros_of_a_group_that_would_explode_are_refused_with_their_line(client_of, member, group, ends):
    doubling = "".join(f"\\newcommand{{\\{letters(n + 1)}}}{{\\{letters(n)} \\{letters(n)}}}\n" for n in range(30))
    for text in (
        "\\newcommand{\\aa}{x}\n" + doubling, "\\newcommand{\\aa}{\\ab}\n\\newcommand{\\ab}{\\aa}\n",
        "\\newcommand{\\aa}[1]{" + "#1" * 240 + "}\n\\newcommand{\\ab}{" + "\\aa{" * 90 + "x" + "}" * 90 + "}\n",
        "\\newcommand{\\aa}{" + "x" * 9_999 + "}", "\\newcommand{\\aa}{x}\n" * 201, "x" * 1_000_000,
    ):  # fmt: skip
        with ends():
            with pytest.raises(CannotSaveMacros):
                save_macros(group=group, by=member, base=0, text=text, now=NOON)
            answer = client_of(member).post(
                reverse("derivations:edit-macros", args=[group.slug]), {"text": text, "base": "0"}
            )
        assert answer.status_code == 422
        assert "Line " in visible(answer.text)
        assert text.strip()[:200] in visible(answer.text)
    assert macros_of(group).number == 0


def test_a_formula_that_calls_a_macro_too_often_is_named_and_the_rest_is_drawn(member, group, ends):
    text = "\\newcommand{\\aa}[1]{#1#1#1#1#1#1#1#1}\n"
    save_macros(group=group, by=member, base=0, text=text, now=NOON)
    with ends():
        rendered = render_note("$" + "\\aa{" * 9 + "x" + "}" * 9 + "$\n\n$y$", macros=macros_of(group))
    assert "too long to read" in rendered.problems[0].message
    assert rendered.html.count("<math") == 1
