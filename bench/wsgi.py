"""One server for both: the product, and under /bench/plain/ the same Django behind no more than its own middleware."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.test.utils import override_settings

ours = get_wsgi_application()
with override_settings(MIDDLEWARE=settings.PLAIN_MIDDLEWARE, SESSION_ENGINE="django.contrib.sessions.backends.db"):
    plain = WSGIHandler()


def application(environ: dict[str, Any], start_response: Any) -> Any:
    is_plain = environ["PATH_INFO"].startswith("/bench/plain/")
    return (plain if is_plain else ours)(environ, start_response)
