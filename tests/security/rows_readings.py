"""Who may open the addresses of the readings room."""

from tests.factories import MONDAY_NOON, SectionFactory, WorkFactory
from tests.security.matrix import Row, World


def furnish(world: World) -> None:
    from readings.actions import hold_import

    world.work = WorkFactory(group=world.group, added_by=world.organiser)
    world.section = SectionFactory(work=world.work)
    SectionFactory(work=world.work)
    world.mine = WorkFactory(group=world.group, added_by=world.member)
    world.draft = hold_import(
        group=world.group, data="@book{a, title={A}}", source_name="", by=world.organiser, now=MONDAY_NOON
    )


WORK = {"pk": "work.pk"}
MINE = {"pk": "mine.pk"}
SECTION = {"pk": "section.pk"}
DRAFT = {"pk": "draft.pk"}

ROWS = [
    Row("readings:list"),
    Row("readings:list", htmx=True, note="fragment"),
    Row("readings:export"),
    Row("readings:add", observer=403),
    Row("readings:add", method="POST", data={"title": ""}, observer=403, member=422, organiser=422),
    Row("readings:twin", observer=403),
    Row("readings:import", observer=403),
    Row("readings:import", method="POST", data={"text": ""}, observer=403, member=422, organiser=422),
    Row("readings:import-preview", DRAFT, observer=403, member=404, note="of the organiser"),
    Row("readings:import-preview", DRAFT, method="POST", data={"entry": "0"}, observer=403, member=404, organiser=302),
    Row("readings:import-undo", DRAFT, method="POST", observer=403, member=404, organiser=404, note="not yet added"),
    Row("readings:detail", WORK),
    Row("readings:card", WORK),
    Row("readings:bibtex", WORK),
    Row("readings:edit", WORK, observer=403),
    Row("readings:edit", WORK, method="POST", data={"title": ""}, observer=403, member=422, organiser=422),
    Row("readings:archive", WORK, method="POST", observer=403, member=403, organiser=302),
    Row("readings:archive", MINE, method="POST", observer=403, member=302, organiser=302, note="of the member"),
    Row("readings:restore", WORK, method="POST", observer=403, member=403, organiser=302),
    Row("readings:remove", WORK, observer=403, member=403),
    Row("readings:remove", WORK, method="POST", observer=403, member=403, organiser=302),
    Row("readings:remove", MINE, method="POST", observer=403, member=302, organiser=302, note="of the member"),
    Row("readings:mark", SECTION, method="POST", data={"status": "done"}, observer=403, member=302, organiser=302),
    Row("readings:mark", SECTION, method="POST", data={"status": "?"}, observer=403, member=422, organiser=422),
    Row("readings:mark-all", WORK, method="POST", data={"status": "done"}, observer=403, member=302, organiser=302),
    Row("readings:sections-add", WORK, method="POST", data={"lines": ""}, observer=403, member=422, organiser=422),
    Row("readings:section-edit", SECTION, observer=403),
    Row("readings:section-move", SECTION, method="POST", data={"to": "up"}, observer=403, member=302, organiser=302),
    Row("readings:section-remove", SECTION, method="POST", observer=403, member=302, organiser=302),
]
