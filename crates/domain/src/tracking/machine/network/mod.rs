//! Whose network an address belongs to.
//!
//! The lists are data files with a date (`data/networks/` of this crate), compiled in. They are
//! short on purpose: a network that is missing costs a machine that is taken for a person until
//! its burst shows it; a network too many costs a person's points. Operators add their own with a
//! [`NetworkList`].

mod list;
mod map;

pub use list::{NetworkLineFault, NetworkList, NetworkListError};

use std::net::IpAddr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use list::networks_of;
use map::NetworkMap;

/// Whose network an address belongs to, as far as machines are concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkClass {
    /// Anyone's.
    #[default]
    Ordinary,
    /// Mail filters: nobody reads there. (H5)
    MailFilter,
    /// Vendors of mail security, who also run browsers for people. (H6)
    SecurityVendor,
    /// Computing centres. (H8)
    Cloud,
    /// Apple, whose mail privacy proxies fetch pictures.
    Apple,
}

impl NetworkClass {
    /// Every class.
    pub const ALL: [Self; 5] = [
        Self::Ordinary,
        Self::MailFilter,
        Self::SecurityVendor,
        Self::Cloud,
        Self::Apple,
    ];

    /// The name in lists.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::MailFilter => "mail_filter",
            Self::SecurityVendor => "security_vendor",
            Self::Cloud => "cloud",
            Self::Apple => "apple",
        }
    }

    /// The class with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == name)
    }
}

/// The files, each of one class.
const FILES: [(NetworkClass, &str); 4] = [
    (
        NetworkClass::MailFilter,
        include_str!("../../../../data/networks/mail-filter.txt"),
    ),
    (
        NetworkClass::SecurityVendor,
        include_str!("../../../../data/networks/security-vendors.txt"),
    ),
    (
        NetworkClass::Cloud,
        include_str!("../../../../data/networks/cloud.txt"),
    ),
    (
        NetworkClass::Apple,
        include_str!("../../../../data/networks/apple.txt"),
    ),
];

/// A line that cannot be read is left out here and fails a test: no start of the product depends
/// on a typing error.
static BUILT_IN: LazyLock<NetworkMap> = LazyLock::new(|| {
    let networks = FILES
        .iter()
        .flat_map(|(class, text)| networks_of(text).map(|read| read.map(|net| (net, *class))));
    NetworkMap::of(networks.flatten())
});

/// The classes of all addresses: what this crate knows, and what the operator added.
#[derive(Clone, Debug, Default)]
pub struct NetworkClasses {
    added: NetworkMap,
}

impl NetworkClasses {
    /// The operator's lines stand above the built-in ones, however wide or narrow: a line
    /// `ordinary 203.0.113.0/24` takes a network out of them.
    #[must_use]
    pub fn with(added: NetworkList) -> Self {
        Self {
            added: NetworkMap::of(added.into_networks()),
        }
    }

    /// The class of an address, by the narrowest network that is known. An IPv4 address in IPv6
    /// clothes counts as IPv4.
    #[must_use]
    pub fn class_of(&self, address: IpAddr) -> NetworkClass {
        self.added
            .find(address)
            .or_else(|| BUILT_IN.find(address))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
