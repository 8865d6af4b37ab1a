//! What may be called.

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use domain::notifications::{NotPublic, is_public_address, public_url};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

/// What may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The public internet, over TLS, and nothing else (V-30).
    PublicInternet,
    /// Whatever there is. For tests; never where a tenant chooses the address.
    Anything,
}

/// Finds the addresses of a name. Blocks.
pub type Lookup = dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync;

/// Asks the system.
///
/// # Errors
/// If the name leads nowhere, or nobody answers.
pub fn system_lookup(name: &str) -> io::Result<Vec<IpAddr>> {
    let found = (name, 0).to_socket_addrs()?;
    Ok(found.map(|address| address.ip()).collect())
}

impl Reach {
    /// The address, if it may be called as far as it tells.
    pub(crate) fn url(self, address: &str) -> Result<Url, NotPublic> {
        match self {
            Self::PublicInternet => public_url(address),
            Self::Anything => Url::parse(address).map_err(|_malformed| NotPublic::Malformed),
        }
    }

    /// The addresses of a name, if every one of them may be called: a name that leads to the
    /// internet and home at once is no honest one.
    fn admit(self, found: Vec<IpAddr>) -> Result<Vec<IpAddr>, NotPublic> {
        let may_be_called = match self {
            Self::PublicInternet => found.iter().copied().all(is_public_address),
            Self::Anything => true,
        };
        may_be_called
            .then_some(found)
            .ok_or(NotPublic::PrivateAddress)
    }
}

/// Looks at what a name leads to, whenever a connection is made.
pub(crate) struct Filter {
    pub(crate) reach: Reach,
    pub(crate) lookup: Arc<Lookup>,
}

impl Resolve for Filter {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, lookup) = (self.reach, Arc::clone(&self.lookup));
        Box::pin(async move {
            let found = tokio::task::spawn_blocking(move || lookup(name.as_str())).await??;
            let admitted = reach.admit(found)?;
            // The port is that of the address that is called.
            let addresses = admitted.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}

/// The refusal of [`Filter`] behind an error of the client, if it is one.
pub(crate) fn refusal(error: &(dyn Error + 'static)) -> Option<NotPublic> {
    let mut cause = Some(error);
    while let Some(inner) = cause {
        if let Some(refused) = inner.downcast_ref::<NotPublic>() {
            return Some(*refused);
        }
        cause = inner.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    // V-30
    #[test]
    fn one_private_address_refuses_the_name() {
        let admit = |texts: &[&str]| Reach::PublicInternet.admit(addresses(texts));
        assert!(admit(&["8.8.8.8", "2606:4700::1111"]).is_ok());
        for home in [
            "127.0.0.1",
            "10.0.0.1",
            "::1",
            "::ffff:127.0.0.1",
            "fd00::1",
        ] {
            assert_eq!(admit(&["8.8.8.8", home]), Err(NotPublic::PrivateAddress));
        }
    }
}
