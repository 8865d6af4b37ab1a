//! The way to every setting.

use actix_web::HttpRequest;

use crate::error::PageResult;
use crate::pages::{Nav, Page};

pub(super) async fn show(request: HttpRequest) -> PageResult {
    Page::of(&request, "tenancy/settings.html")
        .title("layout-settings")
        .nav(Nav::Settings)
        .render()
}
