//! The one table of everything that can be called: method, path, who may, and what answers.
//!
//! The application is registered from it, and the tests go through it, so that a new route is
//! guarded and tested without new code.

use std::future::Future;
use std::time::Instant;

use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::{FromRequest, Handler, Resource, Responder, web};

use crate::error::{Failure, refuse};
use crate::security::{Access, guard};
use crate::state::State;
use crate::{
    analytics, assets, campaigns, content, delivery, health, leads, notifications, privacy, tasks,
    tenancy, tracking,
};

/// One thing that can be called.
#[derive(Debug)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with `{parameters}`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    service: RouteService,
}

/// The handler behind its guard.
struct RouteService(actix_web::Route);

impl std::fmt::Debug for RouteService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// Every route of the application.
#[must_use]
pub fn all() -> Vec<Route> {
    [
        analytics::routes(),
        assets::routes(),
        health::routes(),
        campaigns::routes(),
        content::routes(),
        delivery::routes(),
        leads::routes(),
        notifications::routes(),
        privacy::routes(),
        tasks::routes(),
        tenancy::routes(),
        tracking::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl Route {
    /// A page or a file; changes nothing (V-21).
    pub(crate) fn get<F, Args>(path: &'static str, access: Access, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        Self::new(Method::GET, path, access, handler)
    }

    /// Something that changes.
    pub(crate) fn post<F, Args>(path: &'static str, access: Access, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        Self::new(Method::POST, path, access, handler)
    }

    /// Any other method.
    pub(crate) fn new<F, Args>(
        method: Method,
        path: &'static str,
        access: Access,
        handler: F,
    ) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let route = web::method(method.clone()).to(handler);
        let name = method_name(&method);
        let service = route.wrap(from_fn(move |request, next| {
            watch(name, path, guard(access, request, next))
        }));
        Self {
            method,
            path,
            access,
            service: RouteService(service),
        }
    }
}

/// Counts what a route answers, and how long it takes.
async fn watch(
    method: &'static str,
    path: &'static str,
    answering: impl Future<Output = Result<ServiceResponse, actix_web::Error>>,
) -> Result<ServiceResponse, actix_web::Error> {
    let started = Instant::now();
    let answered = answering.await;
    if let Ok(response) = &answered
        && let Some(state) = response.request().app_data::<State>()
    {
        let (status, after) = (response.status(), started.elapsed());
        state.metrics.answered(method, path, status, after);
    }
    answered
}

fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Registers routes by path, so that a known path with another method is told apart from an
/// unknown path, and `/ui/leads/hot` is found before `/ui/leads/{id}` wherever they stand.
pub(crate) fn register(mut routes: Vec<Route>, config: &mut web::ServiceConfig) {
    routes.sort_by_key(|route| route.path.replace('{', "~"));
    let mut routes = routes.into_iter().peekable();
    while let Some(first) = routes.next() {
        let path = first.path;
        let mut resource = resource(path).route(first.service.0);
        while let Some(more) = routes.next_if(|route| route.path == path) {
            resource = resource.route(more.service.0);
        }
        config.service(resource);
    }
}

fn resource(path: &str) -> Resource {
    web::resource(path).default_service(web::to(|request: actix_web::HttpRequest| async move {
        Err::<actix_web::HttpResponse, _>(refuse(&request, Failure::WrongMethod))
    }))
}

/// What answers where there is no route.
pub(crate) async fn nowhere(
    request: actix_web::HttpRequest,
) -> Result<actix_web::HttpResponse, actix_web::Error> {
    Err(refuse(&request, Failure::NotFound))
}
