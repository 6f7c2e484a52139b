"""Publishing, with what the warehouse does not know: the configured sources."""

import logging
from dataclasses import asdict
from pathlib import Path

from flows.extract.sources import load_sources
from warehouse import catalog
from warehouse.catalog import CheckFailure
from warehouse.model import State
from warehouse.runs import OpenRun
from warehouse.settings import Settings

log = logging.getLogger("broadsheet")


def publish(settings: Settings) -> Path:
    """Builds, checks and swaps in the catalog; returns its path."""
    return catalog.publish(settings, _sources(settings))


def check(settings: Settings) -> list[CheckFailure]:
    """What the checks find in the tables as they are now."""
    return catalog.check(settings, _sources(settings))


def publish_run(run: OpenRun) -> None:
    """Publishes what a run has loaded; a failed check turns the run `failed` and leaves the last good catalog."""
    try:
        publish(run.settings)
    except Exception as error:
        run.try_to_end(State.FAILED, f"{type(error).__name__}: {error}")
        raise


def publish_after_failure(settings: Settings) -> None:
    """Publishes so that the views show a failed run; what failed first is the error to tell, so this one is logged."""
    try:
        publish(settings)
    except Exception as error:  # noqa: BLE001 - whatever it is, it comes second
        log.warning("the views do not show this run: they could not be published (%s)", error)


def _sources(settings: Settings) -> list[dict[str, object]]:
    return [asdict(source) for source in load_sources(settings.sources)]
