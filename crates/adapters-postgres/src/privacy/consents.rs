//! Records of consent, and what a tenant demands of them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::{ConsentId, LeadId, TenantId};
use domain::privacy::{Consent, ConsentHow, ConsentStore, PrivacySettings};
use domain::store::{StoreError, StoreResult};
use uuid::Uuid;

use super::said::{said_by, user_of};
use crate::PgStore;
use crate::schema::{consents, leads, privacy_settings};

#[derive(Queryable, Selectable)]
#[diesel(table_name = consents, check_for_backend(diesel::pg::Pg))]
struct ConsentRow {
    id: Uuid,
    lead_id: Uuid,
    given_at: DateTime<Utc>,
    how: String,
    source: String,
    shown_text: Option<String>,
    network: Option<String>,
    recorded_by: String,
    user_id: Option<Uuid>,
    confirmed_at: Option<DateTime<Utc>>,
}

impl TryFrom<ConsentRow> for Consent {
    type Error = StoreError;

    fn try_from(row: ConsentRow) -> Result<Self, Self::Error> {
        let how = ConsentHow::parse(&row.how)
            .ok_or_else(|| StoreError::unexpected(format!("unknown consent '{}'", row.how)))?;
        Ok(Self {
            id: ConsentId::from_uuid(row.id),
            lead: LeadId::from_uuid(row.lead_id),
            given_at: row.given_at,
            how,
            source: row.source,
            shown_text: row.shown_text,
            network: row.network,
            recorded_by: said_by(&row.recorded_by, row.user_id)?,
            confirmed_at: row.confirmed_at,
        })
    }
}

/// Adds one, unless it is there. The lead must exist.
pub(super) fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    consent: &Consent,
) -> QueryResult<()> {
    diesel::insert_into(consents::table)
        .values((
            consents::tenant_id.eq(tenant.uuid()),
            consents::lead_id.eq(consent.lead.uuid()),
            consents::id.eq(consent.id.uuid()),
            consents::given_at.eq(consent.given_at),
            consents::how.eq(consent.how.as_str()),
            consents::source.eq(&consent.source),
            consents::shown_text.eq(&consent.shown_text),
            consents::network.eq(&consent.network),
            consents::recorded_by.eq(consent.recorded_by.as_str()),
            consents::user_id.eq(user_of(consent.recorded_by)),
            consents::confirmed_at.eq(consent.confirmed_at),
        ))
        .on_conflict_do_nothing()
        .execute(connection)
        .map(drop)
}

/// Whether the lead is there; it stays until the transaction ends.
pub(super) fn keep_lead(
    connection: &mut PgConnection,
    tenant: TenantId,
    lead: LeadId,
) -> QueryResult<bool> {
    let found = leads::table
        .find((tenant.uuid(), lead.uuid()))
        .select(leads::id)
        .for_key_share()
        .first::<Uuid>(connection)
        .optional()?;
    Ok(found.is_some())
}

impl ConsentStore for PgStore {
    fn consents(&self, tenant: TenantId, lead: LeadId) -> StoreResult<Vec<Consent>> {
        self.in_tenant(tenant, |connection| {
            let rows: Vec<ConsentRow> = consents::table
                .filter(consents::tenant_id.eq(tenant.uuid()))
                .filter(consents::lead_id.eq(lead.uuid()))
                .order((consents::given_at.desc(), consents::id.desc()))
                .select(ConsentRow::as_select())
                .load(connection)?;
            let found: StoreResult<Vec<_>> = rows.into_iter().map(Consent::try_from).collect();
            Ok(found?)
        })
    }

    fn record_consent(&self, tenant: TenantId, consent: &Consent) -> StoreResult<bool> {
        self.in_tenant(tenant, |connection| {
            if !keep_lead(connection, tenant, consent.lead)? {
                return Ok(false);
            }
            insert(connection, tenant, consent)?;
            Ok(true)
        })
    }

    fn privacy_settings(&self, tenant: TenantId) -> StoreResult<PrivacySettings> {
        self.in_tenant(tenant, |connection| {
            let found: Option<(bool, bool)> = privacy_settings::table
                .find(tenant.uuid())
                .select((
                    privacy_settings::consent_required,
                    privacy_settings::double_opt_in,
                ))
                .first(connection)
                .optional()?;
            let settings = |(consent_required, double_opt_in)| PrivacySettings {
                consent_required,
                double_opt_in,
            };
            Ok(found.map(settings).unwrap_or_default())
        })
    }

    fn demand(
        &self,
        tenant: TenantId,
        settings: PrivacySettings,
        now: DateTime<Utc>,
    ) -> StoreResult<()> {
        let values = (
            privacy_settings::consent_required.eq(settings.consent_required),
            privacy_settings::double_opt_in.eq(settings.double_opt_in),
            privacy_settings::updated_at.eq(now),
        );
        self.in_tenant(tenant, |connection| {
            diesel::insert_into(privacy_settings::table)
                .values((privacy_settings::tenant_id.eq(tenant.uuid()), values))
                .on_conflict(privacy_settings::tenant_id)
                .do_update()
                .set(values)
                .execute(connection)?;
            Ok(())
        })
    }
}
