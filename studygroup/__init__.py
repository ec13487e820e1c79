"""The roof: settings, addresses, the Celery app, the home page and the command line."""

from .celery import app as celery_app

__all__ = ["celery_app"]
