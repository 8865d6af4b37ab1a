//! Things to do for sales: the list, the form, the lead's page, and the JSON interface.

mod api;
mod create;
mod edit;
mod form;
mod list;
pub(crate) mod of_lead;
mod row;
mod status;

use domain::tenancy::{AuditAction, Permission};

use crate::routes::Route;
use crate::security::Access;

const TASK_CREATED: AuditAction = AuditAction::new("task.created");
const TASK_CHANGED: AuditAction = AuditAction::new("task.changed");

pub(crate) fn routes() -> Vec<Route> {
    const VIEW: Access = Access::Needs(Permission::ViewLeads);
    const EDIT: Access = Access::Needs(Permission::EditLeads);
    let mut routes = vec![
        Route::get("/ui/tasks", VIEW, list::show),
        Route::post("/ui/tasks", EDIT, create::submit),
        Route::get("/ui/tasks/new", EDIT, create::show),
        Route::get("/ui/tasks/{task}", VIEW, edit::show),
        Route::post("/ui/tasks/{task}", EDIT, edit::submit),
        Route::post("/ui/tasks/{task}/status", EDIT, status::submit),
    ];
    routes.extend(api::routes());
    routes
}
