//! People in campaigns, with every worker that leads them through.

mod coming_in;
mod crashes;
mod live;
mod sequence;
mod staff;

use std::collections::BTreeMap;
use std::sync::Arc;

use adapters_jobs::{Guide, Sender, Stop, Turn, carry_out_reactions};
use chrono::{DateTime, TimeDelta, Utc};
use domain::campaigns::{
    ActivatePorts, ActivateRefused, Activated, Campaign, CampaignDefinition, CampaignStatus,
    CampaignStore, Delay, DelayUnit, EnrollCause, Enrolled, Enrollment, EnrollmentStatus,
    EnrollmentStore, Flow, ReEntry, Step, StepAction, SurroundingsPorts, Trigger, activate,
};
use domain::content::TemplateStore;
use domain::delivery::{DeliverySettings, Send, SendHistory, SendState};
use domain::ids::{CampaignId, LeadId, StepId, TemplateId, TenantId};
use domain::leads::{LeadDraft, LeadStore};
use domain::tenancy::TenantStore;
use domain::tracking::EventName;
use test_support::builders::delivery::{address, sender_profile, template_draft};
use test_support::builders::tenancy::{at, new_tenant};

use crate::office::{Office, Post};

pub(super) const HOUR: i64 = 3_600;
pub(super) const DAY: i64 = 24 * HOUR;

/// A school with one campaign.
pub(super) struct School {
    pub(super) office: Office,
    pub(super) tenant: TenantId,
    pub(super) campaign: CampaignId,
    pub(super) template: TemplateId,
    pub(super) post: Arc<Post>,
    guide: Guide,
    sender: Sender,
}

pub(super) fn assessment_completed() -> EventName {
    EventName::parse("assessment_completed").unwrap()
}

pub(super) fn step(number: u128, delay_in_days: u32, action: StepAction) -> Step {
    Step {
        id: StepId::derived(&[&number.to_be_bytes()]),
        name: String::new(),
        delay: Delay {
            value: delay_in_days,
            unit: DelayUnit::Days,
        },
        only_if: Vec::new(),
        not_later_than: None,
        action,
    }
}

pub(super) fn definition(steps: Vec<Step>) -> CampaignDefinition {
    CampaignDefinition {
        name: "診断のあと".to_owned(),
        description: String::new(),
        trigger: Trigger::Custom {
            event: assessment_completed(),
            properties: BTreeMap::new(),
        },
        entry: Vec::new(),
        exits: Vec::new(),
        re_entry: ReEntry::Never,
        tracking: true,
        flow: Flow { steps },
    }
}

impl School {
    /// With a draft of these steps; they are given the school's template.
    pub(super) fn new() -> Self {
        let (office, new) = (Office::new(), new_tenant("温度大学"));
        let tenant = new.tenant.id;
        office.tenancy.create(&new).unwrap();
        let mail = &*office.mail;
        mail.save_sender_profile(tenant, &sender_profile()).unwrap();
        let template = template_draft("お礼").into_template(TemplateId::new(), at(0));
        TemplateStore::create(mail, tenant, &template).unwrap();
        let post = office.post_of(tenant);
        Self {
            office,
            tenant,
            campaign: CampaignId::new(),
            template: template.id,
            post,
            guide: Guide::default(),
            sender: Sender::default(),
        }
    }

    /// With a campaign that lets people in.
    pub(super) fn with(steps: impl FnOnce(&Self) -> Vec<Step>) -> Self {
        let school = Self::new();
        school.draft(definition(steps(&school)));
        school.activate(false).unwrap();
        school
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        (self.office.ports.clock)()
    }

    pub(super) fn mail(&self, number: u128, delay_in_days: u32) -> Step {
        let action = StepAction::Send {
            template: self.template,
            click_hastens: false,
        };
        step(number, delay_in_days, action)
    }

    pub(super) fn draft(&self, definition: CampaignDefinition) {
        let campaign = Campaign {
            id: self.campaign,
            definition,
            live: None,
            status: CampaignStatus::Draft,
            version: 0,
            enrolled_count: 0,
            completed_count: 0,
            created_by: None,
            created_at: self.now(),
            updated_at: self.now(),
            activated_at: None,
            paused_at: None,
        };
        CampaignStore::create(&*self.office.mail, self.tenant, &campaign).unwrap();
    }

    pub(super) fn found(&self) -> Campaign {
        let found = CampaignStore::find(&*self.office.mail, self.tenant, self.campaign);
        found.unwrap().unwrap()
    }

