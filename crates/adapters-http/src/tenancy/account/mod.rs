//! One's own account.

pub(super) mod language;
pub(super) mod password;

use actix_web::HttpRequest;

use crate::error::PageResult;
use crate::pages::{FormErrors, Nav, Page};
use crate::security::SignedIn;

pub(super) async fn show(request: HttpRequest, me: SignedIn) -> PageResult {
    page(&request, &me, &FormErrors::default()).render()
}

fn page(request: &HttpRequest, me: &SignedIn, errors: &FormErrors) -> Page {
    let chosen = me.user().locale.map_or("", |locale| locale.as_str());
    Page::of(request, "tenancy/account.html")
        .title("layout-account")
        .nav(Nav::Settings)
        .with("locale", chosen)
        .errors(errors)
}
