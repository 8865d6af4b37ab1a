//! Whether mail arrives (到達率・認証): what the sending domain publishes, the rates that mailbox
//! providers judge by, and how each receiving domain treats the mail. (B72)

mod alarms;
mod checks;
mod domains;
mod memory;
mod rates;

use std::sync::Arc;

use actix_web::HttpRequest;
use domain::analytics::{DeliveryCounts, Period};
use domain::delivery::authentication::{Authentication, SendingSetup, examine};
use domain::delivery::{ProviderKind, RaisedAlarm, SenderProfile};
use domain::tenancy::Permission;

pub(super) use self::domains::{download, table};
pub(crate) use self::memory::DeliverabilityMemory;
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::pages::{Frame, Nav, Page, redirect};
use crate::security::SignedIn;
use crate::security::client_ip::client_ip;
use crate::state::{AppState, State};

pub(super) const PATH: &str = "/ui/settings/deliverability";
pub(super) const TABLE: &str = "/ui/settings/deliverability/domains";
pub(super) const FILE: &str = "/ui/settings/deliverability/domains.csv";
/// The periods whose rates are shown, in days.
const PERIODS: [u32; 2] = [7, 30];

/// Everything the page shows but the domains, which are asked for by themselves.
struct Found {
    profile: SenderProfile,
    provider: ProviderKind,
    /// `None` without a sending address.
    authentication: Option<Arc<Authentication>>,
    counts: [(u32, DeliveryCounts); 2],
    alarms: Vec<RaisedAlarm>,
}

pub(super) async fn show(request: HttpRequest, me: SignedIn, state: State) -> PageResult {
    let (for_work, person) = (state.clone(), me.clone());
    let found = blocking(move || Found::look(&for_work, &person, Asked::Now)).await?;
    page(&request, &me, &found).render()
}

/// Looks the domain up again, for whoever has just published a record.
pub(super) async fn recheck(request: HttpRequest, me: SignedIn, state: State) -> PageResult {
    let caller = client_ip(&request, &state.address.trusted_proxies);
    state.dns_throttle.check(caller)?;
    let (for_work, person) = (state.clone(), me.clone());
    let found = blocking(move || Found::look(&for_work, &person, Asked::Again)).await?;
    if Frame::of(&request).is_htmx() {
        page(&request, &me, &found).render_block("checks")
    } else {
        Ok(redirect(PATH, None))
    }
}

/// Whether what is remembered will do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Now,
    Again,
}

impl Found {
    fn look(state: &AppState, me: &SignedIn, asked: Asked) -> Result<Self, Failure> {
        let (tenant, ports) = (me.tenant_id(), &state.ports);
        let profile = ports.delivery_settings.sender_profile(tenant)?;
        let provider = ports.delivery_settings.provider(tenant)?.provider;
        let today = me.as_of().today;
        let [week, month] = PERIODS;
        let counts = |days| {
            ports
                .deliverability
                .delivery(tenant, Period::last_days(days, today))
        };
        let counts = [(week, counts(week)?), (month, counts(month)?)];
        let setup = SendingSetup::of(&profile, &provider, &state.keys);
        let authentication = setup.map(|setup| {
            if asked == Asked::Again {
                state.deliverability.forget(tenant, &setup);
            }
            let look = |setup: &SendingSetup| examine(setup, &*ports.dns, me.now());
            state.deliverability.authentication(tenant, setup, look)
        });
        Ok(Self {
            provider: provider.kind(),
            profile,
            authentication,
            counts,
            alarms: ports.watch.raised(tenant)?,
        })
    }
}

fn page(request: &HttpRequest, me: &SignedIn, found: &Found) -> Page {
    let page = Page::of(request, "delivery/deliverability.html");
    let locale = page.locale();
    let authentication = found.authentication.as_deref();
    let checks = authentication.map(|found| checks::cards(found, locale));
    let rates: Vec<rates::Rates> = found
        .counts
        .iter()
        .map(|(days, counts)| rates::Rates::of(*days, counts))
        .collect();
    page.title("delivery-dns")
        .nav(Nav::Settings)
        .with("domain", &authentication.map(|found| found.domain.as_str()))
        .with("checked_at", &authentication.map(|found| found.checked_at))
        .with("checks", &checks.unwrap_or_default())
        .with("can_recheck", &me.can(Permission::ManageSettings))
        .with("law", &checks::law(&found.profile))
        .with("alarms", &alarms::rows(&found.alarms))
        .with("rates", &rates)
        .with("is_reported", &(found.provider == ProviderKind::SendGrid))
}
