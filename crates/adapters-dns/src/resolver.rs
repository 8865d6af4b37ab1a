//! The resolver.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::Duration;

use domain::delivery::authentication::{DnsAnswer, DnsError, DnsLookup, Question};
use futures_util::future::join_all;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use thiserror::Error;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::record::{answer, record_type};

/// How long one question to one name server may take.
const TIMEOUT: Duration = Duration::from_secs(3);
/// How much later than the patience the answers may come from their thread.
const GRACE: Duration = Duration::from_millis(500);

/// Asks name servers.
pub struct Resolver {
    resolver: TokioResolver,
    /// Taken when it is dropped, which no asynchronous thread may wait for.
    runtime: Option<Runtime>,
}

/// Why there is no resolver.
#[derive(Debug, Error)]
pub enum ResolverError {
    /// Its thread could not be started.
    #[error("the resolver could not be started: {0}")]
    Thread(#[from] std::io::Error),
    /// The name servers of the system cannot be read.
    #[error("the name servers of this machine cannot be read; name some in dns_servers: {0}")]
    System(#[from] NetError),
}

impl Resolver {
    /// Asks these name servers; none given: those of the system.
    ///
    /// # Errors
    /// See [`ResolverError`]. No name server is asked yet.
    pub fn new(servers: &[SocketAddr]) -> Result<Self, ResolverError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("dns")
            .enable_all()
            .build()?;
        let provider = TokioRuntimeProvider::default();
        let mut builder = if servers.is_empty() {
            TokioResolver::builder_tokio()?
        } else {
            let servers = servers.iter().map(name_server).collect();
            let config = ResolverConfig::from_name_servers(servers);
            TokioResolver::builder_with_config(config, provider)
        };
        settle(builder.options_mut());
        Ok(Self {
            resolver: runtime.block_on(async { builder.build() })?,
            runtime: Some(runtime),
        })
    }
}

fn name_server(address: &SocketAddr) -> NameServerConfig {
    let mut connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
    for connection in &mut connections {
        connection.port = address.port();
    }
    NameServerConfig::new(address.ip(), true, connections.into())
}

/// Only what name servers say counts, as it is now: whoever has just published a record asks again.
fn settle(options: &mut ResolverOpts) {
    options.timeout = TIMEOUT;
    options.attempts = 1;
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    options.edns0 = true;
}

impl DnsLookup for Resolver {
    fn look_up(&self, questions: &[Question], patience: Duration) -> Vec<DnsAnswer> {
        let late = || Err(DnsError::Unavailable("too late".to_owned()));
        let asked = questions.to_vec();
        let resolver = self.resolver.clone();
        let asking = async move {
            let ask = |question: &Question| {
                // A dot at the end: no domain of this machine is tried behind it.
                let name = format!("{}.", question.name);
                let (kind, resolver) = (question.kind, resolver.clone());
                async move {
                    let found = timeout(patience, resolver.lookup(name, record_type(kind))).await;
                    found.map_or_else(|_elapsed| late(), |found| answer(kind, found))
                }
            };
            join_all(asked.iter().map(ask)).await
        };
        let (sender, answers) = mpsc::channel();
        if let Some(runtime) = &self.runtime {
            runtime.spawn(async move { drop(sender.send(asking.await)) });
        }
        let answers = answers.recv_timeout(patience + GRACE);
        answers.unwrap_or_else(|_gone| questions.iter().map(|_| late()).collect())
    }
}

impl Drop for Resolver {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Resolver(…)")
    }
}
