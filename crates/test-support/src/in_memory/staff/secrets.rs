use chrono::{DateTime, Utc};
use domain::delivery::Sealed;
use domain::ids::TenantId;
use domain::notifications::{StoredSecrets, WebhookSecrets};
use domain::store::StoreResult;

use super::InMemoryStaff;

fn first(secret: &Sealed, now: DateTime<Utc>) -> StoredSecrets {
    StoredSecrets {
        current: secret.clone(),
        previous: None,
        made_at: now,
    }
}

impl WebhookSecrets for InMemoryStaff {
    fn webhook_secrets(&self, tenant: TenantId) -> StoreResult<Option<StoredSecrets>> {
        Ok(self.state().secrets.get(&tenant).cloned())
    }

    fn make_webhook_secret(
        &self,
        tenant: TenantId,
        secret: &Sealed,
        now: DateTime<Utc>,
    ) -> StoreResult<StoredSecrets> {
        let mut state = self.state();
        let place = state.secrets.entry(tenant);
        Ok(place.or_insert_with(|| first(secret, now)).clone())
    }

    fn renew_webhook_secret(
        &self,
        tenant: TenantId,
        secret: &Sealed,
        previous_until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> StoreResult<()> {
        let mut state = self.state();
        let previous = state.secrets.remove(&tenant);
        let renewed = StoredSecrets {
            previous: previous.map(|stored| (stored.current, previous_until)),
            ..first(secret, now)
        };
        state.secrets.insert(tenant, renewed);
        Ok(())
    }
}
