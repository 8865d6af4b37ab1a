//! What people did, as conditions of campaigns ask for it. Only the engagement log knows it, so
//! tests say so here.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::campaigns::{Deed, Enrollment};
use domain::ids::{LeadId, SendId, StepId, TenantId};
use domain::tracking::EventName;

use super::super::{InMemoryMail, State};

/// One thing that a person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Happened {
    Clicked(SendId, String),
    Visited(String),
    Reported(EventName),
}

impl InMemoryMail {
    /// The tenant's clock; Tokyo's until it is said.
    pub fn set_zone(&self, tenant: TenantId, zone: Tz) {
        self.state().automatic.zones.insert(tenant, zone);
    }

    /// A person opens a mail.
    pub fn open_by_person(&self, tenant: TenantId, send: SendId, at: DateTime<Utc>) {
        if let Some(stored) = self.state().sends.get_mut(&(tenant, send)) {
            stored.send.first_opened_at.get_or_insert(at);
        }
    }

    /// A person follows a link of a mail.
    pub fn click_by_person(&self, tenant: TenantId, send: SendId, url: &str, at: DateTime<Utc>) {
        let mut state = self.state();
        let Some(stored) = state.sends.get_mut(&(tenant, send)) else {
            return;
        };
        stored.send.first_clicked_at.get_or_insert(at);
        let lead = stored.send.lead;
        let clicked = Happened::Clicked(send, url.to_owned());
        state.automatic.happened.push((tenant, lead, at, clicked));
    }

    /// A person views a page.
    pub fn visit(&self, tenant: TenantId, lead: LeadId, path: &str, at: DateTime<Utc>) {
        let visited = Happened::Visited(path.to_owned());
        let happened = &mut self.state().automatic.happened;
        happened.push((tenant, lead, at, visited));
    }

    /// A program reports a custom event of a person.
    pub fn report(&self, tenant: TenantId, lead: LeadId, event: EventName, at: DateTime<Utc>) {
        let reported = Happened::Reported(event);
        let happened = &mut self.state().automatic.happened;
        happened.push((tenant, lead, at, reported));
    }
}

impl State {
    pub(super) fn did(&self, tenant: TenantId, enrollment: &Enrollment, deed: &Deed) -> bool {
        let Some(way) = self.automatic.ways.get(&(tenant, enrollment.id)) else {
            return false;
        };
        let in_mails = |of: &Option<StepId>, is_so: &dyn Fn(SendId) -> bool| {
            let mut mails = way.mails();
            mails.any(|(step, send)| of.is_none_or(|of| of == step) && is_so(send))
        };
        let sent = |send: SendId| self.sends.get(&(tenant, send)).map(|stored| &stored.send);
        let has = |is_so: &dyn Fn(&Happened) -> bool| {
            let mut happened = self.automatic.happened.iter();
            happened.any(|(owner, lead, at, happened)| {
                (*owner, *lead) == (tenant, enrollment.lead)
                    && *at >= enrollment.enrolled_at
                    && is_so(happened)
            })
        };
        match deed {
            Deed::Opened(step) => in_mails(step, &|send| {
                sent(send).is_some_and(|send| send.first_opened_at.is_some())
            }),
            Deed::Clicked {
                step,
                url_contains: None,
            } => in_mails(step, &|send| {
                sent(send).is_some_and(|send| send.first_clicked_at.is_some())
            }),
            Deed::Clicked {
                step,
                url_contains: Some(text),
            } => in_mails(step, &|send| {
                has(
                    &|done| matches!(done, Happened::Clicked(of, url) if *of == send && url.contains(text)),
                )
            }),
            Deed::Visited(part) => {
                has(&|done| matches!(done, Happened::Visited(path) if path.contains(part)))
            }
            Deed::Custom(event) => {
                has(&|done| matches!(done, Happened::Reported(reported) if reported == event))
            }
            Deed::Passed(step) => way.executions.iter().any(|done| done.step == *step),
            Deed::InSegment(_) => false,
        }
    }
}
