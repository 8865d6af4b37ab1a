//! Everything an installation consists of, before anything of it runs.

use std::sync::Arc;

use adapters_dns::Resolver;
use adapters_files::UploadFolder;
use adapters_postgres::PgStore;
use adapters_sendgrid::SendGridClient;
use adapters_smtp::Outbox;
use domain::delivery::Mailers;
use domain::delivery::authentication::DnsLookup;
use domain::keys::KeyRing;

use crate::config::Config;
use crate::database::Database;
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
}

impl Installation {
    /// Reads or makes the keys, opens the data folder and starts the private database. The
    /// operator's database is not looked for yet.
    ///
    /// # Errors
    /// Whatever stands in the way, with what to do about it.
    pub fn open(config: Config) -> anyhow::Result<Self> {
        // Another part of the program may have chosen already; the choice is the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let sendgrid = SendGridClient::new(config.mail.sendgrid_url.as_str(), config.mail.timeout)?;
        let database = Database::open(&config)?;
        let keys = keys_file::load_or_create(&config.keys_file)?;
        let uploads = UploadFolder::new(config.uploads())?;
        let outbox = Outbox::new(config.outbox());
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
            config: Arc::new(config),
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
