use domain::ids::LeadId;
use domain::tracking::{EngagementType, MachineVerdict, ReportKind};

use super::{BURST, TrackingPorts};
use crate::builders::tracking::{HOME, click, mail, open, page_view, report, visitor};

/// An engagement that the log has already changes nothing, within a batch and after it.
// A63
pub fn a_repeated_engagement_changes_nothing(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let first = mail(lead, 1);
    let batch = [
        click(tenant, &first, 0, HOME, 0),
        open(tenant, &first, 30),
        page_view(tenant, ports.identified(tenant, lead), HOME, 60),
    ];
    ports.append(&batch);
    let (before, timeline) = (ports.lead(tenant, lead), ports.entries(tenant, lead));
    let twice = [&batch[..], &batch[..]].concat();
    for _ in 0..2 {
        let answers = ports.append(&twice);
        assert_eq!(answers.len(), 6);
        assert!(answers.iter().all(|answer| !answer.is_new));
    }
    assert_eq!(ports.lead(tenant, lead), before);
    assert_eq!(ports.entries(tenant, lead), timeline);

    let twins = open(tenant, &mail(lead, 2), 90);
    let answers = ports.append(&[twins.clone(), twins]);
    assert_eq!([true, false], [answers[0].is_new, answers[1].is_new]);
    assert_eq!(ports.score(tenant, lead), before.score + 1);
}

/// A repeat is answered as the first time but for `is_new`: a suspect stays one (A27).
pub fn a_repeat_is_answered_as_the_first_time(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let mail = mail(lead, 1);
    let burst = [
        click(tenant, &mail, 0, HOME, 0),
        click(tenant, &mail, 1, HOME, 1),
    ];
    let first = ports.append(&burst);
    let again = ports.append(&burst);
    assert!(first.iter().all(|answer| answer.verdict == BURST));
    for (first, mut again) in first.into_iter().zip(again) {
        again.is_new = true;
        assert_eq!(again, first);
    }
}

/// A batch may hold anybody's engagements; its answers come in its order.
pub fn a_batch_of_several_tenants_and_leads_is_answered_in_its_order(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let (other_tenant, other_lead) = ports.tenant_and_lead();
    let second_lead = ports.leads.add(tenant);
    let batch = [
        open(other_tenant, &mail(other_lead, 1), 2),
        click(tenant, &mail(lead, 1), 0, HOME, 1),
        open(tenant, &mail(second_lead, 1), 9),
        page_view(other_tenant, visitor(), HOME, 4),
        click(other_tenant, &mail(other_lead, 1), 0, HOME, 5),
        open(tenant, &mail(lead, 1), 0),
    ];
    let answers = ports.append(&batch);
    let leads: Vec<_> = answers.iter().map(|answer| answer.lead).collect();
    let expected = [
        Some(other_lead),
        Some(lead),
        Some(second_lead),
        None,
        Some(other_lead),
        Some(lead),
    ];
    assert_eq!(leads, expected);
    assert!(answers.iter().all(|answer| answer.is_new));
    let issued: Vec<_> = answers.iter().map(|a| a.tracking_id.is_some()).collect();
    assert_eq!(issued, [true, true, false, false, true, true]);
    assert_ne!(answers[0].tracking_id, answers[1].tracking_id);
    assert_eq!(ports.score(tenant, lead), 4);
    assert_eq!(ports.score(tenant, second_lead), 1);
    assert_eq!(ports.score(other_tenant, other_lead), 4);
}

/// An engagement of a lead that does not exist, such as an erased one, is kept without a lead.
pub fn an_engagement_of_an_unknown_lead_is_kept_without_a_lead(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let erased = LeadId::new();
    let batch = [
        click(tenant, &mail(erased, 1), 0, HOME, 0),
        click(tenant, &mail(lead, 1), 0, HOME, 0),
    ];
    let answers = ports.append(&batch);
    assert!(answers[0].is_new);
    assert_eq!((answers[0].lead, answers[0].tracking_id), (None, None));
    assert!(ports.entries(tenant, erased).is_empty());
    assert!(ports.lines(tenant, erased).is_empty());
    assert!(!ports.append(&batch)[0].is_new);
    assert_eq!(ports.score(tenant, lead), 3);
}

/// The lead of another tenant is unknown here, and nothing happens to it there.
// C9
pub fn a_mail_that_names_a_lead_of_another_tenant_touches_nobody(ports: &TrackingPorts<'_>) {
    let (_, mine) = ports.tenant_and_lead();
    let (my_tenant, lead) = ports.tenant_and_lead();
    let (other_tenant, _) = ports.tenant_and_lead();
    let before = ports.lead(my_tenant, lead);
    let answer = ports.append_one(&click(other_tenant, &mail(lead, 1), 0, HOME, 0));
    assert!(answer.is_new);
    assert_eq!((answer.lead, answer.tracking_id), (None, None));
    assert_eq!(ports.lead(my_tenant, lead), before);
    for (tenant, lead) in [(my_tenant, lead), (other_tenant, lead), (my_tenant, mine)] {
        assert!(ports.entries(tenant, lead).is_empty());
        assert!(ports.lines(tenant, lead).is_empty());
    }
}

/// What the provider reports is recorded; it is no engagement of a person.
// A11, A24, A44
pub fn a_report_is_recorded_and_scores_nothing(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let kinds = [
        (ReportKind::Delivered, EngagementType::Delivered),
        (ReportKind::Bounce, EngagementType::Bounce),
        (ReportKind::SpamReport, EngagementType::SpamReport),
        (ReportKind::Unsubscribe, EngagementType::Unsubscribe),
        (ReportKind::Click, EngagementType::ProviderClick),
    ];
    let before = ports.lead(tenant, lead);
    let reports: Vec<_> = kinds
        .iter()
        .zip(0..)
        .map(|((kind, _), n)| report(tenant, &mail(lead, 1), *kind, n))
        .collect();
    for answer in ports.append(&reports) {
        assert!(answer.is_new);
        assert_eq!(answer.lead, Some(lead));
        assert_eq!(answer.verdict, MachineVerdict::None);
    }
    assert_eq!(ports.lead(tenant, lead), before);
    let entries = ports.entries(tenant, lead);
    let recorded: Vec<_> = entries.iter().rev().map(|entry| entry.kind).collect();
    assert_eq!(recorded, kinds.map(|(_, recorded)| recorded));
    assert_eq!(entries[0].detail.as_deref(), Some("250 OK"));
}
