"""Which of Prefect's runs have a process: each holds a lock for as long as it lives, and none outlives its runner.

Prefect learns of a process's death from whoever started it. Where that died as well, the run stays `Running` for ever
and holds its deployment's only slot.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from prefect.runtime import deployment, flow_run
from prefect.settings import get_current_settings

from warehouse.liveness import living, living_names

P = ParamSpec("P")
R = TypeVar("R")

GRACE_SECONDS = 20
"""What a run has to write its end into the ledger, once it was terminated: some two seconds at most."""
LOOK_SECONDS = 1.0
"""How often a run looks whether its runner is there: the next server may be started as soon as it is not."""


def living_run(function: Callable[P, R]) -> Callable[P, R]:
    """A flow's function that shows its run as alive while it lasts; stands below `@flow`."""

    @wraps(function)
    def shown(*arguments: P.args, **named: P.kwargs) -> R:
        if deployment.id:
            threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
        with living(_folder(), str(flow_run.id)):
            return function(*arguments, **named)

    return shown


def living_flow_run_ids() -> set[str]:
    """The ids of the runs on this machine, of this Prefect home, whose process is alive now."""
    return set(living_names(_folder()))


def _end_with(parent: int) -> None:
    """Ends this process when its parent is gone: nobody could cancel it any more, or tell of its end.

    By a kill where a termination does not do it: Prefect may try for minutes to reach a server that is gone as well.
    """
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def _folder() -> Path:
    """Beside Prefect's database, which knows the same runs."""
    return get_current_settings().home / "processes"
