"""Account pages, made by allauth's templates in our frame."""

import pytest
from django.test import Client
from django.urls import reverse


@pytest.mark.parametrize(
    "name", ["account_login", "account_signup", "account_reset_password", "account_request_login_code"]
)
def test_an_entrance_page_stands_in_our_frame(db, name):
    page = Client().get(reverse(name)).content.decode()
    assert 'class="public-column' in page
    assert 'class="btn btn-primary"' in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("name", ["account_email", "account_change_password", "mfa_index", "account_logout"])
def test_a_page_about_the_own_account_keeps_the_usual_frame(client_of, member, name):
    page = client_of(member).get(reverse(name), follow=True).content.decode()
    assert 'class="page-footer"' in page
    assert page.count("<h1") == 1


def test_a_refused_login_says_so_on_top_and_keeps_the_address(db):
    page = Client().post(reverse("account_login"), {"login": "ana@example.org", "password": "wrong"}).content.decode()
    assert "data-form-errors" in page
    assert 'value="ana@example.org"' in page
