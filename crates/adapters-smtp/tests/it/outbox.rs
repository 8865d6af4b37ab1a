//! The outbox of the demo.

use adapters_smtp::Outbox;
use domain::delivery::{Mailer, OutboxReader, OutgoingMail, SendOutcome};
use domain::ids::TenantId;
use test_support::builders::delivery::outgoing_mail;

fn mail_of(tenant: TenantId, subject: &str) -> OutgoingMail {
    OutgoingMail {
        tenant,
        subject: subject.into(),
        ..outgoing_mail()
    }
}

#[test]
fn what_was_sent_can_be_read_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let (outbox, tenant) = (Outbox::new(folder.path().join("outbox")), TenantId::new());
    assert_eq!(outbox.newest(tenant, 10).unwrap(), []);
    for subject in ["一", "二", "三"] {
        let outcome = outbox.send(&mail_of(tenant, subject));
        assert!(matches!(outcome, SendOutcome::Accepted { .. }));
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let newest = outbox.newest(tenant, 2).unwrap();
    let subjects: Vec<_> = newest.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(subjects, ["三", "二"]);
    let read = outbox.read(tenant, &newest[0].id).unwrap().unwrap();
    assert_eq!(read, newest[0]);
    assert_eq!(read.from, "春日大学 入試課 <nyushi@kasuga.example.jp>");
    assert_eq!(read.headers.len(), 3);
}

#[test]
fn another_tenants_outbox_is_empty() {
    let folder = tempfile::tempdir().unwrap();
    let (outbox, tenant) = (Outbox::new(folder.path()), TenantId::new());
    outbox.send(&mail_of(tenant, "一"));
    let id = outbox.newest(tenant, 1).unwrap().remove(0).id;
    let other = TenantId::new();
    assert_eq!(outbox.newest(other, 10).unwrap(), []);
    assert_eq!(outbox.read(other, &id).unwrap(), None);
}

#[test]
fn an_id_cannot_lead_out_of_the_folder() {
    // V-31
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("1.json"), "{}").unwrap();
    let (outbox, tenant) = (Outbox::new(folder.path().join("outbox")), TenantId::new());
    outbox.send(&mail_of(tenant, "一"));
    for id in ["../../1", "1/../../../1", "/etc/passwd", "", ".", "1\0"] {
        assert_eq!(outbox.read(tenant, id).unwrap(), None, "{id:?}");
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_on_the_machine_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (outbox, tenant) = (Outbox::new(folder.path().join("outbox")), TenantId::new());
    outbox.send(&mail_of(tenant, "一"));
    let of_tenant = folder.path().join("outbox").join(tenant.to_string());
    let file = std::fs::read_dir(&of_tenant)
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&of_tenant), mode(&file.path())), (0o700, 0o600));
}
