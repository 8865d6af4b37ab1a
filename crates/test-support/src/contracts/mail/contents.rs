//! What sends say, and mails of campaigns in the queue.

use domain::campaigns::BroadcastStatus;
use domain::content::FrozenContent;
use domain::delivery::{ClaimTerms, ContentLink, DispatchGate, NewSend, SendCause, SkipReason};
use domain::ids::{CampaignId, ContentId, EnrollmentId, LeadId, StepId, TemplateId};
use domain::tracking::MailSource;

use super::{LEASE, MailPorts, ids};
use crate::builders::delivery::{broadcast_content, broadcast_send, template_draft};
use crate::builders::tenancy::at;

/// The mail of a campaign's step to a lead, due at the beginning.
pub(crate) fn step_send(campaign: CampaignId, lead: LeadId) -> NewSend {
    NewSend {
        cause: SendCause::Step {
            campaign,
            enrollment: EnrollmentId::new(),
            step: StepId::new(),
            due_at: at(0),
            lead,
        },
        content: ContentId::new(),
        template: Some(TemplateId::new()),
        variant: None,
        due_at: Some(at(0)),
        expires_at: None,
    }
}

/// See its name.
pub fn starting_keeps_contents_and_links(ports: &MailPorts<'_>) {
    // C27
    let broadcast = ports.draft();
    let (tenant, id) = (ports.tenant, broadcast.id);
    let content = broadcast_content(id);
    let kept = || ports.contents.content(tenant, content.id).unwrap();
    assert_eq!(kept(), None);
    assert!(ports.work.at_work(tenant).unwrap().is_empty());
    let start = |seconds| {
        let contents = std::slice::from_ref(&content);
        ports.work.start(tenant, id, contents, at(seconds)).unwrap()
    };
    assert!(start(7));
    assert!(!start(8));
    let template = template_draft("後で変えた");
    ports
        .templates
        .update(tenant, broadcast.template, &template, at(9))
        .unwrap();
    assert_eq!(kept(), Some(content.into()));
    let [at_work] = ports.work.at_work(tenant).unwrap().try_into().unwrap();
    assert_eq!(
        (at_work.status, at_work.started_at),
        (BroadcastStatus::Preparing, Some(at(7)))
    );
}

/// See its name.
pub fn links_of_all_contents_are_told_apart(ports: &MailPorts<'_>) {
    // C27
    let (tenant, id) = (ports.tenant, ports.draft().id);
    let first = FrozenContent {
        links: ["https://a.example/", "{{ attributes.page }}"]
            .map(str::to_owned)
            .into(),
        ..broadcast_content(id)
    };
    let second = FrozenContent {
        id: ContentId::new(),
        first_link: first.next_link(),
        links: vec!["https://a.example/".to_owned()],
        tracking: false,
        ..broadcast_content(id)
    };
    let contents = [first.clone(), second.clone()];
    assert!(ports.work.start(tenant, id, &contents, at(7)).unwrap());
    let link = |content, link_index, position, url: &str| ContentLink {
        content,
        link_index,
        position,
        url: url.to_owned(),
    };
    assert_eq!(
        ports
            .contents
            .links_of(tenant, MailSource::Broadcast(id))
            .unwrap(),
        [
            link(first.id, 0, 0, "https://a.example/"),
            link(first.id, 1, 1, "{{ attributes.page }}"),
            link(second.id, 2, 0, "https://a.example/"),
        ]
    );
    let kept = ports.contents.content(tenant, second.id).unwrap();
    assert!(!kept.unwrap().tracking);
}

/// See its name.
pub fn a_step_of_a_campaign_is_sent_before_broadcasts(ports: &MailPorts<'_>) {
    let (campaign, lead) = (CampaignId::new(), ports.lead("a"));
    ports.sending(&[lead]);
    let send = step_send(campaign, lead);
    (ports.cause)(ports.tenant, &[send]);
    let claim = || ports.claim_by(&ClaimTerms::new(1, LEASE, at(1)));
    let first = claim().remove(0);
    assert_eq!(first.key, send.cause.key());
    assert_eq!(first.source, MailSource::Campaign(campaign));
    assert_eq!(first.mail().source, Some(MailSource::Campaign(campaign)));
    assert_eq!(
        (first.content, first.template),
        (send.content, send.template)
    );
    let found = ports.send(&first);
    assert_eq!(
        (found.campaign, found.content, found.broadcast),
        (Some(campaign), Some(send.content), None)
    );
    assert_eq!(ports.begin(&first, 2), DispatchGate::Go);
    let second = claim().remove(0);
    assert!(matches!(second.source, MailSource::Broadcast(_)));
    assert_eq!(claim(), []);
}

/// See its name.
pub fn a_mail_whose_time_is_over_is_skipped(ports: &MailPorts<'_>) {
    let mut leads = [ports.lead("early"), ports.lead("slow"), ports.lead("late")];
    leads.sort_unstable();
    let id = ports.preparing();
    let until = |lead, seconds| NewSend {
        expires_at: Some(at(seconds)),
        ..broadcast_send(id, at(0), lead)
    };
    let sends = [
        until(leads[0], 60),
        until(leads[1], 20),
        until(leads[2], 10),
    ];
    assert!(
        ports
            .work
            .queue_sends(ports.tenant, id, None, &sends, at(0))
            .unwrap()
    );
    ports.work.finish_preparing(ports.tenant, id).unwrap();
    let mut claimed = ports.claim(10);
    claimed.sort_by_key(|send| send.lead);
    assert_eq!(ids(&claimed), leads[..2]);
    ports.skipped(leads[2], SkipReason::TooLate);
    assert_eq!(ports.begin(&claimed[0], 20), DispatchGate::Go);
    let gate = ports.begin(&claimed[1], 20);
    assert_eq!(gate, DispatchGate::Skipped(SkipReason::TooLate));
    ports.skipped(leads[1], SkipReason::TooLate);
}

/// See its name.
pub fn whether_anything_is_due_is_told(ports: &MailPorts<'_>) {
    let is_due = |seconds| ports.log.is_any_due(ports.tenant, at(seconds)).unwrap();
    let lead = ports.lead("a");
    let id = ports.preparing();
    ports.queue(id, None, &[lead]);
    assert!(!is_due(1), "the broadcast is not sending yet");
    ports.work.finish_preparing(ports.tenant, id).unwrap();
    assert!(is_due(1));
    assert!(!ports.log.is_any_due(ports.other_tenant, at(1)).unwrap());
    assert_eq!(ports.claim(1).len(), 1);
    assert!(!is_due(1));
    let later = NewSend {
        due_at: Some(at(30)),
        ..step_send(CampaignId::new(), lead)
    };
    (ports.cause)(ports.tenant, &[later]);
    assert_eq!((is_due(29), is_due(30)), (false, true));
}
