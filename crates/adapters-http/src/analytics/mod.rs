//! Dashboards, and what became of mails.

mod chart;
mod dashboard;
mod figures;
pub(crate) mod mail;

use domain::tenancy::Permission;

use crate::routes::Route;
use crate::security::Access;

pub(crate) fn routes() -> Vec<Route> {
    let view = Access::Needs(Permission::ViewReports);
    let mut routes = vec![Route::get("/ui/dashboard", view, dashboard::show)];
    routes.extend(mail::routes());
    routes
}
