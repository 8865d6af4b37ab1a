//! The list of people who may sign in.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use domain::tenancy::User;
use serde::Serialize;

use crate::blocking::blocking;
use crate::error::PageResult;
use crate::pages::{Nav, Page};
use crate::security::SignedIn;
use crate::state::State;

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    email: String,
    role: &'static str,
    is_active: bool,
    last_signed_in_at: Option<DateTime<Utc>>,
}

pub(in crate::tenancy) async fn show(
    request: HttpRequest,
    me: SignedIn,
    state: State,
) -> PageResult {
    let tenant = me.tenant_id();
    let users = blocking(move || state.ports.users.list(tenant)).await?;
    let rows: Vec<Row> = users.into_iter().map(Row::of).collect();
    Page::of(&request, "tenancy/users.html")
        .title("tenancy-users-title")
        .nav(Nav::Settings)
        .with("rows", &rows)
        .render()
}

impl Row {
    fn of(user: User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email.as_str().to_owned(),
            name: user.name,
            role: user.role.as_str(),
            is_active: user.is_active,
            last_signed_in_at: user.last_signed_in_at,
        }
    }
}
