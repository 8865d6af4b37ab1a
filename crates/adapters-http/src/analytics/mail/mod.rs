//! What became of mails: figures of a broadcast or campaign, its click map, lists as files.

mod counts;
mod course;
mod file;
mod industries;
mod lists;
mod map;
mod page;
mod template;

use domain::tenancy::Permission;

pub(crate) use template::{MeanRates, OfTemplate, OfTemplates};

use crate::routes::Route;
use crate::security::Access;

pub(super) fn routes() -> Vec<Route> {
    let view = Access::Needs(Permission::ViewReports);
    vec![
        Route::get(
            "/ui/broadcasts/{broadcast}/figures",
            view,
            page::of_broadcast,
        ),
        Route::get(
            "/ui/broadcasts/{broadcast}/figures/map",
            view,
            map::of_broadcast,
        ),
        Route::get("/ui/campaigns/{campaign}/figures", view, page::of_campaign),
        Route::get(
            "/ui/campaigns/{campaign}/figures/map",
            view,
            map::of_campaign,
        ),
        Route::get(
            "/ui/broadcasts/{broadcast}/figures/industries",
            view,
            industries::of_broadcast,
        ),
        Route::get(
            "/ui/campaigns/{campaign}/figures/industries",
            view,
            industries::of_campaign,
        ),
        Route::get("/ui/broadcasts/list.csv", view, lists::broadcasts),
        Route::get("/ui/campaigns/list.csv", view, lists::campaigns),
        Route::get("/ui/templates/list.csv", view, lists::templates),
    ]
}
