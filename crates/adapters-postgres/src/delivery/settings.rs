//! Sender profiles, providers, and the rules by which a tenant sends.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::delivery::{DeliverySettings, Halt, ProviderSettings, SenderProfile, SendingPolicy};
use domain::ids::TenantId;
use domain::leads::EmailAddress;
use domain::store::{StoreError, StoreResult};

use super::stored_policy::{self, PolicyColumns, StoredPolicy};
use super::stored_provider::StoredProvider;
use crate::PgStore;
use crate::pool::TenantWorkError;
use crate::schema::{mail_providers, sender_profiles, sending_policies};

#[derive(Queryable, Selectable)]
#[diesel(table_name = sender_profiles, check_for_backend(diesel::pg::Pg))]
struct ProfileRow {
    from_name: String,
    from_address: String,
    reply_to: Option<String>,
    organisation: String,
    postal_address: String,
    contact: String,
    updated_at: DateTime<Utc>,
}

impl TryFrom<ProfileRow> for SenderProfile {
    type Error = StoreError;

    fn try_from(row: ProfileRow) -> Result<Self, Self::Error> {
        let address = |text: String| EmailAddress::parse(&text).map_err(StoreError::unexpected);
        let given = Some(row.from_address).filter(|text| !text.is_empty());
        Ok(Self {
            from_name: row.from_name,
            from_address: given.map(address).transpose()?,
            reply_to: row.reply_to.map(address).transpose()?,
            organisation: row.organisation,
            postal_address: row.postal_address,
            contact: row.contact,
            updated_at: row.updated_at,
        })
    }
}

impl DeliverySettings for PgStore {
    fn sender_profile(&self, tenant: TenantId) -> StoreResult<SenderProfile> {
        self.in_tenant(tenant, |connection| {
            let found: Option<ProfileRow> = sender_profiles::table
                .find(tenant.uuid())
                .select(ProfileRow::as_select())
                .first(connection)
                .optional()?;
            let profile = found.map(SenderProfile::try_from).transpose()?;
            Ok(profile.unwrap_or_default())
        })
    }

    fn save_sender_profile(&self, tenant: TenantId, profile: &SenderProfile) -> StoreResult<()> {
        let text = |address: &EmailAddress| address.to_string();
        let values = (
            sender_profiles::from_name.eq(&profile.from_name),
            sender_profiles::from_address.eq(profile
                .from_address
                .as_ref()
                .map(text)
                .unwrap_or_default()),
            sender_profiles::reply_to.eq(profile.reply_to.as_ref().map(text)),
            sender_profiles::organisation.eq(&profile.organisation),
            sender_profiles::postal_address.eq(&profile.postal_address),
            sender_profiles::contact.eq(&profile.contact),
            sender_profiles::updated_at.eq(profile.updated_at),
        );
        self.in_tenant(tenant, |connection| {
            diesel::insert_into(sender_profiles::table)
                .values((sender_profiles::tenant_id.eq(tenant.uuid()), values.clone()))
                .on_conflict(sender_profiles::tenant_id)
                .do_update()
                .set(values)
                .execute(connection)?;
            Ok(())
        })
    }

    fn provider(&self, tenant: TenantId) -> StoreResult<ProviderSettings> {
        self.in_tenant(tenant, |connection| {
            let found: Option<StoredProvider> = mail_providers::table
                .find(tenant.uuid())
                .select(StoredProvider::as_select())
                .first(connection)
                .optional()?;
            let settings = found.map(ProviderSettings::try_from).transpose()?;
            Ok(settings.unwrap_or_default())
        })
    }

    fn save_provider(
        &self,
        tenant: TenantId,
        settings: &ProviderSettings,
        now: DateTime<Utc>,
    ) -> StoreResult<()> {
        let stored = StoredProvider::of(settings)?;
        self.in_tenant(tenant, |connection| {
            diesel::insert_into(mail_providers::table)
                .values((
                    mail_providers::tenant_id.eq(tenant.uuid()),
                    &stored,
                    mail_providers::updated_at.eq(now),
                ))
                .on_conflict(mail_providers::tenant_id)
                .do_update()
                .set((&stored, mail_providers::updated_at.eq(now)))
                .execute(connection)?;
            Ok::<_, TenantWorkError>(())
        })
    }

    fn sending_policy(&self, tenant: TenantId) -> StoreResult<SendingPolicy> {
        self.in_tenant(tenant, |connection| {
            let found: Option<StoredPolicy> = sending_policies::table
                .find(tenant.uuid())
                .select(StoredPolicy::as_select())
                .first(connection)
                .optional()?;
            let policy = found.map(SendingPolicy::try_from).transpose()?;
            Ok(policy.unwrap_or_default())
        })
    }

    fn save_sending_policy(
        &self,
        tenant: TenantId,
        policy: &SendingPolicy,
        now: DateTime<Utc>,
    ) -> StoreResult<()> {
        let stored = PolicyColumns::of(policy)?;
        self.in_tenant(tenant, |connection| {
            diesel::insert_into(sending_policies::table)
                .values((
                    sending_policies::tenant_id.eq(tenant.uuid()),
                    &stored,
                    sending_policies::updated_at.eq(now),
                ))
                .on_conflict(sending_policies::tenant_id)
                .do_update()
                .set((&stored, sending_policies::updated_at.eq(now)))
                .execute(connection)?;
            Ok::<_, TenantWorkError>(())
        })
    }

    fn set_halt(
        &self,
        tenant: TenantId,
        halt: Option<Halt>,
        now: DateTime<Utc>,
    ) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            Ok(stored_policy::set_halt(connection, tenant, halt, now)?)
        })
    }
}
