//! What somebody saw before they confirmed it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::campaigns::{Broadcast, StartRefused, variant_b};
use domain::content::{Template, TemplateSource};
use domain::ids::{BroadcastId, TenantId};
use domain::store::StoreError;
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::json;

use crate::error::Failure;
use crate::ports::Ports;

/// What the page that is confirmed says of itself, in the form of its button.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeenForm {
    seen: Option<String>,
}

impl SeenForm {
    /// What was seen, if anything was.
    pub(super) fn into_seen(self) -> Option<String> {
        self.seen
    }
}

/// A short name for what a draft would send to whom: another one for another draft.
///
/// # Errors
/// Only those of the storage.
pub(super) fn seen(
    ports: &Ports,
    tenant: TenantId,
    broadcast: &Broadcast,
    own: &Template,
) -> Result<String, Failure> {
    let other = match variant_b(&*ports.templates, tenant, broadcast, own) {
        Ok(other) => other.map(|(_, source)| source),
        Err(StartRefused::VariantGone) => None,
        Err(error) => return Err(error.into()),
    };
    let all = json!([
        broadcast.audience,
        broadcast.ab_test,
        broadcast.tracking,
        broadcast.hourly_limit,
        said(&own.source),
        other.as_ref().map(said),
    ]);
    let text = serde_json::to_vec(&all).map_err(StoreError::unexpected)?;
    Ok(URL_SAFE_NO_PAD.encode(digest(&SHA256, &text)))
}

fn said(source: &TemplateSource) -> [&str; 3] {
    let text = source.text.as_deref().unwrap_or_default();
    [&source.subject, &source.html, text]
}

/// Whether the draft is still what was seen. One that is gone, or is none any more, is told by
/// whoever starts it.
///
/// # Errors
/// Only those of the storage.
pub(super) fn is_as_seen(
    ports: &Ports,
    tenant: TenantId,
    id: BroadcastId,
    what: Option<&str>,
) -> Result<bool, Failure> {
    let Some(broadcast) = ports.broadcasts.find(tenant, id)? else {
        return Ok(true);
    };
    let Some(own) = ports.templates.find(tenant, broadcast.template)? else {
        return Ok(true);
    };
    let now = seen(ports, tenant, &broadcast, &own)?;
    Ok(what == Some(now.as_str()))
}
