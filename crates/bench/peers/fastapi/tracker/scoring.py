"""Points, bands and their history."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from tracker.models import Lead, ScoreHistory

POINTS = {"click": 3, "page_view": 1}
IMPORTANT_POINTS = {"click": 5, "page_view": 3}
IMPORTANT_PAGES = ("/apply", "/exam", "/entry")


def band(score: int) -> str:
    if score >= 8:
        return "hot"
    return "warm" if score >= 3 else "cold"


def score(session: AsyncSession, lead: Lead, event_type: str, url: str, at: datetime) -> None:
    is_important = any(page in url for page in IMPORTANT_PAGES)
    points = (IMPORTANT_POINTS if is_important else POINTS)[event_type]
    old = lead.engagement_score
    lead.engagement_score = old + points
    lead.score_band = band(lead.engagement_score)
    lead.last_engaged_at = at
    session.add(
        ScoreHistory(
            lead_id=lead.id,
            event_type=event_type,
            points=points,
            old_score=old,
            new_score=lead.engagement_score,
            occurred_at=at,
        )
    )
