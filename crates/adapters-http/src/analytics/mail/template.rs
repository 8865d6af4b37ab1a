//! What became of the broadcasts of a template, for its page and for the list. (C17)

use std::collections::BTreeMap;

use domain::analytics::{SourceRank, TemplateFigures};
use domain::ids::{TemplateId, TenantId};
use domain::store::StoreResult;
use serde::Serialize;

use super::counts::Counts;
use crate::ports::Ports;

/// The newest broadcasts that a template's page names.
const NAMED: u32 = 10;

/// The figures on the page of a template.
#[derive(Debug, Serialize)]
pub(crate) struct OfTemplate {
    broadcasts: u64,
    counts: Counts,
    newest: Vec<Sent>,
}

#[derive(Debug, Serialize)]
struct Sent {
    id: String,
    name: String,
    sends: u64,
    click_rate: String,
    open_rate: String,
}

impl OfTemplate {
    pub(crate) fn read(ports: &Ports, tenant: TenantId, id: TemplateId) -> StoreResult<Self> {
        let figures = ports.mail_reports.by_template(tenant)?.remove(&id);
        let figures = figures.unwrap_or_default();
        let newest = ports.mail_reports.of_template(tenant, id, NAMED)?;
        Ok(Self {
            broadcasts: figures.broadcasts,
            counts: figures.counts.into(),
            newest: newest.iter().map(Sent::of).collect(),
        })
    }
}

impl Sent {
    fn of(rank: &SourceRank) -> Self {
        Self {
            id: rank.source.uuid().to_string(),
            name: rank.name.clone(),
            sends: rank.sends,
            click_rate: rank.click_rate().to_string(),
            open_rate: rank.open_rate().to_string(),
        }
    }
}

/// The mean rates of every template, for a list of them.
pub(crate) struct OfTemplates(BTreeMap<TemplateId, TemplateFigures>);

/// The mean rates of one template.
#[derive(Debug, Serialize)]
pub(crate) struct MeanRates {
    click_rate: String,
    open_rate: String,
}

impl OfTemplates {
    pub(crate) fn read(ports: &Ports, tenant: TenantId) -> StoreResult<Self> {
        ports.mail_reports.by_template(tenant).map(Self)
    }

    /// Of one that was sent.
    pub(crate) fn of(&self, id: TemplateId) -> Option<MeanRates> {
        let figures = self.0.get(&id).filter(|figures| figures.counts.sends > 0)?;
        Some(MeanRates {
            click_rate: figures.counts.click_rate().to_string(),
            open_rate: figures.counts.open_rate().to_string(),
        })
    }
}
