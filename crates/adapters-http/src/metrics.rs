//! What operators see of the web side.

use std::time::Duration;

use actix_web::http::StatusCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Upper bounds of the histogram. Seconds.
const BOUNDS: [f64; 10] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.15, 0.5, 2.0, 10.0,
];

/// A route and what came of it. Routes, never addresses: tokens stand in paths (V-35).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: &'static str,
    status: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRoute {
    route: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfEndpoint {
    endpoint: &'static str,
}

/// An endpoint with a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limited {
    /// `/t/c`: the visitor goes on, nothing is recorded.
    Click,
    /// `/t/o`: the picture is shown, nothing is recorded.
    Open,
    /// `/t/pv`: refused.
    PageView,
    /// The JSON interface: refused.
    Api,
}

/// The counters; all clones count together.
#[derive(Clone, Debug)]
pub struct HttpMetrics {
    requests: Family<Answered, Counter>,
    seconds: Family<OfRoute, Histogram, fn() -> Histogram>,
    limited: Family<OfEndpoint, Counter>,
}

impl HttpMetrics {
    /// New counters, named in `registry`: `ondo_http_requests_total`, `ondo_http_request_seconds`,
    /// `ondo_rate_limited_total`.
    #[must_use]
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
            limited: Family::default(),
        };
        registry.register(
            "ondo_http_requests",
            "Requests by route and class of the answer",
            metrics.requests.clone(),
        );
        registry.register(
            "ondo_http_request_seconds",
            "Seconds until the answer began",
            metrics.seconds.clone(),
        );
        registry.register(
            "ondo_rate_limited",
            "Requests beyond a limit: refused, or answered and not recorded",
            metrics.limited.clone(),
        );
        metrics
    }

    pub(crate) fn answered(
        &self,
        method: &'static str,
        route: &'static str,
        status: StatusCode,
        after: Duration,
    ) {
        let status = class(status);
        let answered = Answered {
            method,
            route,
            status,
        };
        self.requests.get_or_create(&answered).inc();
        self.seconds
            .get_or_create(&OfRoute { route })
            .observe(after.as_secs_f64());
    }

    pub(crate) fn limited(&self, endpoint: Limited) {
        let endpoint = match endpoint {
            Limited::Click => "click",
            Limited::Open => "open",
            Limited::PageView => "page_view",
            Limited::Api => "api",
        };
        self.limited.get_or_create(&OfEndpoint { endpoint }).inc();
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}
