"""Addresses of the derivations room."""

from django.urls import path

from . import views

app_name = "derivations"

_NOTES = "groups/<slug:slug>/notes/"
_NOTE = f"{_NOTES}<int:pk>/"
_WAYS = "groups/<slug:slug>/approaches/"

urlpatterns = [
    path(_NOTES, views.list_notes, name="list"),
    path(f"{_NOTES}new/", views.create, name="new"),
    path(f"{_NOTES}preview/", views.preview, name="preview"),
    path(f"{_NOTES}pictures/", views.upload, name="upload"),
    path(f"{_NOTES}rules/", views.rules, name="rules"),
    path(f"{_NOTES}export/", views.export_all, name="export-all"),
    path(f"{_NOTES}deleted/", views.deleted, name="deleted"),
    path(f"{_NOTES}drafts/", views.drafts, name="drafts"),
    path(f"{_NOTES}drafts/<int:pk>/", views.draft, name="draft"),
    path(f"{_NOTES}drafts/<int:pk>/delete/", views.throw_away, name="throw-away"),
    path(f"{_NOTES}complete/", views.complete, name="complete"),
    path(f"{_NOTES}guide/", views.guide, name="guide"),
    path(f"{_NOTES}symbols/", views.symbols, name="symbols"),
    path(f"{_NOTES}macros/", views.macros, name="macros"),
    path(f"{_NOTES}macros/progress/", views.macros_progress, name="macros-progress"),
    path(f"{_NOTES}macros/edit/", views.edit_macros, name="edit-macros"),
    path(f"{_NOTES}macros/usual/", views.usual_macros, name="usual-macros"),
    path(f"{_NOTES}macros/history/", views.macros_history, name="macros-history"),
    path(f"{_NOTES}macros/history/<int:number>/", views.macros_revision, name="macros-revision"),
    path(f"{_NOTES}macros/history/<int:number>/restore/", views.restore_macros_revision, name="restore-macros"),
    path(_NOTE, views.detail, name="detail"),
    path(f"{_NOTE}checked/", views.checked, name="checked"),
    path(f"{_NOTE}steps/<int:number>/replay/", views.replay, name="replay"),
    path(f"{_NOTE}steps/<int:number>/code/", views.code, name="code"),
    path(f"{_NOTES}people/", views.people, name="people"),
    path(f"{_NOTE}map/", views.lost_map, name="map"),
    path(f"{_NOTE}steps/<slug:key>/", views.talk, name="talk"),
    path(f"{_NOTE}steps/<slug:key>/say/", views.say, name="say"),
    path(f"{_NOTE}steps/<slug:key>/react/", views.react, name="react"),
    path(f"{_NOTE}threads/<int:thread_pk>/reply/", views.reply, name="reply"),
    path(f"{_NOTE}threads/<int:thread_pk>/resolve/", views.resolve, name="resolve"),
    path(f"{_NOTE}threads/<int:thread_pk>/reopen/", views.reopen, name="reopen"),
    path(f"{_NOTE}threads/<int:thread_pk>/agenda/", views.to_agenda, name="to-agenda"),
    path(f"{_NOTE}posts/<int:post_pk>/edit/", views.edit_post, name="edit-post"),
    path(f"{_NOTE}posts/<int:post_pk>/delete/", views.delete_post, name="delete-post"),
    path(f"{_NOTE}posts/<int:post_pk>/undelete/", views.undelete_post, name="undelete-post"),
    path(f"{_NOTE}edit/", views.edit, name="edit"),
    path(f"{_NOTE}export/", views.export, name="export"),
    path(f"{_NOTE}source/", views.source, name="source"),
    path(f"{_NOTE}links/", views.links, name="links"),
    path(f"{_NOTE}review/", views.ask, name="ask"),
    path(f"{_NOTE}review/answer/", views.answer, name="answer"),
    path(f"{_NOTE}review/withdraw/", views.withdraw, name="withdraw"),
    path(f"{_NOTE}history/", views.history, name="history"),
    path(f"{_NOTE}history/compare/", views.compare, name="compare"),
    path(f"{_NOTE}history/<int:number>/", views.revision, name="revision"),
    path(f"{_NOTE}history/<int:number>/restore/", views.restore, name="restore"),
    path(f"{_NOTE}delete/", views.delete, name="delete"),
    path(f"{_NOTE}undelete/", views.undelete, name="undelete"),
    path(f"{_NOTE}sessions/<int:session_pk>/remove/", views.take_off_table, name="take-off-table"),
    path(f"{_NOTE}approach/", views.approach_note, name="approach-note"),
    path(_WAYS, views.approaches, name="approaches"),
    path(f"{_WAYS}<int:pk>/", views.approach, name="approach"),
    path(f"{_WAYS}<int:pk>/edit/", views.rename_ways, name="rename-ways"),
    path(f"{_WAYS}<int:pk>/add/", views.add_way, name="add-way"),
    path(f"{_WAYS}<int:pk>/delete/", views.part_ways, name="part-ways"),
    path(f"{_WAYS}<int:pk>/ways/<int:approach_pk>/", views.arrange_way, name="arrange-way"),
    path("groups/<slug:slug>/sessions/<int:pk>/table/", views.put_on_table, name="put-on-table"),
    path("groups/<slug:slug>/cookbook/", views.cookbook, name="cookbook"),
    path("groups/<slug:slug>/cookbook/cookbook.md", views.cookbook_as_markdown, name="cookbook-markdown"),
    path("groups/<slug:slug>/cookbook/cookbook.tex", views.cookbook_as_latex, name="cookbook-latex"),
    path("groups/<slug:slug>/cookbook/cookbook.pdf", views.cookbook_as_pdf, name="cookbook-pdf"),
    path(f"{_NOTES}graph/", views.graph, name="graph"),
    # Not below MEDIA_URL: a proxy that serves that folder by itself would serve it to anyone.
    path("pictures/<str:name>", views.picture, name="picture"),
]
