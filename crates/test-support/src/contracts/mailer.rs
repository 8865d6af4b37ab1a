//! What every [`Mailer`] promises, whatever it speaks to its provider.

use domain::delivery::{Mailbox, Mailer, OutgoingMail, SendOutcome, one_line};
use domain::ids::SendId;

use crate::builders::delivery::{address, outgoing_mail};

/// What a provider does instead of taking a mail and saying so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misdeed {
    /// Refuses the mail for good.
    Rejects,
    /// Has a fault of its own.
    Fails,
    /// Says that too much comes.
    Limits,
    /// Refuses the sender's credentials.
    RefusesUs,
    /// Takes the mail and closes the connection without an answer.
    DropsTaken,
    /// Closes the connection without an answer, and has not got the mail.
    DropsUntaken,
}

/// One mail as it came out at the other end.
#[derive(Clone, Debug)]
pub struct ArrivedMail {
    /// Everybody to whom it goes, open or hidden.
    pub recipients: Vec<String>,
    /// The send that it names.
    pub send: Option<SendId>,
    /// The names of its headers, in lower case.
    pub headers: Vec<String>,
}

/// The other end.
pub trait ProviderEnd {
    /// Does that with every further mail; accepts them with `None`.
    fn behave(&self, misdeed: Option<Misdeed>);

    /// The mails that it has, in order.
    fn arrived(&self) -> Vec<ArrivedMail>;

    /// How often it was asked to take this mail.
    fn tries(&self, send: SendId) -> u32;
}

/// A mailer and the provider at its other end.
pub struct MailerPorts<'a> {
    /// The mailer.
    pub mailer: &'a dyn Mailer,
    /// Its provider.
    pub provider: &'a dyn ProviderEnd,
}

/// Names that try to be more than a name.
const HOSTILE_NAMES: [&str; 12] = [
    "A\r\nBcc: x@attacker.example",
    "A\nBcc: x@attacker.example",
    "A\rBcc: x@attacker.example",
    "A\u{2028}Bcc: x@attacker.example",
    "A\u{85}Bcc: x@attacker.example",
    "A\0Bcc: x@attacker.example",
    "\"A\" <x@attacker.example>, ",
    "x@attacker.example",
    "A>, <x@attacker.example",
    "=?utf-8?Q?A=0D=0ABcc:_x@attacker.example?=",
    "=?utf-8?B?QQ0KQmNjOiB4QGF0dGFja2VyLmV4YW1wbGU=?=",
    "(A) group: x@attacker.example;",
];

impl MailerPorts<'_> {
    fn outcome(&self, misdeed: Misdeed) -> (OutgoingMail, SendOutcome) {
        self.provider.behave(Some(misdeed));
        let mail = outgoing_mail();
        let outcome = self.mailer.send(&mail);
        (mail, outcome)
    }

    fn accepts(&self, mail: &OutgoingMail) -> bool {
        matches!(self.mailer.send(mail), SendOutcome::Accepted { .. })
    }
}

/// A mail that was taken has an id, arrives once, and names its send.
pub fn a_mail_that_is_taken_arrives_once(ports: &MailerPorts<'_>) {
    let mail = outgoing_mail();
    let SendOutcome::Accepted {
        provider_message_id,
    } = ports.mailer.send(&mail)
    else {
        panic!("the provider takes it");
    };
    assert!(!provider_message_id.trim().is_empty());
    let [arrived] = ports.provider.arrived().try_into().unwrap();
    assert_eq!(arrived.recipients, [mail.to.address.as_str()]);
    assert_eq!(arrived.send, Some(mail.send));
}

/// Whatever a name or a subject says, there is one recipient and no header besides ours.
pub fn nothing_written_by_others_adds_a_recipient_or_a_header(ports: &MailerPorts<'_>) {
    assert!(ports.accepts(&outgoing_mail()));
    let [plain] = ports.provider.arrived().try_into().unwrap();
    for hostile in HOSTILE_NAMES {
        let before = ports.provider.arrived().len();
        let mail = OutgoingMail {
            from: Mailbox::new(Some(hostile), address("nyushi@kasuga.example.jp")),
            to: Mailbox::new(Some(hostile), address("sato@example.com")),
            subject: one_line(hostile),
            ..outgoing_mail()
        };
        assert!(ports.accepts(&mail), "{hostile:?}");
        let arrived = ports.provider.arrived().split_off(before);
        assert_eq!(arrived.len(), 1, "{hostile:?}");
        assert_eq!(arrived[0].recipients, ["sato@example.com"], "{hostile:?}");
        assert_eq!(arrived[0].headers, plain.headers, "{hostile:?}");
    }
}

