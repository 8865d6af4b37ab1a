//! Why a verdict is what it is.

use std::fmt;

/// Characters of a stranger's text that are shown.
const SHOWN_CHARACTERS: usize = 200;

macro_rules! notes {
    ($($(#[$doc:meta])+ $name:ident $(($value:ty))? = $key:literal, $words:literal;)+) => {
        /// Why a verdict is what it is. The value, where there is one, is a name, a term or a number.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Note {
            $($(#[$doc])+ $name $(($value))?,)+
        }

        impl Note {
            /// Every key of the interface's texts.
            pub const KEYS: &[&str] = &[$($key),+];

            /// The key in the interface's texts.
            #[must_use]
            pub const fn key(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $key,)+
                }
            }

            const fn words(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $words,)+
                }
            }
        }
    };
}

notes! {
    /// Nobody answered in time.
    NoAnswer = "no-answer", "the name servers did not answer; ask again";
    /// Mail stays on this machine, so receivers look at nothing yet.
    NothingLeaves = "nothing-leaves", "mail stays in the outbox: this matters once a provider is chosen";
    /// There is no SPF record.
    SpfNone = "spf-none", "there is no SPF record";
    /// There are several SPF records, which counts as none.
    SpfSeveral = "spf-several", "there are several SPF records, which counts as none: keep one";
    /// A term that receivers do not understand.
    SpfBroken(String) = "spf-broken", "receivers drop the record because of the term {}";
    /// More lookups than receivers do.
    SpfTooManyLookups(usize) = "spf-too-many-lookups", "it needs at least {} lookups, receivers do 10";
    /// How many lookups are known.
    SpfLookups(usize) = "spf-lookups", "lookups: {} of 10";
    /// Some includes could not be read, so there may be more lookups.
    SpfLookupsUnknown = "spf-lookups-unknown", "not every include could be read; there may be more lookups";
    /// `+all`.
    SpfEverybody = "spf-everybody", "+all lets everybody send in your name";
    /// Neither `all` nor `redirect`.
    SpfOpenEnd = "spf-open-end", "it does not end in ~all or -all";
    /// A provider that the record does not include.
    SpfLacks(String) = "spf-lacks", "it does not include {}";
    /// No server may send.
    SpfNobody = "spf-nobody", "it allows no server at all";
    /// Whether this server is among the allowed ones cannot be told from names.
    SpfServer(String) = "spf-server", "make sure that the address of {} is in it";
    /// Receivers ask the return path's SPF, which SendGrid keeps.
    SpfByReturnPath = "spf-by-return-path", "SendGrid keeps the SPF of its return path; yours need not name it";
    /// No key at the selector.
    DkimNone = "dkim-none", "no key is published";
    /// The key was taken back.
    DkimRevoked = "dkim-revoked", "the published key was revoked (p= is empty)";
    /// Not usable.
    DkimBroken = "dkim-broken", "receivers cannot use what is published";
    /// Several records at one selector.
    DkimSeveral = "dkim-several", "several records stand at one selector: keep one";
    /// Not our key.
    DkimOtherKey = "dkim-other-key", "the published key is not the one that mails are signed with";
    /// Our key cannot be read, so the published one cannot be compared.
    DkimKeyUnreadable = "dkim-key-unreadable", "our private key cannot be read: enter it again";
    /// Receivers refuse keys as short as this.
    DkimTooShort(usize) = "dkim-too-short", "the key has {} bits; receivers want 1024 at least";
    /// Short of what is advised.
    DkimShort(usize) = "dkim-short", "the key has {} bits; 2048 are advised";
    /// As advised.
    DkimLength(usize) = "dkim-length", "key length: {} bits";
    /// Only Ed25519.
    DkimEd25519 = "dkim-ed25519", "not every receiver understands Ed25519 yet; an RSA key is advised";
    /// `t=y`.
    DkimTesting = "dkim-testing", "t=y says that you are only trying: take it away";
    /// The mail server may sign; its selector is not known here.
    DkimAtServer = "dkim-at-server", "no key is set here; if your mail server signs, look for dkim=pass in a test mail";
    /// The signing domain does not count for the sender's.
    DkimNotAligned(String) = "dkim-not-aligned", "DMARC does not count a signature of {} for the sending address";
    /// The CNAME leads somewhere else.
    DkimElsewhere(String) = "dkim-elsewhere", "the CNAME leads to {} instead of SendGrid";
    /// The domain is not set up at SendGrid, or not published.
    SendGridNone = "sendgrid-none", "the CNAMEs of SendGrid's domain authentication are not published";
    /// The records of a domain above it.
    At(String) = "at", "it stands at {}";
    /// No DMARC record.
    DmarcNone = "dmarc-none", "there is no DMARC record; Gmail, Yahoo and Outlook want one";
    /// Several, which counts as none.
    DmarcSeveral = "dmarc-several", "there are several DMARC records, which counts as none: keep one";
    /// Not readable.
    DmarcBroken = "dmarc-broken", "receivers cannot read it; p=none, quarantine or reject is needed";
    /// `p=none`.
    DmarcWatches = "dmarc-watches", "p=none only watches; go to quarantine once the reports are clean";
    /// A policy that protects.
    DmarcProtects = "dmarc-protects", "mail that only claims to be yours is stopped";
    /// No reports.
    DmarcNoReports = "dmarc-no-reports", "without rua nobody sees who sends in your name";
    /// No mail server takes mail for the domain.
    MxNone = "mx-none", "no server takes mail for the domain: answers and bounces get lost";
    /// A null MX (RFC 7505).
    MxNull = "mx-null", "the domain says that it takes no mail: many receivers refuse such senders";
    /// Mail comes back to the sending address.
    ReturnPathIsSender = "return-path-is-sender", "bounces come back to the sending address, aligned for SPF";
    /// The name has a number that only SendGrid knows.
    ReturnPathAtSendGrid = "return-path-at-sendgrid", "SendGrid shows its number (em1234) under Sender Authentication; look there for Verified";
}

