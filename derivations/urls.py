"""Addresses of the derivations room."""

from django.urls import URLPattern

app_name = "derivations"

urlpatterns: list[URLPattern] = []
