//! The demo: a school with its leads, a month of its life, its web site and a local mailbox, all
//! in one process and without any outside service.
//!
//! The first start fills the data folder, through the product's own ports; later ones keep what is
//! there. What a program needs to use it stands in `demo.json` in the data folder.

mod behaviour;
mod campaign;
mod clock;
mod content;
mod fill;
mod invitation;
mod moving;
mod names;
mod past;
mod people;
mod random;
mod reset;
mod sending;
mod site;
mod site_server;
mod state;

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use domain::delivery::DeliverySettings as _;
use domain::ids::TenantId;
use domain::tenancy::{ApiTokenText, TenantStore as _};
use domain::tracking::Origin;
use url::Url;

use crate::config::{Config, Role};
use crate::installation::Installation;
use crate::jobs;
use crate::running::{Doors, Running, Signals, listen};
use crate::terminal::remark;
pub(crate) use clock::{DemoClock, time_machine};
use fill::Fill;
use past::Past;
use site::Site;
use site_server::SiteServer;
pub use state::Card;
use state::State;

/// How many leads a demo has unless somebody says otherwise.
const LEADS: usize = 5_000;

/// What demo to show.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// Where the sample site listens; 0 takes a free port.
    pub site_port: u16,
    /// How many leads a demo has that is filled now; none: 5,000.
    pub leads: Option<usize>,
    /// Throw away what is there.
    pub fresh: bool,
}

/// The demo, until it is stopped or dropped.
#[derive(Debug)]
pub struct Demo {
    card: Card,
    card_file: PathBuf,
    // In the order in which they end.
    site: SiteServer,
    running: Running,
}

impl Demo {
    /// Fills the data folder where that is still to be done, and serves.
    ///
    /// # Errors
    /// When a port is taken, the data folder holds something else than a demo, or anything that a
    /// start of the product needs is missing.
    pub fn start(mut config: Config, order: Order) -> anyhow::Result<Self> {
        config.mail.dev_mailbox = true;
        config.role = Role::All;
        let doors = Doors::open(&config)?;
        let site_door = SiteDoor::open(&config, &doors.url, order.site_port)?;
        if order.fresh {
            reset::throw_away(&config)?;
        }
        let clock = Arc::new(DemoClock::open(&config.data_dir)?);
        let installation = Installation::open_demo(config, clock)?;
        installation.database.migrate()?;
        let now = (installation.clock)();
        (installation.database).make_partitions_since(now, fill::DAYS_OF_HISTORY)?;
        let state = filled(
            &installation,
            &doors.url,
            &site_door.origin,
            order.leads,
            now,
        )?;
        let tenant = fill::tenant(&installation.requests)?;
        let key = move_in(&installation, tenant, state.clone(), &site_door.origin, now)?;
        let card = card(&state, tenant, &doors.url, &site_door.url)?;
        let card_file = card.write(&installation.config.data_dir)?;
        let site = Site::new(&doors.url, key.as_str())?;
        Ok(Self {
            running: Running::open(installation, doors)?,
            site: SiteServer::start(site, site_door.listener)?,
            card,
            card_file,
        })
    }

    /// What a newcomer, or a program, needs to know.
    #[must_use]
    pub const fn card(&self) -> &Card {
        &self.card
    }

    /// The product.
    #[must_use]
    pub const fn running(&self) -> &Running {
        &self.running
    }

    /// What to print for a newcomer.
    #[must_use]
    pub fn invitation(&self) -> String {
        invitation::text(&self.card, &self.card_file)
    }

    /// Runs until SIGINT or SIGTERM; then stops in good order.
    ///
    /// # Errors
    /// Why it could not go on.
    pub fn until_signal(self) -> anyhow::Result<()> {
        let Self { site, running, .. } = self;
        let ended = running.until_signal(Signals::catch()?);
        drop(site);
        ended
    }

    /// Stops everything. The same as dropping the value.
    pub fn stop(self) {}
}

/// Where visitors of the sample site come in.
struct SiteDoor {
    listener: TcpListener,
    url: Url,
    origin: Origin,
}

impl SiteDoor {
    fn open(config: &Config, product: &Url, port: u16) -> anyhow::Result<Self> {
        let address = SocketAddr::new(config.http.address, port);
        let listener = listen(address, "--site-port")?;
        let port = listener.local_addr()?.port();
        let host = product
            .host_str()
            .context("the public address has no host")?;
        let url = Url::parse(&format!("http://{host}:{port}"))?;
        let origin = Origin::parse_address(url.as_str())?;
        Ok(Self {
            listener,
            url,
            origin,
        })
    }
}

/// The state of a demo that is complete: filled now, if it was not.
fn filled(
    installation: &Installation,
    product: &Url,
    site: &Origin,
    leads: Option<usize>,
    now: DateTime<Utc>,
) -> anyhow::Result<State> {
    let data_dir = &installation.config.data_dir;
    let mut state = match State::read(data_dir)? {
        Some(state) if state.complete => {
            if leads.is_some_and(|leads| leads != state.leads) {
                remark(format_args!(
                    "The demo is there already, with {} leads; --fresh makes a new one.",
                    state.leads
                ));
            }
            return Ok(state);
        }
        Some(unfinished) => unfinished,
        None if installation.requests.is_set_up()? => bail!(
            "the database is in use by another installation; the demo needs one of its own: \
             choose another --data-dir, or unset database_url"
        ),
        None => State::fresh(leads.unwrap_or(LEADS), site.as_str(), now),
    };
    state.tries += 1;
    state.write(data_dir)?;
    let hasty = installation.database.hasty(&installation.config)?;
    let tenant = Fill {
        store: &hasty,
        keys: &installation.keys,
        past: &Past::new(jobs::ports(installation, &hasty, product)),
        state: &state,
        // Where the letters of an earlier try lead to.
        site: &Origin::parse_address(&state.site_url)?,
        now,
        say: |words| remark(words),
    }
    .run()?;
    // A commit that waits for the disk, and with it for all those before.
    let profile = content::sender_profile(now);
    installation
        .requests
        .save_sender_profile(tenant, &profile)?;
    state.complete = true;
    state.write(data_dir)?;
    Ok(state)
}

/// Registers the sample site where it is now, and lets the school's letters lead there.
fn move_in(
    installation: &Installation,
    tenant: TenantId,
    mut state: State,
    site: &Origin,
    now: DateTime<Utc>,
) -> anyhow::Result<domain::tracking::SiteKey> {
    let store = &installation.requests;
    let key = moving::register_site(store, tenant, site, now)?;
    if state.site_url != site.as_str() {
        let before = Origin::parse_address(&state.site_url)?;
        moving::readdress_letters(store, tenant, (&before, site), now)?;
        campaign::renew(store, tenant, now)?;
        state.site_url = site.as_str().to_owned();
        state.write(&installation.config.data_dir)?;
    }
    Ok(key)
}

fn card(state: &State, tenant: TenantId, product: &Url, site: &Url) -> anyhow::Result<Card> {
    let plain = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
    Ok(Card {
        url: plain(product),
        site_url: plain(site),
        mailbox_url: plain(&product.join("dev/mailbox")?),
        email: content::ADMINISTRATOR.1.to_owned(),
        password: state.password.clone(),
        api_token: ApiTokenText::new(tenant, state.token()?).reveal(),
        tenant_id: tenant.to_string(),
    })
}