/// A mail that the provider refuses is not tried again.
pub fn a_refused_mail_is_refused_for_good(ports: &MailerPorts<'_>) {
    let (_, outcome) = ports.outcome(Misdeed::Rejects);
    let SendOutcome::Rejected { reason } = outcome else {
        panic!("refused for good: {outcome:?}");
    };
    assert_eq!(reason, one_line(&reason), "reasons are shown on one line");
    assert!(ports.provider.arrived().is_empty());
}

/// A fault and a limit of the provider's cost no mail.
pub fn faults_and_limits_of_the_provider_are_waited_out(ports: &MailerPorts<'_>) {
    for misdeed in [Misdeed::Fails, Misdeed::Limits] {
        let (mail, outcome) = ports.outcome(misdeed);
        assert!(
            matches!(outcome, SendOutcome::Deferred { .. }),
            "{misdeed:?}: {outcome:?}"
        );
        ports.provider.behave(None);
        assert!(ports.accepts(&mail), "the next try goes out");
    }
    assert_eq!(ports.provider.arrived().len(), 2);
}

/// Refused credentials are told apart from a refused mail.
pub fn refused_credentials_fail_no_mail(ports: &MailerPorts<'_>) {
    let (_, outcome) = ports.outcome(Misdeed::RefusesUs);
    assert!(
        matches!(outcome, SendOutcome::ProviderRefused { .. }),
        "{outcome:?}"
    );
}

/// Where no answer comes, nobody knows; and the mailer itself never tries again.
pub fn without_an_answer_nobody_knows(ports: &MailerPorts<'_>) {
    for (misdeed, arrived) in [(Misdeed::DropsTaken, 1), (Misdeed::DropsUntaken, 1)] {
        let (mail, outcome) = ports.outcome(misdeed);
        assert!(
            matches!(outcome, SendOutcome::Unknown { .. }),
            "{misdeed:?}: {outcome:?}"
        );
        assert_eq!(ports.provider.tries(mail.send), 1, "{misdeed:?}");
        assert_eq!(ports.provider.arrived().len(), arrived, "{misdeed:?}");
    }
}

/// The same after mails that went well, when the connection was open already.
pub fn a_used_connection_that_breaks_is_not_tried_again(ports: &MailerPorts<'_>) {
    for _ in 0..3 {
        assert!(ports.accepts(&outgoing_mail()));
    }
    without_answer_after(ports, 3);
    ports.provider.behave(None);
    assert!(ports.accepts(&outgoing_mail()), "the next mail goes out");
}

fn without_answer_after(ports: &MailerPorts<'_>, arrived: usize) {
    let (mail, outcome) = ports.outcome(Misdeed::DropsTaken);
    assert!(
        matches!(outcome, SendOutcome::Unknown { .. }),
        "{outcome:?}"
    );
    assert_eq!(ports.provider.tries(mail.send), 1);
    assert_eq!(ports.provider.arrived().len(), arrived + 1);
}

/// Writes one test for each contract; `$with_mailer` gives it a mailer with a new provider.
#[macro_export]
macro_rules! mailer_contracts {
    ($with_mailer:path) => {
        $crate::mailer_contracts! { $with_mailer:
            a_mail_that_is_taken_arrives_once,
            nothing_written_by_others_adds_a_recipient_or_a_header,
            a_refused_mail_is_refused_for_good,
            faults_and_limits_of_the_provider_are_waited_out,
            refused_credentials_fail_no_mail,
            without_an_answer_nobody_knows,
            a_used_connection_that_breaks_is_not_tried_again,
        }
    };
    ($with_mailer:path: $($contract:ident,)+) => {$(
        #[test]
        fn $contract() {
            $with_mailer($crate::contracts::mailer::$contract);
        }
    )+};
}
