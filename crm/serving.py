"""The web server: gunicorn with threads, the application loaded once and shared by its processes.

Measured on two cores against granian on the floor page (50 rows from SQLite): about 20 % more requests a second, and a
start that loads the program once instead of once a process. Figures in ARCHITECTURE.md.
"""

from __future__ import annotations

import gc
import os
from typing import Any

from gunicorn.app.base import BaseApplication

THREADS = 8


class Server(BaseApplication):
    def __init__(self, host: str, port: int, processes: int | None = None):
        self.bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.processes = processes or max(2, min(os.cpu_count() or 2, 8))
        super().__init__()

    def load_config(self) -> None:
        values = {
            "bind": self.bind,
            "workers": self.processes,
            "threads": THREADS,
            "worker_class": "gthread",
            "preload_app": True,
            "keepalive": 30,
            "timeout": 120,
            "graceful_timeout": 8,
            "loglevel": "warning",
            "forwarded_allow_ips": "",  # whom to believe is said in one place: CRM_TRUSTED_PROXIES
            "post_fork": in_child,
            **({"worker_tmp_dir": "/dev/shm"} if os.path.isdir("/dev/shm") else {}),  # noqa: S108  heartbeats need no disk
        }
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Without the garbage collector: it would search what is never freed while it is made, a fifth of the start.

        Frozen, these objects are left alone later too, and so their memory stays shared between the processes.
        """
        gc.disable()
        from crm import clock, create_app

        app = create_app()
        app.extensions["serving since"] = clock.now()
        gc.freeze()
        gc.enable()
        return app


def in_child(_arbiter: Any, worker: Any) -> None:
    from crm import supervising
    from crm.extensions import db

    os.environ[supervising.PARENT] = str(worker.ppid)
    supervising.follow_parent()
    with worker.app.wsgi().app_context():
        db.engine.dispose(close=False)  # connections must not be shared with the process that we were copied from
