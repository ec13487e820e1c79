"""Addresses of the ideas room."""

from django.urls import path

from . import views

app_name = "ideas"

urlpatterns = [
    path("groups/<slug:slug>/ideas/", views.board, name="board"),
    path("groups/<slug:slug>/ideas/new/", views.new, name="new"),
    path("groups/<slug:slug>/ideas/<int:pk>/", views.detail, name="detail"),
    path("groups/<slug:slug>/ideas/<int:pk>/edit/", views.edit, name="edit"),
    path("groups/<slug:slug>/ideas/<int:pk>/move/", views.move, name="move"),
    path("groups/<slug:slug>/ideas/<int:pk>/vote/", views.vote, name="vote"),
    path("groups/<slug:slug>/ideas/<int:pk>/archive/", views.archive, name="archive"),
    path("groups/<slug:slug>/ideas/<int:pk>/restore/", views.restore, name="restore"),
    path("groups/<slug:slug>/ideas/<int:pk>/delete/", views.delete, name="delete"),
    path("groups/<slug:slug>/ideas/<int:pk>/links/", views.links, name="links"),
    path("groups/<slug:slug>/ideas/<int:pk>/comments/", views.comment, name="comment"),
    path("groups/<slug:slug>/ideas/<int:pk>/comments/<int:comment_pk>/", views.edit_comment, name="edit-comment"),
    path(
        "groups/<slug:slug>/ideas/<int:pk>/comments/<int:comment_pk>/delete/",
        views.delete_comment,
        name="delete-comment",
    ),
    path(
        "groups/<slug:slug>/ideas/<int:pk>/comments/<int:comment_pk>/restore/",
        views.restore_comment,
        name="restore-comment",
    ),
]
