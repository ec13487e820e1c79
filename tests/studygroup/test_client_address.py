"""Whose request it is, behind proxies of ours."""

import pytest

from studygroup.client_address import ClientAddressMiddleware


@pytest.fixture
def address_of(rf, settings):
    def ask(*, proxies: int, forwarded_for: str | None) -> str:
        settings.TRUSTED_PROXIES = proxies
        headers = {} if forwarded_for is None else {"HTTP_X_FORWARDED_FOR": forwarded_for}
        request = rf.get("/", REMOTE_ADDR="10.0.0.1", **headers)
        return ClientAddressMiddleware(lambda request: request.META["REMOTE_ADDR"])(request)

    return ask


@pytest.mark.parametrize(
    ("proxies", "forwarded_for", "address"),
    [
        (0, "203.0.113.9", "10.0.0.1"),  # nobody of ours adds to it: the client wrote it
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first was said by the client
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (2, "203.0.113.9", "10.0.0.1"),  # it did not come through both
        (1, None, "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_only_what_our_own_proxies_added_is_believed(address_of, proxies, forwarded_for, address):
    assert address_of(proxies=proxies, forwarded_for=forwarded_for) == address
