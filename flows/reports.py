"""What a run did, in words and tables: the artifact in the Prefect UI and the lines under a command."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from flows.changes import Changes, Tally, Way
from flows.extract.poll.agenda import Planned
from warehouse import engine
from warehouse.model import Counts
from warehouse.runs import OpenRun

SITES_SHOWN = 20
LINKS_SHOWN = 500
FIELDS_SHOWN = 4

SITES = """
select site, count(*) as documents, count(published_at) as dated, min(published_at), max(published_at)
from main.document_versions
where run_id = ?
group by site
order by documents desc, site
"""

POLLS = """
select source, link_count as listed, new_link_count as new, new_document_count as new_documents,
    failed_listing_count as failed_listings, problem
from main.polls
left join main.source_health using (source)
where run_id = ?
order by problem is null, source
"""

RULES = """
select site, rules_version, page_count, len(title_suffixes), len(title_prefixes), len(noise_lines)
from main.site_rules
where run_id = ?
order by site
"""

REJECTS = """
select stage, reason, count(*) as inputs, min(coalesce(location, url)) as for_example, min(detail) as detail
from main.rejects
where run_id = ?
group by stage, reason
order by inputs desc
"""


def progress_line(counts: Counts) -> str:
    """A run's counts in one line; what is zero is left out, but for the documents, and the inputs where it has any."""
    words = {
        "input_count": "read",
        "page_count": "new pages",
        "unchanged_count": "unchanged",
        "read_reject_count": "refused while reading",
        "resumed_page_count": "resumed",
        "reprocessed_page_count": "reprocessed",
        "document_count": "documents",
        "transform_reject_count": "refused by the transform",
    }
    always = {"document_count"} | ({"input_count"} if not counts.reprocessed_page_count else set())
    shown = {name: count for name, count in asdict(counts).items() if count or name in always}
    return ", ".join(f"{count:,} {words[name]}" for name, count in shown.items())


def run_report(run: OpenRun) -> str:
    """The run's report as Markdown: how it ended, its counts, what came from which site, what was refused and why."""
    with engine.published(run.settings) as connection:
        sites = connection.execute(SITES, [run.run_id]).fetchall()
        polls = connection.execute(POLLS, [run.run_id]).fetchall()
        rules = connection.execute(RULES, [run.run_id]).fetchall()
        rejects = connection.execute(REJECTS, [run.run_id]).fetchall()
    parts = [
        f"# {run.row.flow}: {run.state}",
        f"{progress_line(run.counts)}." + (f"\n\n**{run.detail}**" if run.detail else ""),
        markdown_table(
            ["count", "inputs"], [(name.removesuffix("_count"), n) for name, n in asdict(run.counts).items()]
        ),
    ]
    if sites:
        parts += [
            "## Documents by site",
            markdown_table(["site", "documents", "dated", "from", "to"], sites[:SITES_SHOWN]),
        ]
    if polls:
        header = ["source", "listed", "new links", "new documents", "failed listings", "problem"]
        parts += ["## Sources", markdown_table(header, polls)]
    if rules:
        header = ["site", "version", "pages", "title suffixes", "title prefixes", "noise lines"]
        parts += ["## Newly learnt about sites", markdown_table(header, rules)]
    if rejects:
        parts += ["## Refused", markdown_table(["stage", "reason", "inputs", "for example", "detail"], rejects)]
    parts.append(f"Run `{run.run_id}` · parameters `{run.row.parameters}` · catalog `{run.settings.catalog}`")
    return "\n\n".join(parts) + "\n"


def plan_report(planned: Sequence[Planned], shortfalls: Sequence[str]) -> str:
    """What a dry run found, as Markdown: how much of which source would be fetched and why, the links, the troubles."""
    counted = Counter((link.source, link.choice) for link in planned)
    shown = planned[:LINKS_SHOWN]
    parts = [f"# refresh would fetch {len(planned):,} links", *(f"**{line}**" for line in shortfalls)]
    if planned:
        by_source = [(source, why, number) for (source, why), number in sorted(counted.items())]
        parts += [
            markdown_table(["source", "why", "links"], by_source),
            markdown_table(["source", "why", "link"], [(link.source, link.choice, link.url) for link in shown]),
        ]
    if len(planned) > len(shown):
        parts.append(f"and {len(planned) - len(shown):,} more")
    return "\n\n".join(parts) + "\n"


def change_report(changes: Changes, *, is_trial: bool = False) -> str:
    """What transforming pages again changes, as Markdown: by field, by site, with examples of old and new."""
    whole = changes.whole
    loss = "Documents that are lost, or lose their title, their time or more than half of their text"
    parts = [
        "# reprocess would change" if is_trial else "# What reprocess changed",
        changes.summary + ".",
        *([f"**{loss}: {whole.loss_count:,}.**"] if whole.loss_count else []),
    ]
    if changes.has_too_many_losses and is_trial:
        parts.append("**So many losses would stop a run; they can be allowed.**")
    if whole.ways:
        parts += ["## By field", markdown_table(["field", *Way], _fields_changed(whole))]
    if whole.similarity is not None:
        parts.append(f"Old and new text, where they differ, are {whole.similarity:.3f} alike in the mean.")
    if whole.changed_count:
        header = ["site", "pages", "changed", "lost something dear", "likeness of texts", "fields"]
        parts += ["## By site", markdown_table(header, _sites_changed(changes))]
    if changes.reasons:
        reasons = sorted((reason, way, count) for (reason, way), count in changes.reasons.items())
        parts += ["## Refusals", markdown_table(["reason", "way", "pages"], reasons)]
    if changes.examples:
        rows = [
            (name, way, one.old, one.new, one.url) for (name, way), some in changes.examples.items() for one in some
        ]
        parts += ["## Examples", markdown_table(["field", "way", "old", "new", "page"], sorted(rows))]
    return "\n\n".join(parts) + "\n"


def _fields_changed(tally: Tally) -> list[tuple[object, ...]]:
    """A row a field, the one that changed most often first."""
    return [(name, *(tally.ways[name, way] for way in Way)) for name, _ in tally.fields.most_common()]


def _sites_changed(changes: Changes) -> list[tuple[object, ...]]:
    """A row a site, that with most losses first, then that with most changes; the rest is summed up in one."""
    order = sorted(changes.sites.items(), key=lambda item: (-item[1].loss_count, -item[1].changed_count, item[0]))
    changed = [(site, tally) for site, tally in order if tally.changed_count]
    rows: list[tuple[object, ...]] = [
        (
            site,
            tally.page_count,
            tally.changed_count,
            tally.loss_count,
            None if tally.similarity is None else f"{tally.similarity:.3f}",
            ", ".join(f"{name} {count:,}" for name, count in tally.fields.most_common(FIELDS_SHOWN)),
        )
        for site, tally in changed[:SITES_SHOWN]
    ]
    rest = [tally for _, tally in changed[SITES_SHOWN:]]
    if rest:
        sums = (sum(getattr(tally, name) for tally in rest) for name in ("page_count", "changed_count", "loss_count"))
        rows.append((f"{len(rest):,} more sites", *sums, None, ""))
    return rows


def markdown_table(header: list[str], rows: Sequence[tuple[object, ...]]) -> str:
    """A Markdown table; bars and line breaks inside a cell cannot break it."""
    lines = [header, ["---"] * len(header), *([_cell(value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else str(value).replace("|", "\\|").replace("\n", " ")
