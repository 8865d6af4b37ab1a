//! `ondo doctor`: what works and what does not, one line each.

mod authentication;
mod places;
mod sending;

use std::fmt::Display;
use std::process::ExitCode;

use adapters_postgres::PgStore;
use chrono::{DateTime, TimeDelta, Utc};
use domain::delivery::DeliverySettings;
use domain::tenancy::TenantStore;
use domain::tracking::SiteStore;

use self::authentication::Lookups;
use crate::config::{Config, Variables};
use crate::database::Database;
use crate::keys_file;
use crate::running::known_url;
use crate::terminal::say;

/// Signed webhooks and links need clocks that agree.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::seconds(30);

/// Collects what was found.
#[derive(Default)]
struct Findings {
    failed: bool,
}

impl Findings {
    fn line(&mut self, mark: &str, what: &str, words: impl Display) {
        say(format_args!("{mark:<5}{what:<15}{words}"));
    }

    fn ok(&mut self, what: &str, words: impl Display) {
        self.line("ok", what, words);
    }

    fn warn(&mut self, what: &str, words: impl Display) {
        self.line("warn", what, words);
    }

    fn fail(&mut self, what: &str, words: impl Display) {
        self.failed = true;
        self.line("fail", what, words);
    }
}

/// Exit code 1 where anything failed; warnings change nothing.
pub(super) fn run(config: &Config, variables: &Variables) -> ExitCode {
    let mut found = Findings::default();
    settings(config, variables, &mut found);
    address(config, &mut found);
    keys(config, &mut found);
    places::disk(config, &mut found);
    places::spool(config, &mut found);
    database(config, &mut found);
    if found.failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn settings(config: &Config, variables: &Variables, found: &mut Findings) {
    match &config.file {
        Some(file) => found.ok("settings", file.display()),
        None => found.ok("settings", "no ondo.toml; defaults and environment"),
    }
    for name in variables.unknown() {
        found.warn(
            "settings",
            format_args!("{name} is no setting of Ondo; is it mistyped?"),
        );
    }
    if config.mail.dev_mailbox {
        let words = "dev_mailbox is on: everybody who reaches Ondo can read its mails";
        found.warn("settings", words);
    }
}

fn address(config: &Config, found: &mut Findings) {
    let url = match known_url(config) {
        Ok(url) => url,
        Err(error) => return found.fail("address", error),
    };
    if url.scheme() == "https" && config.http.trusted_proxies.is_empty() {
        let words = "public_url is https, but trusted_proxies is empty: all visitors seem to be one \
                     client and share its limits; name the proxy in front";
        found.warn("address", words);
    }
    let is_local = config.http.address.is_loopback();
    match (config.http.public_url.is_some(), url.scheme()) {
        (true, "https") => found.ok("address", &url),
        (true, _) => found.warn(
            "address",
            format_args!("{url} is not https: passwords travel in the open"),
        ),
        (false, _) if is_local => found.warn(
            "address",
            format_args!("{url}; set public_url before the first mail"),
        ),
        (false, _) => found.fail(
            "address",
            "address is open to the network, but public_url is not set",
        ),
    }
}

fn keys(config: &Config, found: &mut Findings) {
    let file = &config.keys_file;
    if !file.exists() {
        let words = format_args!("{} will be made at the first start", file.display());
        return found.warn("keys", words);
    }
    match keys_file::load_or_create(file) {
        Ok(ring) => found.ok(
            "keys",
            format_args!("{}, {} signs", file.display(), ring.signing_id()),
        ),
        Err(error) => found.fail("keys", error),
    }
    match keys_file::is_private(file) {
        Ok(true) => {}
        Ok(false) => found.warn(
            "keys",
            format_args!("others can read {}; chmod 600 it", file.display()),
        ),
        Err(error) => found.fail("keys", error),
    }
}

fn database(config: &Config, found: &mut Findings) {
    let database = match Database::open(config) {
        Ok(database) => database,
        Err(error) => return found.fail("database", error),
    };
    let kind = if database.is_private() {
        "private PostgreSQL in the data folder"
    } else {
        "the PostgreSQL of database_url"
    };
    let state = match database.state() {
        Ok(state) => state,
        Err(error) => return found.fail("database", format_args!("{kind}: {error}")),
    };
    found.ok(
        "database",
        format_args!("{kind}, version {}", state.version),
    );
    clock(state.now, found);
    if !state.pending.is_empty() {
        let words = format_args!("{} are missing; run `ondo migrate`", state.pending.len());
        return found.fail("migrations", words);
    }
    found.ok("migrations", "up to date");
    match database.requests(config) {
        Ok(store) => {
            sending::restored(config, &store, found);
            organisations(config, &store, found);
        }
        Err(error) => found.fail("database", error),
    }
}

fn clock(database: DateTime<Utc>, found: &mut Findings) {
    let difference = (Utc::now() - database).abs();
    if difference <= CLOCK_TOLERANCE {
        found.ok("clock", "agrees with the database's");
    } else {
        let seconds = difference.num_seconds();
        let words = format_args!("{seconds} s from the database's; set up NTP on both");
        found.fail("clock", words);
    }
}

fn organisations(config: &Config, store: &PgStore, found: &mut Findings) {
    let tenants = match TenantStore::list(store) {
        Ok(tenants) => tenants,
        Err(error) => return found.fail("organisation", error),
    };
    if tenants.is_empty() {
        found.warn("organisation", "none yet; open /setup or run `ondo setup`");
    }
    let lookups = Lookups::prepared(config, found);
    for tenant in tenants {
        found.ok(
            "organisation",
            format_args!("{} {}", tenant.id, tenant.name),
        );
        match store
            .sender_profile(tenant.id)
            .map(|sender| sender.missing())
        {
            Ok(missing) if missing.is_empty() => found.ok("sender", "complete"),
            Ok(missing) => {
                let items: Vec<&str> = missing.iter().map(|item| item.as_str()).collect();
                let items = items.join(", ");
                let words = format_args!("no mail can be sent; missing: {items}");
                found.warn("sender", words);
            }
            Err(error) => found.fail("sender", error),
        }
        sending::halted(store, tenant.id, found);
        if let Some(lookups) = &lookups {
            lookups.of_tenant(store, tenant.id, found);
        }
        match store.sites(tenant.id) {
            Ok(sites) if sites.is_empty() => found.warn("site tag", "no site is registered"),
            Ok(sites) => sites.iter().for_each(|site| match site.last_received_at {
                Some(at) => found.ok("site tag", format_args!("{}: last seen {at}", site.origin)),
                None => found.warn("site tag", format_args!("{}: not seen yet", site.origin)),
            }),
            Err(error) => found.fail("site tag", error),
        }
    }
}
