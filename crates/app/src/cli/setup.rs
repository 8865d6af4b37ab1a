//! `ondo setup`

use std::io::{self, BufRead as _, IsTerminal as _};

use adapters_http::Argon2idHasher;
use anyhow::{Context as _, bail};
use chrono::Utc;
use chrono_tz::Tz;
use clap::Args;
use domain::leads::EmailAddress;
use domain::scoring::ScoringRules as _;
use domain::scoring::preset::TEMPERATURE;
use domain::tenancy::{Installation, Locale, SetUp, random_256, set_up};
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::{Config, Variables};
use crate::database::Database;
use crate::keys_file;
use crate::running::known_url;
use crate::terminal::{remark, say};

/// The password comes from `ONDO_SETUP_PASSWORD`, or from the first line of standard input.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The name of the organisation
    #[arg(long)]
    organisation: String,
    /// The administrator's name
    #[arg(long)]
    name: String,
    /// The administrator's e-mail address
    #[arg(long, value_parser = email)]
    email: EmailAddress,
    /// Where the organisation's days begin and end
    #[arg(long, default_value = "Asia/Tokyo")]
    time_zone: Tz,
    /// The organisation's language: ja or en
    #[arg(long, default_value = "ja", value_parser = locale)]
    locale: Locale,
}

fn email(text: &str) -> Result<EmailAddress, String> {
    EmailAddress::parse(text).map_err(|error| error.to_string())
}

fn locale(text: &str) -> Result<Locale, String> {
    Locale::parse(text).ok_or_else(|| "it is ja or en".to_owned())
}

pub(super) fn run(
    config: &Config,
    arguments: &Arguments,
    variables: &Variables,
) -> anyhow::Result<()> {
    let keys = keys_file::load_or_create(&config.keys_file)?;
    let password = password(variables)?;
    let database = Database::open(config)?;
    database.migrate()?;
    let store = database.requests(config)?;
    let new = set_up(
        &SetUp {
            tenants: &store,
            hasher: &Argon2idHasher::new(),
            digest: &|value| keys.lookup_hash(value),
            random: &random_256,
        },
        &Installation {
            organisation: &arguments.organisation,
            time_zone: arguments.time_zone,
            locale: arguments.locale,
            administrator: &arguments.name,
            address: &arguments.email,
            password: password.expose_secret(),
        },
        Utc::now(),
    )?;
    store.apply_preset(new.tenant.id, &TEMPERATURE, Utc::now())?;
    say(format_args!("organisation  {}", new.tenant.id));
    say(format_args!("administrator {}", arguments.email));
    let url = known_url(config)?;
    say(format_args!("sign in at    {url} (once `ondo serve` runs)"));
    Ok(())
}

fn password(variables: &Variables) -> anyhow::Result<SecretString> {
    if let Some(password) = variables.setup_password() {
        return Ok(password);
    }
    let stdin = io::stdin();
    if stdin.is_terminal() {
        remark("Password of the administrator (it shows while you type):");
    }
    let line = stdin.lock().lines().next();
    let line = line.transpose().context("standard input cannot be read")?;
    match line.map(SecretString::from) {
        Some(password) if !password.expose_secret().is_empty() => Ok(password),
        Some(_) | None => bail!("give the password in ONDO_SETUP_PASSWORD or on standard input"),
    }
}
