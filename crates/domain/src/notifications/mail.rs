//! The mail that tells a member of staff what the bell shows.

use url::Url;

use super::{Notice, Notification};
use crate::delivery::{Mailbox, OutgoingMail, SenderProfile, escape_html, one_line};
use crate::ids::SendId;
use crate::leads::Lead;
use crate::tenancy::{Locale, Tenant, User};

/// Longest subject. Characters.
const SUBJECT_MAX: usize = 100;

/// The mail about a notification to whom it is for: plain, untracked, with a link to the lead on
/// the installation at `address`.
///
/// `None` where no mail is due, or where the organisation has not
/// said yet from which address it writes.
#[must_use]
pub fn staff_mail(
    tenant: &Tenant,
    sender: &SenderProfile,
    to: &User,
    notification: &Notification,
    lead: Option<&Lead>,
    address: &Url,
) -> Option<OutgoingMail> {
    // What went wrong with a program waits behind the bell; a night of failures fills no mailbox.
    let Notice::Message { text } = &notification.notice else {
        return None;
    };
    let words = Words::of(to.locale.unwrap_or(tenant.locale));
    let page = match notification.lead {
        Some(lead) => address.join(&format!("ui/leads/{lead}")),
        None => address.join("ui/notifications"),
    };
    let settings = address.join("ui/notifications").ok()?.to_string();
    let page = page.ok()?.to_string();
    let about = lead.map(label).unwrap_or_default();
    let subject: String = one_line(text).chars().take(SUBJECT_MAX).collect();
    let lines = [text.as_str(), about.as_str(), page.as_str(), words.why];
    Some(OutgoingMail {
        tenant: tenant.id,
        send: SendId::derived(&[notification.id.uuid().as_bytes()]),
        from: Mailbox::new(Some(&sender.from_name), sender.from_address.clone()?),
        to: Mailbox::new(Some(&to.name), to.email.clone()),
        reply_to: None,
        subject: format!("{}{subject}", words.mark),
        html: html(text, &about, &page, &words),
        text: lines
            .into_iter()
            .filter(|line| !line.is_empty())
            .collect::<Vec<_>>()
            .join("\n\n"),
        unsubscribe_url: settings,
        provider_opens: false,
    })
}

/// What Ondo adds to the words of the step.
struct Words {
    mark: &'static str,
    look: &'static str,
    why: &'static str,
}

impl Words {
    const fn of(locale: Locale) -> Self {
        match locale {
            Locale::Ja => Self {
                mark: "【温度】",
                look: "画面で見る",
                why: "温度のシナリオからのお知らせです。",
            },
            Locale::En => Self {
                mark: "[Ondo] ",
                look: "Open in Ondo",
                why: "A campaign in Ondo told you this.",
            },
        }
    }
}

/// Whom it is about, on one line.
fn label(lead: &Lead) -> String {
    let named = [&lead.company, &lead.name];
    let named: Vec<&str> = named.into_iter().filter_map(|it| it.as_deref()).collect();
    if named.is_empty() {
        lead.email.as_str().to_owned()
    } else {
        named.join(" ")
    }
}

fn html(text: &str, about: &str, page: &str, words: &Words) -> String {
    let [text, about, page] = [text, about, page].map(escape_html);
    format!(
        "<!doctype html><html><body><p>{text}</p><p>{about}</p>\
         <p><a href=\"{page}\">{}</a></p><p><small>{}</small></p></body></html>",
        words.look, words.why
    )
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::ids::{LeadId, ReactionId, TenantId, UserId};
    use crate::leads::{EmailAddress, LeadDraft};
    use crate::tenancy::Role;

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    fn mail(text: &str, from: Option<EmailAddress>) -> Option<OutgoingMail> {
        let tenant = Tenant {
            id: TenantId::new(),
            name: "温度大学".to_owned(),
            time_zone: chrono_tz::Asia::Tokyo,
            locale: Locale::Ja,
            webhook_key: String::new(),
            created_at: DateTime::UNIX_EPOCH,
        };
        let sender = SenderProfile {
            from_name: "温度大学".to_owned(),
            from_address: from,
            ..SenderProfile::default()
        };
        let user = User {
            id: UserId::new(),
            email: address("aoki@example.jp"),
            name: "青木".to_owned(),
            role: Role::Sales,
            locale: None,
            is_active: true,
            last_signed_in_at: None,
            created_at: DateTime::UNIX_EPOCH,
        };
        let draft = LeadDraft {
            name: Some("佐藤<花子>".to_owned()),
            ..LeadDraft::new(address("sato@example.com"))
        };
        let lead = draft.into_lead(LeadId::new(), DateTime::UNIX_EPOCH);
        let notice = Notice::Message {
            text: text.to_owned(),
        };
        let reaction = ReactionId::derived(&[b"reaction"]);
        let now = DateTime::UNIX_EPOCH;
        let told = Notification::of_reaction(reaction, user.id, notice, Some(lead.id), now);
        let url = Url::parse("https://ondo.example.jp/").unwrap();
        staff_mail(&tenant, &sender, &user, &told, Some(&lead), &url)
    }

    #[test]
    fn a_message_is_text_and_never_markup_or_a_header() {
        // V-22
        let from = Some(address("info@example.jp"));
        let mail = mail("<script>x</script>\r\nBcc: all@example.com", from).unwrap();
        assert!(!mail.html.contains("<script>") && !mail.html.contains("<花子>"));
        assert_eq!(
            mail.subject,
            "【温度】<script>x</script> Bcc: all@example.com"
        );
        assert!(mail.text.contains("佐藤<花子>"));
        assert!(mail.text.contains("https://ondo.example.jp/ui/leads/"));
    }

    #[test]
    fn nobody_writes_before_it_is_said_from_where() {
        assert_eq!(mail("電話を", None), None);
    }
}
