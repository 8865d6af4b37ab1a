//! Filling the demo, through the product's own ports.
//!
//! Every step may be repeated: ids and times are derived from what is written, so that a fill that
//! was cut short is simply done again and adds what is missing.

use adapters_http::Argon2idHasher;
use adapters_postgres::PgStore;
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use domain::content::{Manuscript, Template, TemplateStore};
use domain::delivery::DeliverySettings;
use domain::ids::{ApiTokenId, LeadId, TenantId};
use domain::keys::KeyRing;
use domain::leads::{
    AttributeDefinition, AttributeKind, EmailAddress, LeadDraft, LeadListing, LeadStore, Upserted,
};
use domain::scoring::{self, ScoringRules, preset};
use domain::store::StoreError;
use domain::tenancy::{
    Actor, ApiToken, ApiTokenStore, AuditAction, AuditEntry, AuditTarget, Installation, Locale,
    NewApiToken, Scope, SetUp, SetUpError, TenantStore, UserDesk, UserDraft, UserError,
    create_user, random_256, set_up,
};
use domain::tracking::{Engagement, EngagementLog, Origin};

use super::behaviour::{self, Received, Stage};
use super::content;
use super::past::Past;
use super::people::{self, Person};
use super::state::State;
use super::{campaign, moving, sending};

/// Leads or engagements in one transaction.
const BATCH: usize = 500;
/// How far back the demo's history goes.
pub(super) const DAYS_OF_HISTORY: u32 = 31;
const TOKEN_NAME: &str = "デモ";

/// What filling works with.
pub(super) struct Fill<'a> {
    /// A store whose commits need not wait: all of this can be written again.
    pub(super) store: &'a PgStore,
    pub(super) keys: &'a KeyRing,
    pub(super) past: &'a Past,
    pub(super) state: &'a State,
    pub(super) site: &'a Origin,
    /// What the demo's clock shows.
    pub(super) now: DateTime<Utc>,
    /// Tells a person how far it is.
    pub(super) say: fn(&str),
}

