"""The tracking endpoints: one transaction a request."""

from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import FastAPI, Header, HTTPException
from fastapi.responses import RedirectResponse
from pydantic import BaseModel
from sqlalchemy import select

from tracker import tokens
from tracker.database import Session
from tracker.models import EngagementEvent, Lead, WebSession
from tracker.scoring import score

SITES = {"https://school.example"}
SILENCE = timedelta(minutes=30)

app = FastAPI()


class PageView(BaseModel):
    tid: str
    url: str
    referrer: str | None = None
    ts: int | None = None


@app.get("/healthz")
async def health() -> dict:
    return {}


@app.post("/t/pv")
async def page_view(
    view: PageView, origin: str = Header(""), user_agent: str = Header("")
) -> dict:
    if origin not in SITES:
        raise HTTPException(403)
    now = datetime.now(timezone.utc)
    async with Session.begin() as session:
        lead = await session.scalar(
            select(Lead).where(Lead.tracking_id == view.tid).with_for_update()
        )
        session.add(
            EngagementEvent(
                lead_id=lead and lead.id,
                event_type="page_view",
                url=view.url,
                referrer=view.referrer,
                user_agent=user_agent,
                occurred_at=now,
            )
        )
        visit = await session.scalar(
            select(WebSession)
            .where(WebSession.tracking_id == view.tid, WebSession.last_seen_at > now - SILENCE)
            .order_by(WebSession.last_seen_at.desc())
            .limit(1)
        )
        if visit is None:
            visit = WebSession(
                tracking_id=view.tid, lead_id=lead and lead.id, started_at=now, pageviews=0
            )
            session.add(visit)
        visit.last_seen_at = now
        visit.pageviews += 1
        if lead is not None:
            score(session, lead, "page_view", view.url, now)
    return {}


@app.get("/t/c/{token}")
async def click(token: str, user_agent: str = Header("")) -> RedirectResponse:
    link = tokens.read(token)
    if link is None:
        raise HTTPException(404)
    now = datetime.now(timezone.utc)
    target = link["url"]
    async with Session.begin() as session:
        lead = await session.get(Lead, link["lead_id"], with_for_update=True)
        session.add(
            EngagementEvent(
                lead_id=lead and lead.id,
                send_log_id=link["send_log_id"],
                event_type="click",
                url=target,
                user_agent=user_agent,
                occurred_at=now,
            )
        )
        if lead is not None:
            lead.tracking_id = lead.tracking_id or str(uuid4())
            lead.last_clicked_url = target
            score(session, lead, "click", target, now)
            target += ("&" if "?" in target else "?") + urlencode({"tid": lead.tracking_id})
    return RedirectResponse(target, status_code=302)
