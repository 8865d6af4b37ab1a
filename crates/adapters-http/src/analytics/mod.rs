//! Dashboards.

mod dashboard;
mod figures;

use domain::tenancy::Permission;

use crate::routes::Route;
use crate::security::Access;

pub(crate) fn routes() -> Vec<Route> {
    let view = Access::Needs(Permission::ViewReports);
    vec![Route::get("/ui/dashboard", view, dashboard::show)]
}
