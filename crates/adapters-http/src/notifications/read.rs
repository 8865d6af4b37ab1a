//! I have read it.

use actix_web::web;
use domain::ids::NotificationId;

use crate::blocking::blocking;
use crate::error::PageResult;
use crate::pages::redirect;
use crate::security::SignedIn;
use crate::state::State;

const PATH: &str = "/ui/notifications";

pub(super) async fn all(me: SignedIn, state: State) -> PageResult {
    mark(me, state, None).await
}

pub(super) async fn one(
    me: SignedIn,
    state: State,
    notification: web::Path<NotificationId>,
) -> PageResult {
    mark(me, state, Some(notification.into_inner())).await
}

/// What is another's, or gone, changes nothing.
async fn mark(me: SignedIn, state: State, which: Option<NotificationId>) -> PageResult {
    let (tenant, user, now) = (me.tenant_id(), me.user().id, me.now());
    blocking(move || state.ports.inbox.mark_read(tenant, user, which, now)).await?;
    Ok(redirect(PATH, None))
}
