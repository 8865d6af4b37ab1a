//! What the domain of an organisation's sender publishes.

use adapters_dns::Resolver;
use adapters_postgres::PgStore;
use chrono::Utc;
use domain::delivery::DeliverySettings;
use domain::delivery::authentication::{Finding, SendingSetup, Topic, Verdict, examine};
use domain::ids::TenantId;
use domain::keys::KeyRing;
use domain::store::StoreResult;

use super::Findings;
use crate::config::Config;
use crate::keys_file;

/// What lookups need; without keys, or without name servers, there are none.
pub(super) struct Lookups {
    resolver: Resolver,
    keys: KeyRing,
}

impl Lookups {
    pub(super) fn prepared(config: &Config, found: &mut Findings) -> Option<Self> {
        let resolver = match Resolver::new(&config.mail.dns_servers) {
            Ok(resolver) => resolver,
            Err(error) => {
                found.warn("dns", error);
                return None;
            }
        };
        // Keys that are not there, or cannot be read, have a line of their own.
        let exists = config.keys_file.exists();
        let keys = exists.then(|| keys_file::load_or_create(&config.keys_file));
        let keys = keys?.ok()?;
        Some(Self { resolver, keys })
    }

    /// A line for each topic; an organisation without a sending address has none.
    pub(super) fn of_tenant(&self, store: &PgStore, tenant: TenantId, found: &mut Findings) {
        let setup = match self.setup(store, tenant) {
            Ok(Some(setup)) => setup,
            Ok(None) => return,
            Err(error) => return found.fail("dns", error),
        };
        for finding in examine(&setup, &self.resolver, Utc::now()).findings {
            let words = words(setup.domain.as_str(), &finding);
            match finding.verdict {
                Verdict::Good => found.ok(title(finding.topic), words),
                Verdict::Warning | Verdict::Missing | Verdict::Unknown => {
                    found.warn(title(finding.topic), words);
                }
            }
        }
    }

    fn setup(&self, store: &PgStore, tenant: TenantId) -> StoreResult<Option<SendingSetup>> {
        let profile = store.sender_profile(tenant)?;
        let provider = store.provider(tenant)?.provider;
        Ok(SendingSetup::of(&profile, &provider, &self.keys))
    }
}

const fn title(topic: Topic) -> &'static str {
    match topic {
        Topic::Spf => "SPF",
        Topic::Dkim => "DKIM",
        Topic::Dmarc => "DMARC",
        Topic::ReturnPath => "return path",
        Topic::Mx => "MX",
    }
}

/// The notes, then what to publish.
fn words(domain: &str, finding: &Finding) -> String {
    let notes: Vec<String> = finding.notes.iter().map(ToString::to_string).collect();
    let mut words = domain.to_owned();
    if !notes.is_empty() {
        words = format!("{words}: {}", notes.join("; "));
    }
    for record in &finding.publish {
        let (kind, name, value) = (record.kind.as_str(), &record.name, &record.value);
        words = format!("{words}; publish {name} {kind} {value}");
    }
    words.chars().filter(|c| !c.is_control()).collect()
}
