"""The services that other tests lean on are what they say."""

import smtplib
from email.message import EmailMessage

import psycopg
import pytest
import redis


@pytest.mark.postgresql
def test_a_database_of_ones_own_is_empty(postgres_url):
    with psycopg.connect(postgres_url) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert tables == (0,)


@pytest.mark.redis
def test_a_stopped_redis_comes_back_empty_at_the_same_address(redis_server):
    with redis.Redis.from_url(redis_server.url) as connection:
        connection.set("key", "value")
        redis_server.stop()
        with pytest.raises(redis.ConnectionError):
            connection.get("key")
        redis_server.start()
        assert connection.get("key") is None


def test_the_mail_server_keeps_what_it_accepts_and_not_what_it_refuses(smtp_server):
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Tomorrow", "a@example.org", "b@example.org"
    host, port = smtp_server.url.removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port)) as connection:
        smtp_server.refuse_with = "451 Come back later"
        with pytest.raises(smtplib.SMTPDataError):
            connection.send_message(mail)
        smtp_server.refuse_with = None
        connection.send_message(mail)
    assert [each["Subject"] for each in smtp_server.wait_for(1, to="b@example.org")] == ["Tomorrow"]


@pytest.mark.browser
def test_chromium_shows_a_page(page):
    page.set_content("<h1>A quiet study</h1>")
    assert page.get_by_role("heading").inner_text() == "A quiet study"
