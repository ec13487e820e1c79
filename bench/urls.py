"""The product's addresses, and the minimal view: behind our middleware, and behind Django's own."""

from django.urls import path

from bench.views import plain_page
from studygroup.urls import handler400, handler403, handler404, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "urlpatterns"]

urlpatterns = [path("bench/plain/", plain_page), path("bench/ours/", plain_page), *urlpatterns]
