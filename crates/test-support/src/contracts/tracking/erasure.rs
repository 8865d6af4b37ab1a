use domain::tracking::{MachineVerdict, ReportKind, Subject};

use super::TrackingPorts;
use crate::builders::tracking::{
    HOME, arrival, click, custom, mail, open, page_view, report, visitor,
};

/// What is still on its way from an erased lead, in a mail, a browser or a spool, is dropped.
// D21
pub fn nothing_of_an_erased_lead_is_written(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let (tid, before) = (ports.identified(tenant, lead), visitor());
    ports.append_one(&arrival(tenant, tid, before, HOME, -60));
    assert!(ports.leads.remove(tenant, lead));
    let (neighbour, mail) = (ports.leads.add(tenant), mail(lead, 1));
    let neighbours = ports.identified(tenant, neighbour);
    let late = [
        open(tenant, &mail, 0),
        click(tenant, &mail, 0, HOME, 1),
        report(tenant, &mail, ReportKind::Delivered, 2),
        page_view(tenant, tid, HOME, 3),
        page_view(tenant, before, HOME, 4),
        arrival(tenant, tid, visitor(), HOME, 5),
        arrival(tenant, neighbours, tid, HOME, 6),
        custom(tenant, Subject::Lead(lead), "trial_started", 7),
    ];
    for _ in 0..2 {
        for answer in ports.append(&late) {
            assert_eq!((answer.is_new, answer.lead), (false, None));
            assert_eq!(answer.tracking_id, None);
            assert_eq!(answer.verdict, MachineVerdict::None);
        }
    }
    assert!(ports.leads.find(tenant, lead).is_none());
    assert!(ports.entries(tenant, lead).is_empty());
    assert!(ports.lines(tenant, lead).is_empty());
    assert_eq!(ports.entries(tenant, neighbour).len(), 1);
}

/// The others of the batch are written and answered in its order; other tenants know nothing of it.
// D21, C9
pub fn a_mail_of_an_erased_lead_does_not_stop_the_others(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let (other, _) = ports.tenant_and_lead();
    let tid = ports.identified(tenant, lead);
    assert!(ports.leads.remove(tenant, lead));
    assert!(!ports.leads.remove(tenant, lead));
    let neighbour = ports.leads.add(tenant);
    let batch = [
        open(tenant, &mail(neighbour, 1), 0),
        open(tenant, &mail(lead, 1), 1),
        page_view(tenant, visitor(), HOME, 2),
        page_view(tenant, tid, HOME, 3),
        click(tenant, &mail(neighbour, 1), 0, HOME, 4),
        page_view(other, tid, HOME, 5),
    ];
    let answers = ports.append(&batch);
    let is_new: Vec<_> = answers.iter().map(|answer| answer.is_new).collect();
    assert_eq!(is_new, [true, false, true, false, true, true]);
    let leads: Vec<_> = answers.iter().map(|answer| answer.lead).collect();
    let neighbour = Some(neighbour);
    assert_eq!(leads, [neighbour, None, None, None, neighbour, None]);
}

/// Opens, clicks and page views that still come are not stored at all; what the person says or what
/// happens to a mail is.
// C14
pub fn who_stopped_the_tracking_is_measured_no_more(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let tid = ports.identified(tenant, lead);
    let neighbour = ports.leads.add(tenant);
    let (before, lines) = (ports.leads.find(tenant, lead), ports.lines(tenant, lead));
    let entries = ports.entries(tenant, lead).len();
    ports.leads.stop_tracking(tenant, lead);
    let mail = mail(lead, 2);
    let batch = [
        open(tenant, &mail, 0),
        click(tenant, &mail, 0, HOME, 1),
        page_view(tenant, tid, HOME, 2),
        arrival(tenant, tid, visitor(), HOME, 3),
        open(tenant, &crate::builders::tracking::mail(neighbour, 1), 4),
        report(tenant, &mail, ReportKind::Delivered, 5),
        custom(tenant, Subject::Lead(lead), "trial_started", 6),
    ];
    let answers = ports.append(&batch);
    let is_new: Vec<_> = answers.iter().map(|answer| answer.is_new).collect();
    assert_eq!(is_new, [false, false, false, false, true, true, true]);
    for refused in &answers[..4] {
        assert_eq!((refused.lead, refused.tracking_id), (None, None));
    }
    assert_eq!(ports.entries(tenant, lead).len(), entries + 2);
    assert_eq!(ports.lines(tenant, lead), lines);
    let score = |lead: Option<crate::in_memory::TrackedLead>| lead.map(|lead| lead.score);
    assert_eq!(score(ports.leads.find(tenant, lead)), score(before));
}
