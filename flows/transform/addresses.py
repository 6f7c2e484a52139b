"""The canonical address of a page, and the statement of another site where it makes one."""

from flows.transform.evidence import Evidence
from flows.web.urls import absolute_url, normalize_url, site_of, split_url
from warehouse.model import Page


def canonical(page: Page, statements: Evidence) -> tuple[str, str | None]:
    """The canonical address within the page's own site, and the declared one where that is another site's.

    A statement counts only within the registrable domain: anyone could claim to be another site's article. One that
    names the start page is a mistake of the publisher's templates.
    """
    own = normalize_url(page.url)
    stated = statements.canonical or statements.first_meta("og:url")
    declared = absolute_url(page.url, stated) if stated else None
    if declared is None:
        return own, None
    if site_of(declared) != site_of(page.url):
        return own, normalize_url(declared)
    is_start_page = split_url(declared).path in ("", "/") and split_url(own).path not in ("", "/")
    return (own if is_start_page else normalize_url(declared)), None
