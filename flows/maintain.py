"""The `maintain` flow: what a warehouse needs every night. It learns the rules of its sites and publishes the views."""

import logging
from dataclasses import dataclass

from prefect import flow

from flows.loading import published_run
from flows.serving.processes import living_run
from flows.tasks import learn_site_rules
from flows.transform.pool import WorkerPool
from warehouse.runs import OpenRun
from warehouse.settings import Settings
from warehouse.site_rules import samples

log = logging.getLogger("broadsheet")


@dataclass(frozen=True, slots=True)
class Maintained:
    """What a maintenance did: how many sites had new pages, and of how many of them something new was learnt."""

    site_count: int
    learnt_count: int

    def __str__(self) -> str:
        return f"new rules for {self.learnt_count:,} of {self.site_count:,} sites with new pages"


@flow(name="maintain")
@living_run
def maintain() -> Maintained:
    """Learns from the stored pages what each site puts around its headlines and texts, and publishes the views.

    Safe to run again and beside other runs. Rules are used by runs that begin afterwards, for the pages that they take
    in; documents that are there already stay as they are until they are reprocessed. A site of which nothing new is
    learnt keeps its rules.
    """
    settings = Settings.load()
    with published_run(settings, flow="maintain", source=None, parameters={}) as (run, workers):
        done = _learn(run, workers)
        run.detail = str(done)
    return done


def _learn(run: OpenRun, workers: WorkerPool) -> Maintained:
    """New rules for the sites with pages that no completed maintenance has seen."""
    done = Maintained(0, 0)
    for shard in samples(run.settings, run.row.flow, run.row.extractor):
        learnt = learn_site_rules(shard, run, workers)
        done = Maintained(done.site_count + len(shard), done.learnt_count + len(learnt))
        log.info("%s", done)
    return done
