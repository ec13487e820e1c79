"""A time zone is typed as people say it, and refused with a remedy."""

import pytest
from django.core.exceptions import ValidationError

from commons.forms import ZoneField


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (" europe/berlin ", "Europe/Berlin"),
        ("berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("america/new york", "America/New_York"),
        ("Asia/Calcutta", "Asia/Calcutta"),  # what browsers still say
        ("UTC", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"),
    ],
)
def test_a_zone_is_understood(typed, zone):
    assert ZoneField().clean(typed) == zone


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Atlantis", "“Atlantis” is not a time zone we know."),
        ("../../etc/passwd", "is not a time zone we know."),
        ("Europe/Berlin\x00", "Null characters are not allowed."),
        ("x" * 65, "at most 64 characters"),
        ("", "This field is required."),
        ("Louisville", "could be America/Kentucky/Louisville or America/Louisville. Choose one of them."),
    ],
)
def test_what_is_no_zone_or_several_is_refused(typed, words):
    with pytest.raises(ValidationError) as refusal:
        ZoneField().clean(typed)
    assert words in " ".join(refusal.value.messages)


def test_an_optional_zone_may_be_empty():
    assert ZoneField(required=False).clean("") == ""


def test_the_field_brings_the_list_it_is_chosen_from():
    html = ZoneField().widget.render("zone", 'a"b', {"id": "id_zone"})
    assert 'list="id_zone_zones"' in html
    assert '<datalist id="id_zone_zones"><option value="UTC">' in html
    assert 'value="a&quot;b"' in html
