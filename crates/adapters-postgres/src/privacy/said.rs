//! Who said something, as columns.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use domain::privacy::{Said, SaidBy};
use domain::store::{StoreError, StoreResult};
use uuid::Uuid;

/// The user column beside the name of who said it.
pub(super) fn user_of(by: SaidBy) -> Option<Uuid> {
    by.user().map(UserId::uuid)
}

/// What the two columns mean.
pub(super) fn said_by(name: &str, user: Option<Uuid>) -> StoreResult<SaidBy> {
    SaidBy::parse(name, user.map(UserId::from_uuid))
        .ok_or_else(|| StoreError::unexpected(format!("'{name}' says nothing about who it was")))
}

/// What the three columns mean together; none if nothing was said.
pub(super) fn said(
    at: Option<DateTime<Utc>>,
    by: Option<&str>,
    user: Option<Uuid>,
) -> StoreResult<Option<Said>> {
    let (Some(at), Some(by)) = (at, by) else {
        return Ok(None);
    };
    let by = said_by(by, user)?;
    Ok(Some(Said { at, by }))
}
