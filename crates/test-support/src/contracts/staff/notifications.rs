//! What staff are told, and what signs the calls of other programs.

use domain::delivery::Sealed;
use domain::ids::{ReactionId, UserId};
use domain::notifications::{Notice, Notification};

use super::StaffPorts;
use crate::builders::tenancy::at;

fn message(text: &str, user: UserId, seconds: i64) -> Notification {
    let notice = Notice::Message {
        text: text.to_owned(),
    };
    let reaction = ReactionId::derived(&[text.as_bytes()]);
    Notification::of_reaction(reaction, user, notice, None, at(seconds))
}

fn texts(ports: &StaffPorts<'_>, user: UserId) -> Vec<String> {
    let told = ports.inbox.told(ports.tenant, user, 10).unwrap();
    let texts = told.into_iter().map(|one| match one.notice {
        Notice::Message { text } => text,
        Notice::WebhookFailed { url, .. } => url,
    });
    texts.collect()
}

/// See its name.
pub fn a_notification_is_there_once_and_mailed_once(ports: &StaffPorts<'_>) {
    let [one, other] = ports.users;
    let lead = ports.lead("sato");
    let mut told = [message("電話を", one, 1), message("電話を", other, 1)];
    told[0].lead = Some(lead);
    let put = || ports.inbox.put(ports.tenant, &told).unwrap();
    assert_eq!(put().len(), 2);
    ports.inbox.mailed(ports.tenant, told[0].id, at(2)).unwrap();
    assert_eq!(
        put(),
        [told[1].id],
        "whoever has had the mail gets no other"
    );
    assert_eq!(
        ports.inbox.told(ports.tenant, one, 10).unwrap(),
        [told[0].clone()]
    );
    assert_eq!(ports.inbox.told(ports.tenant, other, 10).unwrap().len(), 1);
}

/// See its name.
pub fn everybody_reads_their_own_notifications(ports: &StaffPorts<'_>) {
    let [one, other] = ports.users;
    let failed = Notice::WebhookFailed {
        url: "https://crm.example.com/".to_owned(),
        reason: "500".to_owned(),
    };
    let reaction = ReactionId::new();
    let told = [
        message("a", one, 1),
        message("b", one, 2),
        Notification::of_reaction(reaction, one, failed, None, at(3)),
        message("a", other, 1),
    ];
    ports.inbox.put(ports.tenant, &told).unwrap();
    assert_eq!(texts(ports, one), ["https://crm.example.com/", "b", "a"]);
    let unread = |user| ports.inbox.count_unread(ports.tenant, user).unwrap();
    let read = |user, which| {
        let marked = ports.inbox.mark_read(ports.tenant, user, which, at(9));
        marked.unwrap()
    };
    assert_eq!((unread(one), unread(other)), (3, 1));
    assert_eq!(read(other, Some(told[0].id)), 0, "it is not theirs");
    assert_eq!(read(one, Some(told[0].id)), 1);
    assert_eq!(read(one, Some(told[0].id)), 0, "it was read before");
    assert_eq!((unread(one), unread(other)), (2, 1));
    assert_eq!(read(one, None), 2);
    assert_eq!((unread(one), unread(other)), (0, 1));
    let stored = ports.inbox.told(ports.tenant, one, 10).unwrap();
    assert!(stored.iter().all(|one| one.read_at == Some(at(9))));
}

/// V-25
pub fn another_tenant_is_told_nothing(ports: &StaffPorts<'_>) {
    let [one, _] = ports.users;
    let told = message("電話を", one, 1);
    ports
        .inbox
        .put(ports.tenant, std::slice::from_ref(&told))
        .unwrap();
    let other = ports.other_tenant;
    assert_eq!(ports.inbox.told(other, one, 10).unwrap(), []);
    assert_eq!(ports.inbox.count_unread(other, one).unwrap(), 0);
    assert_eq!(ports.inbox.mark_read(other, one, None, at(2)).unwrap(), 0);
    ports.inbox.mailed(other, told.id, at(2)).unwrap();
    let unmailed = ports
        .inbox
        .put(ports.tenant, std::slice::from_ref(&told))
        .unwrap();
    assert_eq!(unmailed, [told.id]);
}

fn sealed(byte: u8) -> Sealed {
    Sealed(vec![byte; 40])
}

/// See its name.
pub fn the_first_secret_stays(ports: &StaffPorts<'_>) {
    let (tenant, secrets) = (ports.tenant, ports.secrets);
    assert_eq!(secrets.webhook_secrets(tenant).unwrap(), None);
    let made = secrets
        .make_webhook_secret(tenant, &sealed(1), at(1))
        .unwrap();
    assert_eq!((&made.current, made.made_at), (&sealed(1), at(1)));
    let again = secrets
        .make_webhook_secret(tenant, &sealed(2), at(2))
        .unwrap();
    assert_eq!(again, made);
    let other = ports.other_tenant;
    assert_eq!(secrets.webhook_secrets(other).unwrap(), None);
}

/// See its name.
pub fn a_renewed_secret_keeps_the_one_before_for_a_while(ports: &StaffPorts<'_>) {
    let (tenant, secrets) = (ports.tenant, ports.secrets);
    let renew = |byte, seconds| {
        let until = at(seconds + 100);
        let renewed = secrets.renew_webhook_secret(tenant, &sealed(byte), until, at(seconds));
        renewed.unwrap();
        secrets.webhook_secrets(tenant).unwrap().unwrap()
    };
    let first = renew(1, 1);
    assert_eq!((first.current, first.previous), (sealed(1), None));
    let second = renew(2, 2);
    assert_eq!(second.previous, Some((sealed(1), at(102))));
    let third = renew(3, 3);
    assert_eq!((third.current, third.made_at), (sealed(3), at(3)));
    assert_eq!(third.previous, Some((sealed(2), at(103))));
}
