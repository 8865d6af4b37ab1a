//! The server: workers, limits and shutdown, on listeners that the caller has bound.

use std::future::ready;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::{App, HttpResponse, HttpServer, web};
use domain::tracking::Intake;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tracing::Span;
use tracing_actix_web::{RootSpanBuilder, TracingLogger};

use crate::health;
use crate::state::AppState;

/// Within this time the head of a request must be here.
const HEAD_DEADLINE: Duration = Duration::from_secs(5);
/// What [`encode`] writes.
const FIGURES: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// An idle connection is kept this long.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// How the server works.
#[derive(Clone, Copy, Debug)]
pub struct ServerSettings {
    /// Event loops.
    pub workers: usize,
    /// Threads of each event loop that may block on the storage. More than its connections, so
    /// that the pool, which answers within two seconds, is what fills up first.
    pub blocking_threads: usize,
    /// Requests that are open at the end get this long to finish. Seconds.
    pub shutdown_seconds: u64,
}

/// A server that is ready to run.
#[derive(Debug)]
pub struct Server {
    addresses: Vec<SocketAddr>,
    handle: actix_web::dev::ServerHandle,
    running: RunningServer,
}

struct RunningServer(actix_web::dev::Server);

impl std::fmt::Debug for RunningServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl Server {
    /// Starts the workers on `listeners`. Signals are the caller's business: it knows what else
    /// has to end. Must be called inside an actix system.
    ///
    /// # Errors
    /// If a listener cannot be used.
    pub fn start(
        state: web::Data<AppState>,
        listeners: Vec<TcpListener>,
        settings: ServerSettings,
    ) -> io::Result<Self> {
        let mut server = HttpServer::new(move || {
            App::new()
                .wrap(TracingLogger::<RouteSpan>::new())
                .configure(|config| crate::configure(config, state.clone()))
        })
        .workers(settings.workers)
        .worker_max_blocking_threads(settings.blocking_threads)
        .client_request_timeout(HEAD_DEADLINE)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(settings.shutdown_seconds)
        .disable_signals();
        for listener in listeners {
            server = server.listen(listener)?;
        }
        Ok(Self::running(server.addrs(), server.run()))
    }

    /// Starts a small server for operators on a listener of its own, which nobody outside should
    /// reach: `GET /metrics` (OpenMetrics text), `/healthz` and `/readyz`. Must be called inside an
    /// actix system.
    ///
    /// # Errors
    /// If the listener cannot be used.
    pub fn start_metrics(
        registry: Arc<Registry>,
        intake: Arc<dyn Intake>,
        listener: TcpListener,
    ) -> io::Result<Self> {
        let server = HttpServer::new(move || {
            let (registry, intake) = (Arc::clone(&registry), Arc::clone(&intake));
            let metrics = move || ready(figures(&registry));
            let readiness = move || ready(health::readiness(intake.state()));
            App::new()
                .route("/metrics", web::get().to(metrics))
                .route("/healthz", web::get().to(|| ready(health::alive())))
                .route("/readyz", web::get().to(readiness))
        });
        let server = server
            .workers(1)
            .client_request_timeout(HEAD_DEADLINE)
            .shutdown_timeout(1)
            .disable_signals()
            .listen(listener)?;
        Ok(Self::running(server.addrs(), server.run()))
    }

    fn running(addresses: Vec<SocketAddr>, running: actix_web::dev::Server) -> Self {
        Self {
            addresses,
            handle: running.handle(),
            running: RunningServer(running),
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Stops it from elsewhere: `handle.stop(true)` lets open requests finish.
    #[must_use]
    pub fn handle(&self) -> actix_web::dev::ServerHandle {
        self.handle.clone()
    }

    /// Serves until it is stopped.
    ///
    /// # Errors
    /// If the server cannot go on.
    pub async fn run(self) -> io::Result<()> {
        self.running.0.await
    }
}

/// Everything that is counted, as Prometheus reads it.
fn figures(registry: &Registry) -> HttpResponse {
    let mut text = String::new();
    match encode(&mut text, registry) {
        Ok(()) => HttpResponse::Ok().content_type(FIGURES).body(text),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// The span of a request names its route, never its address: tokens and addresses of people stand
/// in paths and queries (V-35).
#[derive(Debug)]
struct RouteSpan;

impl RootSpanBuilder for RouteSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        tracing::info_span!(
            "request",
            method = %request.method(),
            route = request.match_pattern().as_deref().unwrap_or("none"),
            status = tracing::field::Empty,
        )
    }

    fn on_request_end<B: MessageBody>(
        span: Span,
        outcome: &Result<ServiceResponse<B>, actix_web::Error>,
    ) {
        if let Ok(response) = outcome {
            span.record("status", response.status().as_u16());
        }
    }
}
