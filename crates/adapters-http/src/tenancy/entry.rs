//! What sign-in and first run share: an attempt, and the cookies of whoever comes in.

use std::net::IpAddr;

use actix_web::cookie::time::Duration;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use domain::tenancy::{SignIn, SignInAttempt, SignInError, SignedIn, random_256, sign_in};

use crate::pages::redirect;
use crate::security::client_ip::{client_ip, network_of};
use crate::security::cookies::{DEVICE, SESSION, VISIT};
use crate::security::next_path::after_sign_in;
use crate::state::{AppState, State};

/// The longest that a session can last; the server ends it earlier when it is idle.
const SESSION_LASTS: Duration = Duration::days(7);
/// How long a browser is known as one in which somebody signed in.
const DEVICE_LASTS: Duration = Duration::days(365);

/// The browser that tries to come in.
pub(super) struct Browser {
    pub(super) ip: IpAddr,
    user_agent: Option<String>,
    device: Option<String>,
}

impl Browser {
    pub(super) fn of(request: &HttpRequest, state: &State) -> Self {
        let user_agent = request.headers().get(header::USER_AGENT);
        Self {
            ip: client_ip(request, &state.address.trusted_proxies),
            user_agent: user_agent.and_then(|it| it.to_str().ok()).map(shortened),
            device: DEVICE.read(request, state.address.is_https()),
        }
    }

    /// Tries to sign in. Slow on purpose: take a turn of the hasher first and block.
    pub(super) fn sign_in(
        &self,
        state: &AppState,
        address: &str,
        password: &str,
    ) -> Result<SignedIn, SignInError> {
        let with = SignIn {
            users: &*state.ports.users,
            sessions: &*state.ports.sessions,
            failures: &*state.ports.sign_in_failures,
            hasher: &state.passwords,
            digest: &|input| state.keys.lookup_hash(input),
            random: &random_256,
        };
        let attempt = SignInAttempt {
            address,
            password,
            network: &network_of(self.ip),
            user_agent: self.user_agent.as_deref(),
            device: self.device.as_deref(),
        };
        sign_in(&with, &attempt, state.now())
    }
}

fn shortened(user_agent: &str) -> String {
    user_agent.chars().take(300).collect()
}

/// Lets somebody in: a session that did not exist before, whatever cookies the browser had.
pub(super) fn enter(state: &State, signed_in: &SignedIn, next: Option<&str>) -> HttpResponse {
    let is_https = state.address.is_https();
    let session = signed_in.secret.cookie_value();
    let device = signed_in.device.clone();
    let cookies = [
        SESSION.with(session, is_https, Some(SESSION_LASTS)),
        DEVICE.with(device, is_https, Some(DEVICE_LASTS)),
        VISIT.removal(is_https),
    ];
    let mut answer = redirect(&after_sign_in(next), None);
    for cookie in &cookies {
        if let Err(error) = answer.add_cookie(cookie) {
            tracing::error!(%error, "a cookie of ours cannot be sent");
        }
    }
    answer
}
