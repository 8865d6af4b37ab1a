//! What a request says of itself and of where it comes from.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::{Method, header};
use domain::tenancy::random_256;
use domain::tracking::{
    Client, MachineVerdict, RequestSigns, VisitorId, verdict_of_open, verdict_of_request,
};

use crate::state::AppState;

/// Headers in which browsers and scanners say that nobody is looking (H1).
const PURPOSES: [&str; 4] = ["sec-purpose", "purpose", "x-purpose", "x-moz"];

/// The client, as far as it is kept, and the verdict on its request by itself.
pub(super) type Signs = (Client, MachineVerdict);

/// The client of a click or a page view, as far as it is kept, and whether it shows by itself that
/// it is a machine.
pub(super) fn client_of(request: &HttpRequest, state: &AppState, address: IpAddr) -> Signs {
    judged(request, state, address, verdict_of_request)
}

/// The same of an open, to which the rules of pictures apply too.
pub(super) fn opener_of(request: &HttpRequest, state: &AppState, address: IpAddr) -> Signs {
    judged(request, state, address, verdict_of_open)
}

fn judged(
    request: &HttpRequest,
    state: &AppState,
    address: IpAddr,
    verdict: impl FnOnce(RequestSigns<'_>) -> MachineVerdict,
) -> Signs {
    let text = |name: &str| request.headers().get(name)?.to_str().ok();
    let purpose: String = PURPOSES.into_iter().filter_map(text).collect();
    // Some browsers name their telephone in letters that a header should not have.
    let user_agent = request.headers().get(header::USER_AGENT);
    let user_agent = user_agent.map(|agent| String::from_utf8_lossy(agent.as_bytes()));
    let user_agent = user_agent.as_deref();
    let client = Client::of(Some(address), user_agent, &state.networks);
    let verdict = verdict(RequestSigns {
        is_head: *request.method() == Method::HEAD,
        purpose: Some(purpose.as_str()).filter(|purpose| !purpose.is_empty()),
        user_agent,
        network: client.class,
    });
    (client, verdict)
}

/// A visitor id that nobody has yet.
pub(super) fn fresh_visitor() -> VisitorId {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&random_256()[..16]);
    VisitorId::from_random_bytes(bytes)
}
