"""The style guide: every component on one page, for developers only."""

from pathlib import Path

from django.conf import settings
from django.test import override_settings

from studygroup.styleguide import styleguide


def test_the_style_guide_is_for_developers(client_of, member):
    assert client_of(member).get("/styleguide/").status_code == 404


def test_the_style_guide_shows_every_component(rf):
    source = Path(settings.BASE_DIR, "templates/studygroup/styleguide.html").read_text()
    names = {path.stem.replace("_", "-") for path in Path(settings.BASE_DIR, "templates/components").glob("*.html")}
    assert {name for name in names if f"<c-{name} " not in source} == set()
    with override_settings(DEBUG=True):
        assert "<c-" not in styleguide(rf.get("/styleguide/")).content.decode()
