"""The frame of every page: no inline code, the chosen theme, the places of the group, error pages with a remedy."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from tests.factories import NoteFactory

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))


@pytest.fixture
def home(client_of, member, group) -> str:
    return client_of(member).get(reverse("group-home", args=[group.slug])).content.decode()


def test_a_page_has_no_inline_script_or_style(home):
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", home) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", home) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_a_template_has_no_inline_script_style_or_handler(template):
    if {"mail", "email"} & set(template.parts) or template.stem.endswith("_mail"):
        pytest.skip("mail programs read no style sheet of ours")
    text = template.read_text()
    scripts = [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag and "application/json" not in tag]
    assert scripts == []
    assert re.findall(r"<style\b|\sstyle=\"|\son(?:click|change|submit|load|input|key\w+|mouse\w+)=|hx-on", text) == []


def test_the_device_decides_the_theme_until_someone_does(home):
    assert "data-theme" not in home.split("<head>")[0]


@pytest.mark.parametrize(
    ("cookie", "attribute"), [("ink", ' data-theme="ink"'), ("paper", ' data-theme="paper"'), ('"><script>', "")]
)
def test_the_theme_in_the_cookie_is_printed_into_the_page(client_of, member, group, cookie, attribute):
    client = client_of(member)
    client.cookies["theme"] = cookie
    page = client.get(reverse("group-home", args=[group.slug])).content.decode()
    assert f'<html lang="en"{attribute}>' in page


def test_the_rail_marks_where_one_is(home):
    assert re.findall(r'<a class="rail-link" [^>]*aria-current="page"[^>]*>.*?<span>(.*?)</span>', home) == [
        "This week"
    ]


def test_the_footer_names_the_zone_of_the_times(home):
    assert "Times in Europe/Berlin (CET)" in home or "Times in Europe/Berlin (CEST)" in home


def test_an_address_of_nothing_answers_with_a_page_that_helps(client_of, member):
    answer = client_of(member).get("/nothing/of/the/kind/")
    assert answer.status_code == 404
    assert b"There is nothing here for you" in answer.content


def test_a_group_of_others_is_not_found(client_of, stranger, group):
    answer = client_of(stranger).get(reverse("group-home", args=[group.slug]))
    assert answer.status_code == 404
    assert group.name not in answer.content.decode()


def test_a_form_without_its_token_is_refused_with_the_remedy(member):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse("account_logout"))
    assert answer.status_code == 403
    assert "This form was too old" in answer.content.decode()


def test_a_host_that_is_not_ours_is_refused_with_400():
    assert Client().get("/health/", headers={"host": "elsewhere.example"}).status_code == 400


def test_the_page_for_a_broken_server_needs_nothing():
    page = render_to_string("500.html")
    assert "Something broke on our side" in page
    assert "{" not in page
    assert Path(settings.BASE_DIR, "assets/public/error.css").exists()


def test_what_a_browser_gets_when_a_view_breaks_is_that_page(client_of, member, group, monkeypatch):
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr("studygroup.views.panels_for", broken)
    client = client_of(member)
    client.raise_request_exception = False
    answer = client.get(reverse("group-home", args=[group.slug]))
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()


def test_a_note_asks_for_the_fonts_of_its_text_before_the_style_sheet_does(client_of, member, group):
    def fonts(html):
        note = NoteFactory(group=group, author=member, body_html=html)
        page = client_of(member).get(note.get_absolute_url()).text
        return re.findall(r'rel="preload" href="[^"]*/(stix[a-z-]+-latin-\d+|inter)[^"]*" as="font"', page)

    plain = ["inter", "stix-two-text-latin-400"]
    assert fonts("<p>Words.</p><hr>") == plain
    assert fonts("<h2>Words</h2>") == [*plain, "stix-two-text-latin-600"]
    assert fonts("<p><math><mi>x</mi></math></p>") == [*plain, "stix-two-math-latin-400"]


def test_a_reader_whose_name_has_further_letters_gets_their_font_with_the_page(client_of, member, group):
    def fonts():
        page = client_of(member).get(reverse("group-home", args=[group.slug])).text
        return re.findall(r'rel="preload" href="[^"]*/(inter-[a-z-]+)-wght', page)

    assert fonts() == ["inter-latin"]
    member.name = "Ana Kovačević"
    member.save()
    assert fonts() == ["inter-latin", "inter-latin-ext"]
