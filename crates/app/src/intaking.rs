//! The intake of the installation: group commit before the log, the spool behind it.

use std::sync::Arc;

use adapters_spool::{SegmentedSpool, SpoolSettings};
use anyhow::Context as _;
use domain::scoring;
use intake::{GroupCommit, IntakePorts};
use prometheus_client::registry::Registry;

use crate::installation::Installation;

/// Opens the spool and starts the intake; what an earlier process has spooled is replayed.
///
/// # Errors
/// When another process has the spool, or it cannot be used.
pub(crate) fn start(
    installation: &Installation,
    registry: &mut Registry,
) -> anyhow::Result<GroupCommit> {
    let config = &installation.config.intake;
    let spool = SegmentedSpool::open(&SpoolSettings::new(
        config.spool_dir.clone(),
        config.spool_bytes,
    ))?;
    let store = Arc::new(installation.database.intake(&installation.config)?);
    let ports = IntakePorts {
        log: store.clone(),
        replay_log: store.clone(),
        dead: store,
        spool: Arc::new(spool),
        decide: scoring::decide,
        clock: Arc::clone(&installation.clock),
    };
    GroupCommit::start(ports, config.gathering, registry).context("the intake cannot be started")
}
