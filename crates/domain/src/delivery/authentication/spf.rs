//! SPF records (RFC 7208): which servers may send in the name of a domain.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// Lookups that a receiver does at most (RFC 7208 §4.6.4).
pub(super) const LOOKUPS_MAX: usize = 10;

/// A record that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SpfRecord {
    pub(super) terms: Vec<SpfTerm>,
}

/// One term, as it stands there and as it is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SpfTerm {
    pub(super) text: String,
    pub(super) kind: SpfKind,
}

/// What a term says. Qualifiers matter for `all` only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SpfKind {
    All(Qualifier),
    Include(String),
    /// `a`, with the name where it is not the domain itself.
    A(Option<String>),
    Mx(Option<String>),
    /// Counts as a lookup and says nothing that we follow: `ptr`, `exists`.
    OtherLookup,
    /// `ip4`, `ip6`
    Address,
    Redirect(String),
    /// `exp` and unknown modifiers, which receivers pass over.
    Ignored,
}

/// What becomes of mail that a term matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Qualifier {
    Pass,
    Neutral,
    SoftFail,
    Fail,
}

/// Whether a TXT record is meant as SPF, be it right or not.
pub(super) fn is_spf(text: &str) -> bool {
    let first = text.trim().split(' ').next();
    first.is_some_and(|word| word.eq_ignore_ascii_case("v=spf1"))
}

impl SpfRecord {
    /// Reads a record that [`is_spf`].
    ///
    /// # Errors
    /// The first term that receivers do not understand, for which they drop the whole record.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let terms = text
            .trim()
            .split(' ')
            .skip(1)
            .filter(|term| !term.is_empty());
        let terms: Vec<SpfTerm> = terms.map(SpfTerm::parse).collect::<Result<_, _>>()?;
        let is_redirect = |term: &&SpfTerm| matches!(term.kind, SpfKind::Redirect(_));
        match terms.iter().filter(is_redirect).nth(1) {
            Some(second) => Err(second.text.clone()),
            None => Ok(Self { terms }),
        }
    }

    /// Terms that cost a receiver a lookup, without those of the records they lead to.
    pub(super) fn lookups(&self) -> usize {
        let costs = |term: &&SpfTerm| match term.kind {
            SpfKind::Include(_)
            | SpfKind::A(_)
            | SpfKind::Mx(_)
            | SpfKind::OtherLookup
            | SpfKind::Redirect(_) => true,
            SpfKind::All(_) | SpfKind::Address | SpfKind::Ignored => false,
        };
        self.terms.iter().filter(costs).count()
    }

    /// The names whose records count as well: of includes, and of the redirect.
    pub(super) fn leads_to(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter_map(|term| match &term.kind {
            SpfKind::Include(name) | SpfKind::Redirect(name) => Some(name.as_str()),
            SpfKind::All(_)
            | SpfKind::A(_)
            | SpfKind::Mx(_)
            | SpfKind::OtherLookup
            | SpfKind::Address
            | SpfKind::Ignored => None,
        })
    }

    /// What happens to mail that nothing else matches; `None`: nothing is said.
    pub(super) fn all(&self) -> Option<Qualifier> {
        self.terms.iter().find_map(|term| match term.kind {
            SpfKind::All(qualifier) => Some(qualifier),
            SpfKind::Include(_)
            | SpfKind::A(_)
            | SpfKind::Mx(_)
            | SpfKind::OtherLookup
            | SpfKind::Address
            | SpfKind::Redirect(_)
            | SpfKind::Ignored => None,
        })
    }

    pub(super) fn has_redirect(&self) -> bool {
        let is_redirect = |term: &SpfTerm| matches!(term.kind, SpfKind::Redirect(_));
        self.terms.iter().any(is_redirect)
    }

    /// Whether it names any server at all.
    pub(super) fn allows_somebody(&self) -> bool {
        self.lookups() > 0 || self.terms.iter().any(|term| term.kind == SpfKind::Address)
    }
}

impl SpfTerm {
    fn parse(text: &str) -> Result<Self, String> {
        let kind = kind_of(text).ok_or_else(|| text.to_owned())?;
        Ok(Self {
            text: text.to_owned(),
            kind,
        })
    }
}

fn kind_of(term: &str) -> Option<SpfKind> {
    let lower = term.to_ascii_lowercase();
    let end_of_name = lower.find([':', '/', '=']).unwrap_or(lower.len());
    if lower[end_of_name..].starts_with('=') {
        return modifier(&lower[..end_of_name], &lower[end_of_name + 1..]);
    }
    let (qualifier, mechanism) = qualified(&lower);
    let end_of_name = mechanism.find([':', '/']).unwrap_or(mechanism.len());
    let (name, rest) = mechanism.split_at(end_of_name);
    match name {
        "all" => rest.is_empty().then_some(SpfKind::All(qualifier)),
        "include" => target(rest).map(SpfKind::Include),
        "exists" => target(rest).map(|_| SpfKind::OtherLookup),
        "ptr" if rest.is_empty() => Some(SpfKind::OtherLookup),
        "ptr" => target(rest).map(|_| SpfKind::OtherLookup),
        "a" => Some(SpfKind::A(host(rest)?)),
        "mx" => Some(SpfKind::Mx(host(rest)?)),
        "ip4" => is_network::<Ipv4Addr, Ipv4Net>(rest).then_some(SpfKind::Address),
        "ip6" => is_network::<Ipv6Addr, Ipv6Net>(rest).then_some(SpfKind::Address),
        _ => None,
    }
}

