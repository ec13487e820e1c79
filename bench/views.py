"""The minimal page: a session, a user, one query of ten rows, a base template of 1.5 kB."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from readings.models import Work


@login_required
def plain_page(request: HttpRequest) -> HttpResponse:
    works = Work.objects.order_by("pk")[:10]
    return render(request, "bench/plain.html", {"works": works}, using="plain")
