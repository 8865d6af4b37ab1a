//! Mails that are looked at or tried out: composed as every mail is, and tracked by nothing.

use std::sync::Arc;

use domain::content::TemplateSource;
use domain::delivery::{
    ComposeError, Composition, MailIdentity, Mailbox, OpenSource, OutgoingMail, SenderProfile,
    SignedLinks, compose,
};
use domain::ids::{LeadId, SendId};
use domain::leads::{EmailAddress, Lead, LeadDraft};
use domain::tenancy::{Locale, Tenant, User};
use domain::tracking::MailRef;

use crate::state::AppState;
use crate::texts;

/// A mail that goes to nobody, or to a member of staff who tries it out.
pub(crate) struct Untracked<'a> {
    pub(crate) state: &'a AppState,
    pub(crate) tenant: &'a Tenant,
    pub(crate) locale: Locale,
}

impl Untracked<'_> {
    /// The mail as this person would get it. What the sender profile still lacks is filled in
    /// with words that say so, because a preview is for looking.
    ///
    /// # Errors
    /// If the template cannot be filled in.
    pub(crate) fn preview(
        &self,
        source: &TemplateSource,
        lead: &Lead,
        sender: SenderProfile,
    ) -> Result<OutgoingMail, ComposeError> {
        self.compose(source, lead, &self.with_placeholders(sender))
    }

    /// The same mail, but to a colleague and marked as a test.
    ///
    /// # Errors
    /// If the template cannot be filled in, or the sender profile is incomplete.
    pub(crate) fn test(
        &self,
        source: &TemplateSource,
        lead: &Lead,
        sender: &SenderProfile,
        to: &User,
    ) -> Result<OutgoingMail, ComposeError> {
        let mail = self.compose(source, lead, sender)?;
        let subject = texts::arguments([("subject", mail.subject.clone().into())]);
        Ok(OutgoingMail {
            to: Mailbox::new(Some(&to.name), to.email.clone()),
            subject: texts::text(self.locale, "content-test-subject", &subject),
            ..mail
        })
    }

    /// Somebody made up, for a look without a real person's data.
    pub(crate) fn sample_lead(&self) -> Lead {
        let text = |key| Some(texts::text(self.locale, key, &texts::arguments([])));
        let draft = LeadDraft {
            name: text("content-sample-name"),
            kana: text("content-sample-kana"),
            company: text("content-sample-company"),
            department: text("content-sample-department"),
            title: text("content-sample-title"),
            graduation_year: Some(2027),
            grade: text("content-sample-grade"),
            industry: text("content-sample-industry"),
            region: text("content-sample-region"),
            ..LeadDraft::new(example_address())
        };
        draft.into_lead(LeadId::new(), self.state.now())
    }

    fn compose(
        &self,
        source: &TemplateSource,
        lead: &Lead,
        sender: &SenderProfile,
    ) -> Result<OutgoingMail, ComposeError> {
        let composition = Composition {
            identity: self.nobodys(),
            lead,
            sender,
            source,
            tracking: false,
            opens: OpenSource::Pixel,
            honeypot: false,
            locale: self.tenant.locale,
        };
        let keys = Arc::new(self.state.keys.clone());
        let links = SignedLinks::new(keys, self.state.address.url.as_str());
        compose(&*self.state.ports.renderer, &links, &composition).map(|composed| composed.mail)
    }

    /// A mail that no log knows, to a lead who does not exist: whoever refuses more mail from a
    /// test stops nobody's mail.
    fn nobodys(&self) -> MailIdentity {
        let now = self.state.now();
        MailIdentity {
            tenant: self.tenant.id,
            mail: MailRef {
                send: SendId::new(),
                lead: LeadId::new(),
                queued_at: now,
                source: None,
                event: None,
            },
            at: now,
        }
    }

    fn with_placeholders(&self, sender: SenderProfile) -> SenderProfile {
        let unset = |value: String| {
            if value.trim().is_empty() {
                texts::text(self.locale, "content-sender-unset", &texts::arguments([]))
            } else {
                value
            }
        };
        SenderProfile {
            from_name: unset(sender.from_name),
            from_address: sender.from_address.or_else(|| Some(example_address())),
            organisation: unset(sender.organisation),
            postal_address: unset(sender.postal_address),
            contact: unset(sender.contact),
            ..sender
        }
    }
}

fn example_address() -> EmailAddress {
    EmailAddress::parse("hanako@example.jp").expect("an address of a reserved domain is one")
}
