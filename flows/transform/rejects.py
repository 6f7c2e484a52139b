"""The reject that a page becomes where no document could be made of it."""

from warehouse.model import Page, Reason, Reject, Stage


def reject(page: Page, reason: Reason, detail: str) -> Reject:
    """Why the page has no document, and where to find the page."""
    return Reject(
        stage=Stage.TRANSFORM,
        reason=reason,
        detail=detail,
        source=page.source,
        url=page.url,
        location=page.location,
        page_id=page.page_id,
    )
