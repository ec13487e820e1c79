"""The guide shows what the checker really says, and every example is run here."""

import pytest
from django.urls import reverse

from derivations import guide
from derivations.checking import check_body
from derivations.guide import _read, examples
from derivations.rendering import render_note


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.key)
def test_the_checker_says_of_an_example_what_the_page_claims(example):
    report = check_body(example.body, seed=0)
    assert tuple(step["verdict"] for step in report["steps"]) == example.verdicts
    assert render_note(example.body).problems == ()


def test_the_examples_show_every_verdict():
    assert {verdict for example in examples() for verdict in example.verdicts} == {"holds", "fails", "unchecked"}


def test_an_example_with_a_broken_head_is_named():
    with pytest.raises(ValueError, match=r"odd\.md needs a head"):
        _read("odd.md", "---\ntitle: A\n---\nbody")


def test_the_page_shows_each_example_with_its_verdicts_and_checks_it_once(client_of, member, group, monkeypatch):
    client, url = client_of(member), reverse("derivations:guide", args=[group.slug])
    page = client.get(url).text
    for example in examples():
        assert example.title in page.replace("&#x27;", "'")
        assert f'id="{example.key}-step-1"' in page or "unchecked" in example.verdicts
    assert "Step 2 fails" in page
    assert "is not defined in this note" in page
    monkeypatch.setattr(guide, "check_bodies", lambda *args, **more: pytest.fail("checked again"))
    assert client.get(url).text.count("math-holds") == page.count("math-holds")


def test_an_example_opens_in_the_editor(client_of, member, group):
    url = reverse("derivations:new", args=[group.slug])
    example = examples()[1]
    page = client_of(member).get(url, {"example": example.key}).text
    assert "The loss is" in page
    assert client_of(member).get(url, {"example": "../../secret"}).status_code == 200