fn modifier(name: &str, value: &str) -> Option<SpfKind> {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic());
    match name {
        "redirect" => (!value.is_empty()).then(|| SpfKind::Redirect(value.to_owned())),
        _ => is_name.then_some(SpfKind::Ignored),
    }
}

fn qualified(term: &str) -> (Qualifier, &str) {
    let qualifiers = [
        ('+', Qualifier::Pass),
        ('-', Qualifier::Fail),
        ('~', Qualifier::SoftFail),
        ('?', Qualifier::Neutral),
    ];
    let found = qualifiers
        .into_iter()
        .find_map(|(sign, qualifier)| Some((qualifier, term.strip_prefix(sign)?)));
    found.unwrap_or((Qualifier::Pass, term))
}

/// The name after a colon.
fn target(rest: &str) -> Option<String> {
    let name = rest.strip_prefix(':')?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// The name of `a` and `mx`, if there is one; the lengths of prefixes after it say nothing to us,
/// but have to be numbers.
#[expect(
    clippy::option_option,
    reason = "no name and no term are different things"
)]
fn host(rest: &str) -> Option<Option<String>> {
    let (name, lengths) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let is_length = |length: &str| length.parse::<u8>().is_ok_and(|bits| bits <= 128);
    let lengths = lengths.split('/').filter(|length| !length.is_empty());
    if !lengths.into_iter().all(is_length) {
        return None;
    }
    match name {
        "" => Some(None),
        _ => target(name).map(Some),
    }
}

fn is_network<A: std::str::FromStr, N: std::str::FromStr>(rest: &str) -> bool {
    let text = rest.strip_prefix(':').unwrap_or_default();
    text.parse::<A>().is_ok() || text.parse::<N>().is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(text: &str) -> SpfRecord {
        SpfRecord::parse(text).unwrap()
    }

    // B72
    #[test]
    fn a_usual_record_is_read() {
        let record =
            record("v=spf1 ip4:203.0.113.0/24 a:mail.example.jp/28 mx Include:sendgrid.net  ~all");
        assert_eq!(record.lookups(), 3);
        assert_eq!(record.all(), Some(Qualifier::SoftFail));
        assert_eq!(record.leads_to().collect::<Vec<_>>(), ["sendgrid.net"]);
        assert_eq!(
            record.terms[1].kind,
            SpfKind::A(Some("mail.example.jp".to_owned()))
        );
    }

    #[test]
    fn only_the_version_word_makes_spf() {
        assert!(is_spf("v=spf1") && is_spf("V=SPF1 -all"));
        assert!(!is_spf("v=spf10 -all") && !is_spf("google-site-verification=x") && !is_spf(""));
    }

    #[test]
    fn the_term_that_spoils_a_record_is_named() {
        let broken = [
            ("v=spf1 inclde:example.jp -all", "inclde:example.jp"),
            ("v=spf1 include: -all", "include:"),
            ("v=spf1 ip4:300.1.1.1 -all", "ip4:300.1.1.1"),
            ("v=spf1 a/xx -all", "a/xx"),
            ("v=spf1 redirect=a.jp redirect=b.jp", "redirect=b.jp"),
            ("v=spf1 all:example.jp", "all:example.jp"),
        ];
        for (text, term) in broken {
            assert_eq!(SpfRecord::parse(text).unwrap_err(), term);
        }
    }

    #[test]
    fn modifiers_that_nobody_knows_are_passed_over() {
        assert_eq!(
            record("v=spf1 exp=why.example.jp moo=1 +all").all(),
            Some(Qualifier::Pass)
        );
        assert!(!record("v=spf1 -all").allows_somebody());
        assert!(record("v=spf1 ip6:2001:db8::/32 -all").allows_somebody());
    }

    proptest! {
        #[test]
        fn no_text_of_a_stranger_breaks_it(text in "(v=spf1 )?.{0,400}") {
            if is_spf(&text) && let Ok(record) = SpfRecord::parse(&text) {
                prop_assert!(record.lookups() <= record.terms.len());
                let again = record.terms.iter().map(|term| term.text.as_str());
                let again = format!("v=spf1 {}", again.collect::<Vec<_>>().join(" "));
                prop_assert_eq!(SpfRecord::parse(&again), Ok(record));
            }
        }

        #[test]
        fn no_made_up_terms_break_it(terms in proptest::collection::vec("[+~?-]?(a|mx|ptr|all|ip4|ip6|include|exists|redirect|exp)[:/=]{0,2}[0-9a-z./%{}]{0,12}", 0..40)) {
            drop(SpfRecord::parse(&format!("v=spf1 {}", terms.join(" "))));
        }
    }
}
