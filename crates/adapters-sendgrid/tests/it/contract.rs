//! What every mailer promises, by SendGrid.

use std::time::Duration;

use adapters_sendgrid::SendGridClient;
use domain::ids::SendId;
use fake_provider::{Deed, Manners, Protocol, Provider, Taken};
use serde_json::Value;
use test_support::contracts::mailer::{ArrivedMail, MailerPorts, Misdeed, ProviderEnd};
use test_support::mailer_contracts;

struct Account(Provider);

impl ProviderEnd for Account {
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
        let arrived = |taken: Taken| ArrivedMail {
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

fn header_names(body: &[u8]) -> Vec<String> {
    let body: Value = serde_json::from_slice(body).unwrap();
    let headers = body["headers"].as_object().unwrap();
    headers
        .keys()
        .map(|name| name.to_ascii_lowercase())
        .collect()
}

fn by_sendgrid(contract: fn(&MailerPorts<'_>)) {
    let provider = Provider::start(Protocol::SendGrid, 1).unwrap();
    provider.keep_content();
    let url = format!("http://{}", provider.address());
    let client = SendGridClient::new(&url, Duration::from_secs(5)).unwrap();
    contract(&MailerPorts {
        mailer: &client.mailer("SG.key".into()),
        provider: &Account(provider),
    });
}

mailer_contracts! { by_sendgrid }
