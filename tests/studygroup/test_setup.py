"""The first visit: an empty database leads to set-up, which one browser wins and nobody enters again."""

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.urls import reverse

from members.actions import make_first_account
from members.models import FirstAccount, Group, Role, User
from readings.curricula import shipped_curricula
from studygroup import middleware
from tests.factories import GroupFactory, UserFactory

pytestmark = pytest.mark.django_db

ANA = {"name": "Ana Ruiz", "email": "Ana@Example.org", "password": "a sentence to keep", "time_zone": "Europe/Madrid"}


@pytest.fixture
def empty(monkeypatch):
    """A site that has not been set up, and does not remember otherwise."""
    monkeypatch.setattr(middleware, "_has_accounts", False)


@pytest.mark.parametrize(
    "path", ["/", "/account/login/", "/groups/x/", "/invitations/x/", "/nowhere/", "/setup/begin/"]
)
def test_on_an_empty_database_every_page_leads_to_set_up(client, empty, path):
    assert client.get(path)["Location"] == reverse("setup")


def test_monitoring_is_not_led_away(client, empty):
    assert client.get("/health/").status_code == 200


def test_the_first_account_administers_the_site_and_goes_on_to_the_choice(client, empty):
    assert client.get(reverse("setup")).status_code == 200
    response = client.post(reverse("setup"), ANA)
    assert response["Location"] == reverse("setup-begin")
    user = User.objects.get()
    assert (user.email, user.name, user.time_zone) == ("ana@example.org", "Ana Ruiz", "Europe/Madrid")
    assert (user.is_staff, user.is_superuser, user.check_password(ANA["password"])) == (True, True, True)
    assert EmailAddress.objects.get().verified
    assert FirstAccount.objects.get().user == user
    assert client.get(reverse("setup-begin")).status_code == 200
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"email": "ana"}, "Enter a valid email address."),
        ({"password": "short"}, "at least 10 characters"),
        ({"password": "ana@example.org"}, "too similar"),
        ({"password": "1234567890"}, "too common"),
    ],
)
def test_a_refused_first_account_keeps_what_was_typed_but_the_password(client, empty, changes, words):
    response = client.post(reverse("setup"), {**ANA, **changes})
    text = response.content.decode()
    assert response.status_code == 422
    assert words in text
    assert "Europe/Madrid" in text
    assert ANA["password"] not in text
    assert not User.objects.exists()


def test_a_zone_that_the_browser_makes_up_becomes_utc(client, empty):
    client.post(reverse("setup"), {**ANA, "time_zone": "Mars/Olympus"})
    assert User.objects.get().time_zone == "UTC"


def test_set_up_is_closed_once_anyone_has_an_account(client):
    UserFactory()
    for response in (client.get(reverse("setup")), client.post(reverse("setup"), ANA)):
        assert response.status_code == 404
        assert "Setting up is finished" in response.content.decode()
    assert User.objects.count() == 1


def test_a_browser_that_loses_the_race_is_told_why(client, empty, monkeypatch):
    def the_other_came_first(**fields):
        UserFactory()
        return make_first_account(**fields)

    monkeypatch.setattr("studygroup.setup_views.make_first_account", the_other_came_first)
    response = client.post(reverse("setup"), ANA)
    assert response.status_code == 409
    assert "Someone else finished setting up a moment ago." in response.content.decode()
    assert not User.objects.filter(email="ana@example.org").exists()


def test_at_most_one_first_account_is_stored():
    FirstAccount.objects.create(user=UserFactory())
    for pk in (1, 2):
        with pytest.raises(IntegrityError), transaction.atomic():
            FirstAccount.objects.create(id=pk, user=UserFactory())


@pytest.fixture
def begun(client, empty):
    client.post(reverse("setup"), ANA)
    return client


def test_a_group_begins_with_a_curriculum_and_its_works(begun):
    curriculum = shipped_curricula()[0]
    page = begun.get(reverse("setup-begin")).content.decode()
    assert curriculum.title in page
    response = begun.post(reverse("setup-begin"), {"curriculum": curriculum.key, "name": "Gradient Circle"})
    group = Group.objects.get()
    assert response["Location"] == reverse("members:invite", args=[group.slug])
    assert (group.name, group.time_zone) == ("Gradient Circle", "Europe/Madrid")
    assert group.works.count() == len(curriculum.works)
    assert User.objects.get().role_in(group) == Role.ORGANISER


def test_a_group_without_a_name_is_called_after_its_curriculum(begun):
    curriculum = shipped_curricula()[1]
    begun.post(reverse("setup-begin"), {"curriculum": curriculum.key, "name": ""})
    assert Group.objects.get().name == curriculum.title


def test_the_demo_group_is_made_with_oneself_among_its_organisers_and_no_known_log_ins(begun):
    User.objects.update(email="ana.ruiz@uni.example")
    EmailAddress.objects.update(email="ana.ruiz@uni.example")
    ana = User.objects.get()
    response = begun.post(reverse("setup-begin"), {"demo": "yes"})
    group = Group.objects.get()
    assert response["Location"] == group.get_absolute_url()
    assert ana.role_in(group) == Role.ORGANISER
    assert not any(person.has_usable_password() for person in User.objects.in_group(group).exclude(pk=ana.pk))
    assert begun.get(group.get_absolute_url()).status_code == 200


def test_an_address_of_the_demo_groups_people_is_no_server_error(begun):
    response = begun.post(reverse("setup-begin"), {"demo": "yes"})
    assert response.status_code == 422
    assert "Your own address is that of someone in the demo group" in response.content.decode()
    assert (Group.objects.count(), User.objects.count()) == (0, 1)


@pytest.mark.parametrize("data", [{}, {"curriculum": "no-such", "name": "My Circle"}])
def test_an_unknown_curriculum_is_refused(begun, data):
    response = begun.post(reverse("setup-begin"), data)
    assert response.status_code == 422
    assert data.get("name", "") in response.content.decode()
    assert not Group.objects.exists()


def test_the_choice_is_over_once_there_is_a_group_and_never_for_others(begun, client_of):
    assert client_of(UserFactory()).get(reverse("setup-begin")).status_code == 404
    GroupFactory()
    assert begun.get(reverse("setup-begin")).status_code == 404
    assert begun.post(reverse("setup-begin"), {"curriculum": shipped_curricula()[0].key}).status_code == 404


def test_having_accounts_is_asked_of_the_database_until_it_is_so(client, empty, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert not middleware.has_accounts()
    UserFactory()
    with django_assert_num_queries(1):
        assert middleware.has_accounts()
    with django_assert_num_queries(0):
        assert middleware.has_accounts()
    middleware.forget()
    with django_assert_num_queries(1):
        assert middleware.has_accounts()