impl Note {
    /// The name, term or number in it.
    #[must_use]
    pub fn value(&self) -> Option<String> {
        match self {
            Self::SpfBroken(text)
            | Self::SpfLacks(text)
            | Self::SpfServer(text)
            | Self::DkimNotAligned(text)
            | Self::DkimElsewhere(text)
            | Self::At(text) => Some(text.chars().take(SHOWN_CHARACTERS).collect()),
            Self::SpfTooManyLookups(number)
            | Self::SpfLookups(number)
            | Self::DkimTooShort(number)
            | Self::DkimShort(number)
            | Self::DkimLength(number) => Some(number.to_string()),
            Self::NoAnswer
            | Self::NothingLeaves
            | Self::SpfNone
            | Self::SpfSeveral
            | Self::SpfLookupsUnknown
            | Self::SpfEverybody
            | Self::SpfOpenEnd
            | Self::SpfNobody
            | Self::SpfByReturnPath
            | Self::DkimNone
            | Self::DkimRevoked
            | Self::DkimBroken
            | Self::DkimSeveral
            | Self::DkimOtherKey
            | Self::DkimKeyUnreadable
            | Self::DkimEd25519
            | Self::DkimTesting
            | Self::DkimAtServer
            | Self::SendGridNone
            | Self::DmarcNone
            | Self::DmarcSeveral
            | Self::DmarcBroken
            | Self::DmarcWatches
            | Self::DmarcProtects
            | Self::DmarcNoReports
            | Self::MxNone
            | Self::MxNull
            | Self::ReturnPathIsSender
            | Self::ReturnPathAtSendGrid => None,
        }
    }
}

/// In English, for the command line. Control characters of strangers are left out.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value().unwrap_or_default();
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        f.write_str(&self.words().replace("{}", &value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_publish_reaches_no_terminal_as_a_command() {
        let note = Note::SpfBroken("\u{1b}[31mred".to_owned());
        let words = "receivers drop the record because of the term [31mred";
        assert_eq!(note.to_string(), words);
    }
}
