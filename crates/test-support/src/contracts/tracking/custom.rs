use std::sync::Mutex;

use domain::ids::LeadId;
use domain::scoring::decide;
use domain::tracking::{Action, EngagementType, Subject};

use super::TrackingPorts;
use crate::builders::tenancy::at;
use crate::builders::tracking::{HOME, address, click, custom, mail, open, page_view};

/// A custom event is the lead's, with all that is known of it; without a rule it scores nothing.
pub fn a_custom_event_is_shown_with_its_name_and_properties(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let told = custom(tenant, Subject::Lead(lead), "assessment_completed", 0);
    let answer = ports.append_one(&told);
    assert_eq!((answer.is_new, answer.lead), (true, Some(lead)));
    assert!(!ports.append_one(&told).is_new);
    let entries = ports.entries(tenant, lead);
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].kind, EngagementType::Custom);
    let Action::Custom {
        event, properties, ..
    } = &told.action
    else {
        panic!("it is a custom event");
    };
    assert_eq!(entries[0].event.as_ref(), Some(event));
    assert_eq!(&entries[0].properties, properties);
    assert_eq!(ports.score(tenant, lead), 0);
    let kinds = [EngagementType::Open];
    let opens = ports.timeline.timeline(tenant, lead, &kinds, None, 9);
    assert!(opens.unwrap().is_empty());
}

/// An address names the lead that has it in this tenant, or nobody.
// C9
pub fn a_custom_event_finds_its_lead_by_the_address(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let second = ports.leads.add(tenant);
    let (other_tenant, other) = ports.tenant_and_lead();
    let of = |lead: LeadId| Subject::Address(address(lead));
    let batch = [
        custom(tenant, of(lead), "trial_started", 0),
        custom(tenant, of(second), "trial_started", 1),
        custom(tenant, of(lead), "trial_ended", 2),
        custom(tenant, of(LeadId::new()), "trial_started", 3),
        custom(tenant, of(other), "trial_started", 4),
        custom(other_tenant, of(other), "trial_started", 5),
    ];
    let answers = ports.append(&batch);
    assert!(answers.iter().all(|answer| answer.is_new));
    let leads: Vec<_> = answers.iter().map(|answer| answer.lead).collect();
    let (lead, second, other) = (Some(lead), Some(second), Some(other));
    assert_eq!(leads, [lead, second, lead, None, None, other]);
}

/// Opens and clicks come with the time at which the provider took their mail, where it is known.
pub fn whoever_decides_knows_when_the_mail_was_handed_over(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let tid = ports.identified(tenant, lead);
    let (sent, unknown) = (mail(lead, 1), mail(lead, 2));
    ports.leads.hand_over(tenant, &sent, at(-1800));
    let batch = [
        open(tenant, &sent, 0),
        click(tenant, &sent, 0, HOME, 1),
        open(tenant, &unknown, 2),
        page_view(tenant, tid, HOME, 3),
    ];
    let known = Mutex::new(Vec::new());
    let answers = ports.log.append(&batch, &|policy, state, new| {
        let times = new.iter().map(|new| new.handed_over_at);
        known.lock().unwrap().extend(times);
        decide(policy, state, new)
    });
    assert!(answers.unwrap().iter().all(|answer| answer.is_new));
    let handed_over = Some(at(-1800));
    let known = known.into_inner().unwrap();
    assert_eq!(known, [handed_over, handed_over, None, None]);
}
