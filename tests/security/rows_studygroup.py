"""Who gets which answer from the roof's own pages."""

from tests.security.matrix import Row

ROWS = [
    Row("home", stranger=200, former=200, observer=302, member=302, organiser=302),
    Row("group-home"),
    Row("group-seen", method="POST", observer=302, member=302, organiser=302),
]