impl Fill<'_> {
    /// Fills the demo and returns its tenant.
    pub(super) fn run(&self) -> anyhow::Result<TenantId> {
        let tenant = self.organisation()?;
        self.colleagues(tenant)?;
        self.token(tenant)?;
        moving::register_site(self.store, tenant, self.site, self.now)?;
        self.letters(tenant)?;
        let leads = self.state.leads;
        (self.say)(&format!(
            "リード {leads} 件を登録しています… / adding {leads} leads"
        ));
        let people = self.leads(tenant)?;
        (self.say)("先月の一斉配信とシナリオを再現しています… / sending the mails of last month");
        let mut received = sending::send_past_broadcasts(self, tenant)?;
        campaign::lead_through(self, tenant, &people, &mut received)?;
        (self.say)("30日分の行動を記録しています… / recording 30 days of visits");
        self.behaviour(tenant, &people, &received)?;
        sending::start_live_broadcast(self, tenant)?;
        Ok(tenant)
    }

    fn organisation(&self) -> anyhow::Result<TenantId> {
        let (name, address) = content::ADMINISTRATOR;
        let made = set_up(
            &SetUp {
                tenants: self.store,
                hasher: &Argon2idHasher::new(),
                digest: &|value| self.keys.lookup_hash(value),
                random: &random_256,
            },
            &Installation {
                organisation: content::ORGANISATION,
                time_zone: chrono_tz::Asia::Tokyo,
                locale: Locale::Ja,
                administrator: name,
                address: &EmailAddress::parse(address)?,
                password: &self.state.password,
            },
            self.now,
        );
        match made {
            Ok(new) => {
                let now = self.now;
                self.store
                    .apply_preset(new.tenant.id, &preset::TEMPERATURE, now)?;
                self.store
                    .save_sender_profile(new.tenant.id, &content::sender_profile(now))?;
                Ok(new.tenant.id)
            }
            Err(SetUpError::AlreadySetUp) => tenant(self.store),
            Err(other) => Err(other.into()),
        }
    }

    fn colleagues(&self, tenant: TenantId) -> anyhow::Result<()> {
        let desk = UserDesk {
            users: self.store,
            hasher: &Argon2idHasher::new(),
            digest: &|value| self.keys.lookup_hash(value),
        };
        for colleague in content::COLLEAGUES {
            let draft = UserDraft {
                email: &EmailAddress::parse(colleague.email)?,
                name: colleague.name,
                role: colleague.role,
                locale: None,
                password: &self.state.password,
            };
            match create_user(&desk, tenant, &draft, Actor::system("demo"), self.now) {
                Ok(_) | Err(UserError::AddressTaken) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Ok(())
    }

    fn token(&self, tenant: TenantId) -> anyhow::Result<()> {
        let tokens = ApiTokenStore::list(self.store, tenant)?;
        if tokens.iter().any(|token| token.name == TOKEN_NAME) {
            return Ok(());
        }
        let now = self.now;
        let token = ApiToken {
            id: ApiTokenId::new(),
            name: TOKEN_NAME.to_owned(),
            scopes: Scope::ALL.to_vec(),
            created_by: None,
            created_at: now,
            last_used_at: None,
            expires_at: None,
            revoked_at: None,
        };
        let audit = AuditEntry::new(
            Actor::system("demo"),
            AuditAction::API_TOKEN_CREATED,
            AuditTarget::one("api_token", token.id),
            now,
        );
        let (token, _text) = NewApiToken::issue(tenant, token, self.state.token()?);
        Ok(ApiTokenStore::create(self.store, tenant, &token, &audit)?)
    }

    fn letters(&self, tenant: TenantId) -> anyhow::Result<()> {
        for letter in content::LETTERS {
            let source = letter.source(self.site);
            let template = Template {
                id: letter.id(tenant),
                name: letter.name.to_owned(),
                manuscript: Manuscript::of_html(source.html.as_str()),
                source,
                created_at: self.state.filled_at,
                updated_at: self.state.filled_at,
                updated_by: None,
            };
            unless_there(TemplateStore::create(self.store, tenant, &template))?;
        }
        Ok(())
    }

    fn leads(&self, tenant: TenantId) -> anyhow::Result<Vec<(LeadId, Person)>> {
        let course = AttributeDefinition {
            key: people::COURSE.to_owned(),
            label: "希望学科".to_owned(),
            kind: AttributeKind::Text,
            created_at: self.state.filled_at,
        };
        self.store.define_attributes(tenant, &[course])?;
        let (count, now) = (self.state.leads, self.state.filled_at);
        let people: Vec<Person> = (0..count)
            .map(|number| people::person(number, now))
            .collect();
        let mut known = Vec::with_capacity(count);
        for (number, batch) in people.chunks(BATCH).enumerate() {
            let drafts: Vec<LeadDraft> = batch.iter().map(|person| person.draft.clone()).collect();
            let since = people::known_since(number * BATCH, count, now);
            let upserted = self.store.upsert_many(tenant, &drafts, since)?;
            let id = |upserted: &Upserted| match *upserted {
                Upserted::Created(id) | Upserted::Updated(id) => id,
            };
            known.extend(upserted.iter().map(id).zip(batch.iter().cloned()));
        }
        Ok(known)
    }

    fn behaviour(
        &self,
        tenant: TenantId,
        people: &[(LeadId, Person)],
        received: &sending::ReceivedMails,
    ) -> anyhow::Result<()> {
        let stage = Stage {
            tenant,
            site: self.site,
            now: self.state.filled_at,
        };
        let none: Vec<Received> = Vec::new();
        let mut happened: Vec<Engagement> = people
            .iter()
            .flat_map(|(lead, person)| {
                let mails = received.get(lead).unwrap_or(&none);
                behaviour::of_person(stage, *lead, person, mails)
            })
            .collect();
        let strangers = self.state.leads / 12;
        happened.extend((0..strangers).flat_map(|number| behaviour::of_stranger(stage, number)));
        for batch in behaviour::batches(happened, BATCH) {
            self.store.append(&batch, &|policy, lead, new| {
                scoring::decide(policy, lead, new)
            })?;
        }
        Ok(())
    }
}

/// The one tenant of the demo.
pub(super) fn tenant(store: &dyn TenantStore) -> anyhow::Result<TenantId> {
    let tenants = store.list()?;
    let first = tenants.first().context("the demo has no organisation")?;
    Ok(first.id)
}

pub(super) fn unless_there(made: Result<(), StoreError>) -> Result<(), StoreError> {
    match made {
        Err(StoreError::Duplicate(_)) => Ok(()),
        made => made,
    }
}
