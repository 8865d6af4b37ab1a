//! Everything an installation consists of, before anything of it runs.

use std::sync::Arc;

use adapters_dns::Resolver;
use adapters_files::UploadFolder;
use adapters_http::Clock;
use adapters_notify::WebhookClient;
use adapters_postgres::PgStore;
use adapters_sendgrid::SendGridClient;
use adapters_smtp::Outbox;
use chrono::Utc;
use domain::delivery::Mailers;
use domain::delivery::authentication::DnsLookup;
use domain::keys::KeyRing;
use domain::notifications::Webhooks;

use crate::config::Config;
use crate::database::Database;
use crate::demo::DemoClock;
use crate::keys_file;
use crate::mailers::SettledMailers;

/// Settings, keys, stores and clients.
///
/// It holds the blocking HTTP client, which must neither be made nor dropped inside an asynchronous
/// runtime: keep one clone outside of every runtime until they have ended.
#[derive(Clone)]
pub struct Installation {
    /// The settings.
    pub config: Arc<Config>,
    /// What every part of it takes for the time.
    pub clock: Arc<Clock>,
    /// The same clock where it can be put forward.
    pub(crate) demo_clock: Option<Arc<DemoClock>>,
    /// The keys.
    pub keys: KeyRing,
    /// The database; the private server runs as long as this.
    pub database: Arc<Database>,
    /// For people's requests.
    pub requests: PgStore,
    /// For jobs.
    pub jobs: PgStore,
    /// Uploaded files.
    pub uploads: UploadFolder,
    /// Mails that stay on this machine.
    pub outbox: Outbox,
    /// Whom we ask about sending domains.
    pub dns: Arc<dyn DnsLookup>,
    /// What hands over the mail of each tenant.
    pub mailers: Arc<dyn Mailers>,
    /// What calls other programs.
    pub webhooks: Arc<dyn Webhooks>,
}

impl Installation {
    /// Reads or makes the keys, opens the data folder and starts the private database. The
    /// operator's database is not looked for yet.
    ///
    /// # Errors
    /// Whatever stands in the way, with what to do about it.
    pub fn open(config: Config) -> anyhow::Result<Self> {
        Self::assemble(config, Arc::new(Utc::now), None)
    }

    /// The same for a demo, by its own clock.
    pub(crate) fn open_demo(config: Config, clock: Arc<DemoClock>) -> anyhow::Result<Self> {
        Self::assemble(config, Arc::clone(&clock).reader(), Some(clock))
    }

    fn assemble(
        config: Config,
        clock: Arc<Clock>,
        demo_clock: Option<Arc<DemoClock>>,
    ) -> anyhow::Result<Self> {
        // Another part of the program may have chosen already; the choice is the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let sendgrid = SendGridClient::new(config.mail.sendgrid_url.as_str(), config.mail.timeout)?;
        let webhooks = WebhookClient::new(WebhookClient::DEADLINE)?;
        let database = Database::open(&config)?;
        let keys = keys_file::load_or_create(&config.keys_file)?;
        let uploads = UploadFolder::new(config.uploads())?;
        let outbox = Outbox::new(config.outbox()).with_clock(Arc::clone(&clock));
        let jobs = database.jobs(&config)?;
        let mailers = SettledMailers::new(
            Arc::new(jobs.clone()),
            keys.clone(),
            outbox.clone(),
            sendgrid,
            config.mail.timeout,
        );
        Ok(Self {
            requests: database.requests(&config)?,
            database: Arc::new(database),
            dns: Arc::new(Resolver::new(&config.mail.dns_servers)?),
            mailers: Arc::new(mailers),
            webhooks: Arc::new(webhooks),
            config: Arc::new(config),
            clock,
            demo_clock,
            keys,
            jobs,
            uploads,
            outbox,
        })
    }
}

impl std::fmt::Debug for Installation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Installation")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
