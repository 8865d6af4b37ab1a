//! What every mailer promises, by SMTP and into the outbox.

use std::path::PathBuf;

use adapters_smtp::{Outbox, SmtpMailer};
use domain::delivery::{OutboxMail, OutboxReader as _, SEND_HEADER};
use domain::ids::SendId;
use fake_provider::{Deed, Manners, Protocol, Provider};
use test_support::contracts::mailer::{ArrivedMail, MailerPorts, Misdeed, ProviderEnd};
use test_support::mailer_contracts;

use crate::sending::config;

struct Server(Provider);

impl ProviderEnd for Server {
    fn behave(&self, misdeed: Option<Misdeed>) {
        let deed = match misdeed {
            None => Deed::Accept,
            Some(Misdeed::Rejects) => Deed::Reject,
            Some(Misdeed::Fails) => Deed::Fault,
            Some(Misdeed::Limits) => Deed::Limit,
            Some(Misdeed::RefusesUs) => Deed::RefuseKey,
            Some(Misdeed::DropsTaken) => Deed::DropTaken,
            Some(Misdeed::DropsUntaken) => Deed::DropUntaken,
        };
        self.0.behave(Manners::always(deed));
    }

    fn arrived(&self) -> Vec<ArrivedMail> {
        let arrived = |taken: fake_provider::Taken| ArrivedMail {
            recipients: taken.to,
            send: taken.send.map(SendId::from_uuid),
            headers: header_names(&taken.content.unwrap()),
        };
        self.0.ledger().taken().into_iter().map(arrived).collect()
    }

    fn tries(&self, send: SendId) -> u32 {
        let tries = self.0.ledger().tries();
        tries.get(&send.uuid()).copied().unwrap_or(0)
    }
}

fn header_names(message: &[u8]) -> Vec<String> {
    let text = String::from_utf8(message.to_vec()).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let lines = head
        .split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']));
    lines
        .map(|line| line.split(':').next().unwrap_or(line).to_ascii_lowercase())
        .collect()
}

fn by_smtp(contract: fn(&MailerPorts<'_>)) {
    let provider = Provider::start(Protocol::Smtp, 1).unwrap();
    provider.keep_content();
    let mailer = SmtpMailer::new(config(provider.address().port())).unwrap();
    contract(&MailerPorts {
        mailer: &mailer,
        provider: &Server(provider),
    });
}

mod smtp {
    use super::{by_smtp, mailer_contracts};

    mailer_contracts! { by_smtp }
}

/// A folder takes whatever comes.
struct Folder(PathBuf);

impl ProviderEnd for Folder {
    fn behave(&self, misdeed: Option<Misdeed>) {
        assert_eq!(misdeed, None, "a folder does nothing of that kind");
    }

    fn arrived(&self) -> Vec<ArrivedMail> {
        let outbox = Outbox::new(&self.0);
        let tenants = std::fs::read_dir(&self.0).into_iter().flatten().flatten();
        let mut mails: Vec<_> = tenants
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .flat_map(|tenant| outbox.newest(tenant, 100).unwrap())
            .collect();
        mails.sort_by_key(|mail| mail.at);
        mails.into_iter().map(arrived).collect()
    }

    fn tries(&self, send: SendId) -> u32 {
        let named = self.arrived();
        u32::try_from(named.iter().filter(|mail| mail.send == Some(send)).count()).unwrap()
    }
}

fn arrived(mail: OutboxMail) -> ArrivedMail {
    let named = mail.headers.iter().find(|(name, _)| name == SEND_HEADER);
    let address = mail.to.rsplit('<').next().unwrap_or_default();
    ArrivedMail {
        recipients: vec![address.trim_end_matches('>').to_owned()],
        send: named.and_then(|(_, id)| id.parse().ok()),
        headers: mail.headers.into_iter().map(|(name, _)| name).collect(),
    }
}

fn into_a_folder(contract: fn(&MailerPorts<'_>)) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox");
    contract(&MailerPorts {
        mailer: &Outbox::new(&path),
        provider: &Folder(path),
    });
}

mod outbox {
    use super::{into_a_folder, mailer_contracts};

    mailer_contracts! { into_a_folder:
        a_mail_that_is_taken_arrives_once,
        nothing_written_by_others_adds_a_recipient_or_a_header,
    }
}
