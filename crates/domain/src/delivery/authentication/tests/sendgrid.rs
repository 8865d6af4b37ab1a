//! SendGrid signs and takes bounces by names that lead to it.

use super::*;

#[test]
fn sendgrid_is_good_when_its_cnames_lead_to_it() {
    let zone = Zone::default()
        .with(
            "s1._domainkey.example.jp",
            "CNAME",
            "s1.domainkey.u12.wl3.sendgrid.net",
        )
        .with(
            "s2._domainkey.example.jp",
            "CNAME",
            "s2.domainkey.u12.wl3.sendgrid.net",
        )
        .with(
            "s1._domainkey.example.jp",
            "TXT",
            &format!("k=rsa; t=s; p={PUBLIC_2048}"),
        )
        .with("example.jp", "TXT", "v=spf1 mx -all");
    let setup = setup(Carrier::SendGrid);
    let dkim = finding(&setup, &zone, Topic::Dkim);
    assert_eq!(
        (dkim.verdict, dkim.notes),
        (Verdict::Good, vec![Note::DkimLength(2_048)])
    );
    let spf = finding(&setup, &zone, Topic::Spf);
    assert_eq!((spf.verdict, spf.publish), (Verdict::Good, vec![]));
    let path = finding(&setup, &zone, Topic::ReturnPath);
    assert_eq!(
        path.verdict,
        Verdict::Unknown,
        "the number of em is not known"
    );
    assert_eq!(
        to_publish(&path),
        [("em0000.example.jp", "u12.wl3.sendgrid.net")]
    );
}

#[test]
fn sendgrid_without_its_cnames_is_to_be_set_up() {
    let half = Zone::default().with(
        "s1._domainkey.example.jp",
        "CNAME",
        "s1.domainkey.u12.wl3.sendgrid.net",
    );
    let setup = setup(Carrier::SendGrid);
    let found = finding(&setup, &half, Topic::Dkim);
    assert_eq!(found.verdict, Verdict::Missing);
    let second = (
        "s2._domainkey.example.jp",
        "s2.domainkey.u12.wl3.sendgrid.net",
    );
    assert_eq!(to_publish(&found), [second]);
    let none = finding(&setup, &Zone::default(), Topic::Dkim);
    assert_eq!((none.verdict, none.publish.len()), (Verdict::Missing, 2));
    let elsewhere = Zone::default()
        .with("s1._domainkey.example.jp", "CNAME", "s1.evilsendgrid.net")
        .with(
            "s2._domainkey.example.jp",
            "CNAME",
            "s2.domainkey.u12.wl3.sendgrid.net",
        );
    let found = finding(&setup, &elsewhere, Topic::Dkim);
    assert_eq!(
        found.notes[0],
        Note::DkimElsewhere("s1.evilsendgrid.net".to_owned())
    );
}
