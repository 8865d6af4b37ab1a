//! Lists of networks, as text.

use ipnet::IpNet;
use thiserror::Error;

use super::NetworkClass;

/// Networks that an operator knows of.
///
/// One a line: a class of `mail_filter`, `security_vendor`, `cloud`, `apple` or `ordinary`, and a
/// network. `#` begins a comment.
///
/// ```text
/// mail_filter 203.0.113.0/24   # our own gateway
/// ordinary    2001:db8::/32
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkList(Vec<(IpNet, NetworkClass)>);

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NetworkLineFault {
    /// The line does not begin with a class.
    #[error("\"{0}\" is none of ordinary, mail_filter, security_vendor, cloud, apple")]
    Class(String),
    /// There is no network, or nothing of the kind.
    #[error("\"{0}\" is no network; write an address and its prefix, as in 203.0.113.0/24")]
    Network(String),
    /// The address goes on behind the prefix: one of the two is a typing error.
    #[error("{written} is inside the network {network}; write that, or a longer prefix")]
    Inside {
        /// As it was written.
        written: String,
        /// The network it lies in.
        network: IpNet,
    },
}

/// The first line of a list that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {fault}")]
pub struct NetworkListError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub fault: NetworkLineFault,
}

impl NetworkList {
    /// Reads a list.
    ///
    /// # Errors
    /// At the first line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, NetworkListError> {
        lines(text, |line| {
            let (name, network) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            let class = NetworkClass::parse(name)
                .ok_or_else(|| NetworkLineFault::Class(name.to_owned()))?;
            Ok((network_of(network.trim())?, class))
        })
        .collect::<Result<_, _>>()
        .map(Self)
    }

    pub(super) fn into_networks(self) -> Vec<(IpNet, NetworkClass)> {
        self.0
    }
}

/// The networks of a file that holds those of one class only.
pub(super) fn networks_of(text: &str) -> impl Iterator<Item = Result<IpNet, NetworkListError>> {
    lines(text, network_of)
}

/// What the lines say that are not empty.
fn lines<T>(
    text: &str,
    read: impl Fn(&str) -> Result<T, NetworkLineFault>,
) -> impl Iterator<Item = Result<T, NetworkListError>> {
    text.lines().zip(1..).filter_map(move |(line, number)| {
        let said = line.split('#').next().unwrap_or_default().trim();
        let fault = |fault| NetworkListError {
            line: number,
            fault,
        };
        (!said.is_empty()).then(|| read(said).map_err(fault))
    })
}

fn network_of(text: &str) -> Result<IpNet, NetworkLineFault> {
    let written: IpNet = text
        .parse()
        .map_err(|_not_a_network| NetworkLineFault::Network(text.to_owned()))?;
    let network = written.trunc();
    if written == network {
        Ok(network)
    } else {
        let written = written.to_string();
        Err(NetworkLineFault::Inside { written, network })
    }
}
