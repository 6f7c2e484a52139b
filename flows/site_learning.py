"""Learning the rules of sites from their stored pages, without Prefect.

It ends in `storage.append_new`, so it can be killed at any moment, and two of it at once store each version once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby

from flows.transform.learning import Observation, learn, says_the_same
from flows.transform.pool import WorkerPool
from warehouse import storage
from warehouse.model import SiteRules
from warehouse.runs import OpenRun
from warehouse.schema import SITE_RULES
from warehouse.site_rules import Sample


def learn_site_rules(samples: Sequence[Sample], run: OpenRun, workers: WorkerPool) -> list[SiteRules]:
    """Stores what is new about these sites and returns it; a site of which nothing is new gets no new version."""
    page_ids = [page_id for sample in samples for page_id in sample.page_ids]
    pages = storage.read_pages(run.settings, page_ids)
    seen = sorted((one for one in workers.observe(pages) if one), key=_site)
    return storage.append_new(run.settings, SITE_RULES, list(_new_rules(seen, run)), run.run_id)


def _new_rules(seen: Iterable[Observation], run: OpenRun) -> Iterator[SiteRules]:
    for site, pages in groupby(seen, key=_site):
        before = run.rules.get(site) or SiteRules(site=site, rules_version=0)
        learnt = learn(site, list(pages), before)
        if not says_the_same(before, learnt):
            yield replace(learnt, rules_version=before.rules_version + 1, learned_at=datetime.now(UTC))


def _site(observation: Observation) -> str:
    return observation.site
