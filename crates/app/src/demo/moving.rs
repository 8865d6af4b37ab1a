//! The sample site and where it is.

use chrono::{DateTime, Utc};
use domain::content::{TemplateDraft, TemplateStore};
use domain::ids::{SiteId, TenantId};
use domain::tenancy::random_256;
use domain::tracking::{Origin, Site, SiteKey, SiteStore};

use super::content;

/// Registers the sample site, unless it is known there already.
pub(super) fn register_site(
    store: &dyn SiteStore,
    tenant: TenantId,
    origin: &Origin,
    now: DateTime<Utc>,
) -> anyhow::Result<SiteKey> {
    let known = |site: &Site| site.origin == *origin;
    if let Some(site) = store.sites(tenant)?.into_iter().find(known) {
        return Ok(site.key);
    }
    let mut key = [0; 12];
    key.copy_from_slice(&random_256()[..12]);
    let site = Site {
        id: SiteId::new(),
        name: "さくら学園 公式サイト".to_owned(),
        origin: origin.clone(),
        key: SiteKey::from_random_bytes(key),
        last_received_at: None,
        created_at: now,
    };
    store.register_site(tenant, &site)?;
    Ok(site.key)
}

/// Lets the letters that nobody has changed lead to the site where it is now.
pub(super) fn readdress_letters(
    store: &dyn TemplateStore,
    tenant: TenantId,
    (before, site): (&Origin, &Origin),
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    for letter in content::LETTERS {
        let unchanged = store
            .find(tenant, letter.id(tenant))?
            .is_some_and(|template| template.source == letter.source(before));
        if unchanged {
            let draft = TemplateDraft::of_html(letter.name, letter.source(site));
            store.update(tenant, letter.id(tenant), &draft, now)?;
        }
    }
    Ok(())
}
