//! Which addresses another program may be called at: only those on the public internet (V-30).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use thiserror::Error;
use url::{Host, Url};

/// Why an address is not called.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NotPublic {
    /// It is no complete web address.
    #[error("this is not a complete web address (https://…)")]
    Malformed,
    /// It is not `https`: what is known of people goes over no open line.
    #[error("only https addresses are called")]
    Scheme,
    /// It carries a user name or password.
    #[error("an address must not carry a user name or password")]
    Credentials,
    /// Its host has no name, or one that only a private network knows.
    #[error("the host has no name on the public internet")]
    Host,
    /// Its name leads, or led just now, to an address that is not on the public internet.
    #[error("the name leads to an address that is not on the public internet")]
    PrivateAddress,
}

/// Endings of names that only a private network knows (RFC 6761, RFC 6762, RFC 8375, ICANN).
const PRIVATE_ENDINGS: [&str; 8] = [
    "local",
    "localhost",
    "localdomain",
    "internal",
    "intranet",
    "lan",
    "home.arpa",
    "onion",
];

/// The address, if it looks as if it were on the public internet: `https`, and a host with a name
/// of more than one part.
///
/// Where the name leads is looked at by whoever calls it, each time it
/// connects, by [`is_public_address`].
///
/// # Errors
/// See [`NotPublic`].
pub fn public_url(address: &str) -> Result<Url, NotPublic> {
    let url = Url::parse(address.trim()).map_err(|_malformed| NotPublic::Malformed)?;
    if url.scheme() != "https" {
        return Err(NotPublic::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(NotPublic::Credentials);
    }
    // An address in numbers, however it is written, is parsed to one: a name is left.
    let name = match url.host() {
        Some(Host::Domain(name)) => name.trim_end_matches('.'),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) | None => return Err(NotPublic::Host),
    };
    let is_private = |ending: &str| {
        let before = name.strip_suffix(ending);
        before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    if !name.contains('.') || PRIVATE_ENDINGS.into_iter().any(is_private) {
        return Err(NotPublic::Host);
    }
    Ok(url)
}

/// Whether an IP address belongs to the public internet, by the special-purpose registries of IANA
/// (RFC 6890). What maps an IPv4 address into IPv6 counts as that address.
#[must_use]
pub const fn is_public_address(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

const fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

/// Of what is routed at all (2000::/3), neither protocol assignments (Teredo among them), nor
/// documentation, nor 6to4, which carries any IPv4 address.
const fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    (a & 0xe000) == 0x2000
        && !matches!(
            (a, b),
            (0x2001, 0..=0x1ff | 0xdb8) | (0x2002, _) | (0x3fff, 0..=0xfff)
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    // V-30
    #[test]
    fn only_names_on_the_public_internet_are_called() {
        let refused = |url: &str| public_url(url).err();
        assert_eq!(refused("https://hooks.example.com/a?b=c"), None);
        assert_eq!(refused(" https://例え.jp:8443/ "), None);
        for (url, why) in [
            ("hooks.example.com", NotPublic::Malformed),
            ("https://", NotPublic::Malformed),
            ("http://hooks.example.com/", NotPublic::Scheme),
            ("http://127.0.0.1", NotPublic::Scheme),
            ("file:///etc/passwd", NotPublic::Scheme),
            ("gopher://hooks.example.com/", NotPublic::Scheme),
            ("ftp://hooks.example.com/", NotPublic::Scheme),
            (
                "https://user:secret@hooks.example.com/",
                NotPublic::Credentials,
            ),
            ("https://127.0.0.1/", NotPublic::Host),
            ("https://8.8.8.8/", NotPublic::Host),
            ("https://169.254.169.254/latest/meta-data/", NotPublic::Host),
            ("https://[::1]/", NotPublic::Host),
            ("https://[::ffff:127.0.0.1]/", NotPublic::Host),
            ("https://0177.0.0.1/", NotPublic::Host),
            ("https://0x7f.1/", NotPublic::Host),
            ("https://2130706433/", NotPublic::Host),
            ("https://①②⑦.0.0.1/", NotPublic::Host),
            ("https://localhost/", NotPublic::Host),
            ("https://localhost./", NotPublic::Host),
            ("https://api.localhost/", NotPublic::Host),
            ("https://db.internal/", NotPublic::Host),
            ("https://printer.local./", NotPublic::Host),
            ("https://router.home.arpa/", NotPublic::Host),
            ("https://intranet/", NotPublic::Host),
        ] {
            assert_eq!(refused(url), Some(why), "{url}");
        }
        assert_eq!(refused("https://thelocal.se/"), None);
    }

    // V-30
    #[test]
    fn addresses_of_private_networks_are_not_public() {
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::10.0.0.1",
            "64:ff9b::7f00:1",
            "fc00::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
        ] {
            assert!(!is_public_address(private.parse().unwrap()), "{private}");
        }
        for public in [
            "8.8.8.8",
            "100.63.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
        ] {
            assert!(is_public_address(public.parse().unwrap()), "{public}");
        }
    }
}
