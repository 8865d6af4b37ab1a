//! Leads: lists, details, edits, exports, imports, and the JSON interface to them.

pub(crate) mod api;
pub(crate) mod cursor;
mod delete;
mod detail;
mod edit;
mod export;
mod export_stream;
mod form;
mod hot;
pub(crate) mod import;
mod list;
mod new;
mod next_step;
pub(crate) mod query;
mod refusal_text;
mod score_history;
pub(crate) mod shown;
mod tags;
mod timeline;

use domain::tenancy::Permission;

use crate::routes::Route;
use crate::security::Access;

pub(crate) fn routes() -> Vec<Route> {
    const VIEW: Access = Access::Needs(Permission::ViewLeads);
    const EDIT: Access = Access::Needs(Permission::EditLeads);
    const EXPORT: Access = Access::Needs(Permission::ExportLeads);
    let mut routes = vec![
        Route::get("/ui/leads", VIEW, list::show),
        Route::get("/ui/leads/hot", VIEW, hot::show),
        Route::post("/ui/leads/export", EXPORT, export::download),
        Route::post("/ui/leads/tags", EDIT, tags::change),
        Route::get("/ui/leads/new", EDIT, new::show),
        Route::post("/ui/leads/new", EDIT, new::create),
        Route::get("/ui/leads/{id}", VIEW, detail::show),
        Route::get("/ui/leads/{id}/timeline", VIEW, timeline::more),
        Route::get("/ui/leads/{id}/score-history", VIEW, score_history::more),
        Route::get("/ui/leads/{id}/edit", EDIT, edit::show),
        Route::post("/ui/leads/{id}/edit", EDIT, edit::save),
        Route::post("/ui/leads/{id}/delete", EDIT, delete::delete),
    ];
    routes.extend(import::routes());
    routes.extend(api::routes());
    routes
}