    pub(super) fn edit(&self, change: impl FnOnce(&mut CampaignDefinition)) {
        let Campaign {
            mut definition,
            updated_at,
            ..
        } = self.found();
        change(&mut definition);
        let mail = &*self.office.mail;
        let (tenant, id) = (self.tenant, self.campaign);
        let saved = CampaignStore::update(mail, tenant, id, &definition, updated_at, self.now());
        assert!(saved.unwrap());
    }

    pub(super) fn activate(&self, move_along: bool) -> Result<Activated, ActivateRefused> {
        let (mail, ports) = (&*self.office.mail, &self.office.ports);
        let ports = ActivatePorts {
            surroundings: SurroundingsPorts {
                campaigns: mail,
                templates: mail,
                renderer: &*ports.renderer,
                settings: mail,
                listing: &*ports.listing,
            },
            contents: mail,
        };
        activate(&ports, self.tenant, self.campaign, move_along, self.now())
    }

    pub(super) fn change_status(&self, next: CampaignStatus) {
        let (mail, now) = (&*self.office.mail, self.now());
        let changed = CampaignStore::change_status(mail, self.tenant, self.campaign, next, now);
        assert!(changed.unwrap());
    }

    pub(super) fn lead(&self, name: &str) -> LeadId {
        let draft = LeadDraft::new(address(&format!("{name}@example.com")));
        let leads = &*self.office.leads;
        LeadStore::create(leads, self.tenant, draft, self.now())
            .unwrap()
            .id
    }

    pub(super) fn enroll(&self, lead: LeadId, occasion: &str) -> Enrolled {
        let cause = EnrollCause {
            campaign: self.campaign,
            lead,
            occasion: occasion.as_bytes().to_vec(),
        };
        let ports = domain::campaigns::EnrollPorts {
            campaigns: &*self.office.mail,
            enrollments: &*self.office.mail,
            leads: &*self.office.leads,
        };
        let causes = [cause];
        let enrolled =
            domain::campaigns::enroll(&ports, self.tenant, self.campaign, &causes, self.now());
        enrolled.unwrap()[0]
    }

    /// A new lead who is in the campaign.
    pub(super) fn enrolled(&self, name: &str) -> LeadId {
        let lead = self.lead(name);
        assert!(matches!(self.enroll(lead, "by hand"), Enrolled::Now(_)));
        lead
    }

    pub(super) fn guide(&self) -> Turn {
        self.guide
            .turn(&self.office.ports, &Stop::default())
            .unwrap()
    }

    /// Every worker works until nothing is due.
    pub(super) fn work(&self) {
        let (ports, stop) = (&self.office.ports, Stop::default());
        while carry_out_reactions(ports, &stop).unwrap() == Turn::Worked {}
        while self.guide() == Turn::Worked {}
        while self.sender.turn(ports, &stop).unwrap() == Turn::Worked {}
    }

    /// Time goes by, hour by hour, with everybody at work.
    pub(super) fn days_pass(&self, days: i64) {
        self.work();
        for _ in 0..days * 24 {
            self.office.wait(HOUR);
            self.work();
        }
    }

    /// The mails of a lead, oldest first.
    pub(super) fn sends(&self, lead: LeadId) -> Vec<Send> {
        let found = SendHistory::of_lead(&*self.office.mail, self.tenant, lead, 100);
        let mut sends = found.unwrap();
        sends.reverse();
        sends
    }

    /// The days, counted from the beginning, on which the provider took the lead's mails.
    pub(super) fn days_of(&self, lead: LeadId) -> Vec<i64> {
        let sends = self.sends(lead).into_iter();
        let accepted = sends.filter(|send| send.state == SendState::Accepted);
        accepted
            .map(|send| (send.accepted_at.unwrap() - at(0)).num_days())
            .collect()
    }

    pub(super) fn way_of(&self, lead: LeadId) -> Enrollment {
        let found = EnrollmentStore::of_lead(&*self.office.mail, self.tenant, lead);
        found.unwrap().remove(0).enrollment
    }

    pub(super) fn status_of(&self, lead: LeadId) -> EnrollmentStatus {
        self.way_of(lead).status
    }

    pub(super) fn seconds_until_next(&self, lead: LeadId) -> Option<i64> {
        let next_at = self.way_of(lead).next_at;
        next_at.map(|at| TimeDelta::num_seconds(&(at - self.now())))
    }
}
