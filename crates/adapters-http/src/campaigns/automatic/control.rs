//! Pausing, resuming, completing and deleting a campaign.

use actix_web::{HttpResponse, web};
use domain::campaigns::CampaignStatus;
use domain::ids::CampaignId;
use domain::tenancy::AuditAction;

use super::create::audit;
use super::{COMPLETED, PAUSED, REMOVED, RESUMED};
use crate::blocking::blocking;
use crate::error::{Failure, PageResult};
use crate::pages::{Flash, redirect};
use crate::security::SignedIn;
use crate::state::State;

pub(super) async fn pause(
    me: SignedIn,
    state: State,
    campaign: web::Path<CampaignId>,
) -> PageResult {
    let flash = Flash::success("campaigns-auto-paused");
    let change = (CampaignStatus::Paused, PAUSED, flash);
    change_to(me, state, campaign.into_inner(), change).await
}

pub(super) async fn resume(
    me: SignedIn,
    state: State,
    campaign: web::Path<CampaignId>,
) -> PageResult {
    let flash = Flash::success("campaigns-auto-resumed");
    let change = (CampaignStatus::Active, RESUMED, flash);
    change_to(me, state, campaign.into_inner(), change).await
}

pub(super) async fn complete(
    me: SignedIn,
    state: State,
    campaign: web::Path<CampaignId>,
) -> PageResult {
    let flash = Flash::success("campaigns-auto-completed");
    let change = (CampaignStatus::Completed, COMPLETED, flash);
    change_to(me, state, campaign.into_inner(), change).await
}

pub(super) async fn remove(
    me: SignedIn,
    state: State,
    campaign: web::Path<CampaignId>,
) -> PageResult {
    let id = campaign.into_inner();
    let removed = blocking(move || {
        let found = state.ports.campaigns.find(me.tenant_id(), id)?;
        let campaign = found.ok_or(Failure::NotFound)?;
        let removed = state.ports.campaigns.remove(me.tenant_id(), id)?;
        if removed {
            audit(&state, &me, REMOVED, &campaign)?;
        }
        Ok::<_, Failure>(removed)
    })
    .await?;
    Ok(if removed {
        let flash = Flash::success("campaigns-auto-deleted");
        redirect("/ui/campaigns", Some(flash))
    } else {
        let flash = Flash::danger("campaigns-auto-not-deleted");
        redirect(&format!("/ui/campaigns/{id}"), Some(flash))
    })
}

async fn change_to(
    me: SignedIn,
    state: State,
    id: CampaignId,
    (next, action, done): (CampaignStatus, AuditAction, Flash),
) -> PageResult {
    let changed = blocking(move || {
        let (tenant, campaigns) = (me.tenant_id(), &state.ports.campaigns);
        let campaign = campaigns.find(tenant, id)?.ok_or(Failure::NotFound)?;
        // Only a pause ends here; drafts and completed ones are activated, with their checks.
        let may = next != CampaignStatus::Active || campaign.status == CampaignStatus::Paused;
        let changed = may && campaigns.change_status(tenant, id, next, me.now())?;
        if changed {
            audit(&state, &me, action, &campaign)?;
        }
        Ok::<_, Failure>(changed)
    })
    .await?;
    let back = format!("/ui/campaigns/{id}");
    Ok(changed_or_moved_on(changed, done, &back))
}

/// Goes back with the good news, or with the news that somebody else was quicker.
pub(super) fn changed_or_moved_on(changed: bool, done: Flash, back: &str) -> HttpResponse {
    let flash = if changed {
        done
    } else {
        Flash::danger("campaigns-auto-moved-on")
    };
    redirect(back, Some(flash))
}
