//! The tracking endpoints, the interface and the JSON interface over HTTP.
//!
//! A request goes through the table of [`routes`], the guard of its route
//! ([`Access`]) and one handler, which calls the ports through one
//! `blocking` and answers with a page or a document. Engagements go to the intake without leaving
//! the event loop. Folders are capabilities; a file is a screen or an action.

mod analytics;
mod assets;
mod blocking;
mod body;
mod campaigns;
mod clock;
mod content;
mod delivery;
mod error;
mod extract;
mod health;
mod intake;
mod leads;
mod metrics;
mod notifications;
mod pages;
mod ports;
mod privacy;
mod rates;
pub mod routes;
mod security;
mod server;
mod state;
mod tasks;
mod tenancy;
mod texts;
mod tracking;

use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};

pub use clock::{Clock, TimeMachine};
pub use error::{ApiError, Complaint, Failure, PageError};
pub use metrics::HttpMetrics;
pub use pages::Pages;
pub use ports::Ports;
pub use rates::RateLimits;
pub use security::Access;
pub use security::passwords::Argon2idHasher;
pub use server::{Server, ServerSettings};
pub use state::{AppState, Limits, PublicAddress};

/// Puts the whole application into an actix application: state, routes, guards and headers.
pub fn configure(config: &mut ServiceConfig, state: web::Data<AppState>) {
    config.app_data(state.clone());
    config.app_data(extract::path_settings());
    let application = web::scope("")
        .configure(|config| routes::register(routes::all(), config))
        .default_service(web::to(routes::nowhere))
        .wrap(from_fn(error::show_failures))
        .wrap(from_fn(security::protect));
    config.service(application);
}
