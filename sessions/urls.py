"""Addresses of the sessions room."""

from django.urls import include, path

from .views import agenda, answers, calendars, minutes, pages, scheduling, series

app_name = "sessions"

_one_session = [
    path("", pages.detail, name="detail"),
    path("edit/", scheduling.edit, name="edit"),
    path("move/", scheduling.move, name="move"),
    path("cancel/", scheduling.cancel, name="cancel"),
    path("restore/", scheduling.restore, name="restore"),
    path("answer/", answers.answer, name="answer"),
    path("people/", answers.people, name="people"),
    path("attendance/", answers.attendance, name="attendance"),
    path("agenda/add/", agenda.add, name="agenda-add"),
    path("agenda/<int:item_pk>/", agenda.edit, name="agenda-edit"),
    path("agenda/<int:item_pk>/take/", agenda.take, name="agenda-take"),
    path("agenda/<int:item_pk>/move/", agenda.move, name="agenda-move"),
    path("agenda/<int:item_pk>/remove/", agenda.remove, name="agenda-remove"),
    path("readings/", agenda.readings, name="readings"),
    path("readings/<int:section_pk>/", agenda.read, name="read"),
    path("minutes/", minutes.edit, name="minutes"),
    path("minutes/preview/", minutes.preview, name="minutes-preview"),
    path("session.ics", calendars.ics, name="ics"),
]

_sessions = [
    path("", pages.session_list, name="list"),
    path("new/", scheduling.new, name="new"),
    path("series/new/", series.new, name="series-new"),
    path("series/preview/", series.preview, name="series-preview"),
    path("series/<int:pk>/", series.series, name="series"),
    path("series/<int:pk>/change/", series.change, name="series-change"),
    path("series/<int:pk>/stop/", series.stop, name="series-stop"),
    path("<int:pk>/", include(_one_session)),
]

urlpatterns = [
    path("groups/<slug:slug>/sessions/", include(_sessions)),
    path("calendar/", calendars.feed, name="feed"),
    path("calendar/rotate/", calendars.rotate, name="feed-rotate"),
    path("calendar/<str:key>.ics", calendars.feed_ics, name="feed-ics"),
]
