"""Addresses of the readings room."""

from django.urls import URLPattern, path

from . import views

app_name = "readings"

urlpatterns: list[URLPattern] = [
    path("groups/<slug:slug>/readings/", views.work_list, name="list"),
    path("groups/<slug:slug>/readings/new/", views.add, name="add"),
    path("groups/<slug:slug>/readings/new/twin/", views.twin, name="twin"),
    path("groups/<slug:slug>/readings/export.bib", views.export, name="export"),
    path("groups/<slug:slug>/readings/import/", views.import_new, name="import"),
    path("groups/<slug:slug>/readings/import/<int:pk>/", views.import_preview, name="import-preview"),
    path("groups/<slug:slug>/readings/import/<int:pk>/undo/", views.import_undo, name="import-undo"),
    path("groups/<slug:slug>/readings/<int:pk>/", views.detail, name="detail"),
    path("groups/<slug:slug>/readings/<int:pk>/card/", views.card, name="card"),
    path("groups/<slug:slug>/readings/<int:pk>/edit/", views.edit, name="edit"),
    path("groups/<slug:slug>/readings/<int:pk>/archive/", views.archive, name="archive"),
    path("groups/<slug:slug>/readings/<int:pk>/restore/", views.restore, name="restore"),
    path("groups/<slug:slug>/readings/<int:pk>/remove/", views.remove, name="remove"),
    path("groups/<slug:slug>/readings/<int:pk>/reading.bib", views.bibtex, name="bibtex"),
    path("groups/<slug:slug>/readings/<int:pk>/progress/", views.mark_all, name="mark-all"),
    path("groups/<slug:slug>/readings/<int:pk>/sections/", views.sections_add, name="sections-add"),
    path("groups/<slug:slug>/readings/sections/<int:pk>/", views.section_edit, name="section-edit"),
    path("groups/<slug:slug>/readings/sections/<int:pk>/progress/", views.mark, name="mark"),
    path("groups/<slug:slug>/readings/sections/<int:pk>/move/", views.section_move, name="section-move"),
    path("groups/<slug:slug>/readings/sections/<int:pk>/remove/", views.section_remove, name="section-remove"),
]
