"""The tables."""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {str: Text, datetime: DateTime(timezone=True)}


class Lead(Base):
    __tablename__ = "leads"

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str | None]
    engagement_score: Mapped[int] = mapped_column(server_default="0")
    score_band: Mapped[str] = mapped_column(server_default="cold")
    last_engaged_at: Mapped[datetime | None]
    last_clicked_url: Mapped[str | None]
    tracking_id: Mapped[str | None] = mapped_column(unique=True)


class EngagementEvent(Base):
    __tablename__ = "engagement_events"
    __table_args__ = (
        Index("engagement_events_of_lead", "lead_id", "occurred_at"),
        Index("engagement_events_of_type", "event_type", "occurred_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[str | None] = mapped_column(ForeignKey("leads.id"))
    send_log_id: Mapped[str | None]
    event_type: Mapped[str]
    url: Mapped[str | None]
    referrer: Mapped[str | None]
    user_agent: Mapped[str | None]
    occurred_at: Mapped[datetime]


class ScoreHistory(Base):
    __tablename__ = "score_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"), index=True)
    event_type: Mapped[str]
    points: Mapped[int]
    old_score: Mapped[int]
    new_score: Mapped[int]
    occurred_at: Mapped[datetime]


class WebSession(Base):
    __tablename__ = "web_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    tracking_id: Mapped[str] = mapped_column(index=True)
    lead_id: Mapped[str | None] = mapped_column(ForeignKey("leads.id"))
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    pageviews: Mapped[int]
