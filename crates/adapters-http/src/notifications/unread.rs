//! The number on the bell.

use actix_web::HttpRequest;

use crate::blocking::blocking;
use crate::error::PageResult;
use crate::pages::Page;
use crate::security::SignedIn;
use crate::state::State;

/// More are many.
const MOST: u64 = 99;

pub(super) async fn show(request: HttpRequest, me: SignedIn, state: State) -> PageResult {
    let (tenant, user) = (me.tenant_id(), me.user().id);
    let count = blocking(move || state.ports.inbox.count_unread(tenant, user)).await?;
    let shown = if count > MOST {
        format!("{MOST}+")
    } else {
        count.to_string()
    };
    Page::of(&request, "notifications/unread.html")
        .with("count", &count)
        .with("shown", &shown)
        .render()
}
