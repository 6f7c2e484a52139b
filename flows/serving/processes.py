"""Which of Prefect's runs have a process: each holds a lock for as long as it lives.

Prefect learns of a process's death from whoever started it. Where that died as well, the run stays `Running` for ever
and holds its deployment's only slot.
"""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from prefect.runtime import flow_run
from prefect.settings import get_current_settings

from warehouse.liveness import living, living_names

P = ParamSpec("P")
R = TypeVar("R")


def living_run(function: Callable[P, R]) -> Callable[P, R]:
    """A flow's function that shows its run as alive while it lasts; stands below `@flow`."""

    @wraps(function)
    def shown(*arguments: P.args, **named: P.kwargs) -> R:
        with living(_folder(), str(flow_run.id)):
            return function(*arguments, **named)

    return shown


def living_flow_run_ids() -> set[str]:
    """The ids of the runs on this machine, of this Prefect home, whose process is alive now."""
    return set(living_names(_folder()))


def _folder() -> Path:
    """Beside Prefect's database, which knows the same runs."""
    return get_current_settings().home / "processes"
