//! Where mail that cannot be delivered comes back to.

use super::SendGridDomain;
use crate::delivery::authentication::dns::{Answers, RecordKind};
use crate::delivery::authentication::finding::{Finding, Topic, Verdict};
use crate::delivery::authentication::note::Note;
use crate::delivery::authentication::setup::{Carrier, SendingSetup};

pub(in super::super) fn return_path(setup: &SendingSetup, answers: &Answers) -> Finding {
    let topic = Topic::ReturnPath;
    match &setup.carrier {
        Carrier::Outbox => Finding::good(topic, &[]).but(Verdict::Unknown, Note::NothingLeaves),
        Carrier::Server { .. } => {
            let found = [setup.domain.to_string()];
            Finding::good(topic, &found).noting(Note::ReturnPathIsSender)
        }
        // Its name begins with em and a number that the account alone knows.
        Carrier::SendGrid => {
            let finding = Finding::good(topic, &[]);
            let sendgrid = SendGridDomain::find(&setup.domain, answers);
            let finding = match &sendgrid {
                Some(_) => finding.but(Verdict::Unknown, Note::ReturnPathAtSendGrid),
                None => finding
                    .but(Verdict::Missing, Note::SendGridNone)
                    .noting(Note::ReturnPathAtSendGrid),
            };
            let account = sendgrid.as_ref().and_then(SendGridDomain::account);
            let domain = sendgrid
                .as_ref()
                .map_or(&setup.domain, |found| &found.domain);
            finding.publish(
                format!("em0000.{domain}"),
                RecordKind::Cname,
                account.unwrap_or("u0000000.wl000.sendgrid.net").to_owned(),
            )
        }
    }
}
