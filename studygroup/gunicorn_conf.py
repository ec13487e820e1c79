"""How gunicorn serves the pages. `HOST`, `PORT`, `WEB_CONCURRENCY` and `WEB_THREADS` come from the environment.

The application is loaded once, before the workers are forked, and what it loaded is taken out of the garbage
collector's sight (`gc.freeze`): workers share that memory, and full collections no longer walk all of Django, which
is what made one answer in twenty three times slower than the rest (measured on a peer: p95 62 → 29 ms).
"""

import gc
import logging
import os
import threading

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

bind = [f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"]
worker_class = "gthread"
# Without Redis each process has a cache of its own, so that a person logged out in one would be logged in in the
# other: then there is one process, whose threads share it.
workers = int(os.environ.get("WEB_CONCURRENCY", "2")) if os.environ.get("REDIS_URL") else 1
threads = int(os.environ.get("WEB_THREADS", "4" if os.environ.get("REDIS_URL") else "8"))
preload_app = True
timeout = 60
graceful_timeout = 8
keepalive = 5
control_socket_disable = True  # its socket would lie in the home folder
if os.path.isdir("/dev/shm"):  # noqa: S108 - gunicorn makes an unnamed file there for its heartbeat, never on a slow disk
    worker_tmp_dir = "/dev/shm"  # noqa: S108 - the same
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")


WARMING = """# A title

Words with `code`, **weight**, *stress*, a [link](https://example.org) and $x^2$.

- [ ] one

| a | b |
| - | - |
| 1 | 2 |

> 1. first

\\begin{align} a &= b \\label{eq:warm} \\end{align}

As in \\eqref{eq:warm}.
"""


def when_ready(server: Arbiter) -> None:
    """Load what Django would load at the first request, then freeze; and log as the rest of the product logs."""
    from django.template.loader import get_template
    from django.urls import get_resolver

    list(get_resolver().reverse_dict)
    get_template("base.html")
    gunicorn_log = logging.getLogger("gunicorn.error")
    gunicorn_log.handlers.clear()
    gunicorn_log.propagate = True
    gc.collect()
    gc.freeze()


def post_worker_init(worker: Worker) -> None:
    """Get the engine of formulas ready beside the first requests: the first preview would wait for it (0.2 s)."""
    threading.Thread(target=_warm_formulas, name="warm-formulas", daemon=True).start()


def _warm_formulas() -> None:
    from mathtext import render
    from mathtext.engine import TemmlNotFound, engine

    try:
        engine.warm()
        render(WARMING)  # what the reader of Markdown puts together at its first text
    except TemmlNotFound as missing:
        logging.getLogger("gunicorn.error").warning("%s", missing)
