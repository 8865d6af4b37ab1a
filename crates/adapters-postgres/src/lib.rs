//! The storage ports on PostgreSQL.
//!
//! [`PgStore`] implements every port. Its only way to a tenant's rows is `PgStore::in_tenant`:
//! a transaction that names the tenant to row-level security before anything else. Rows stay in
//! here; they never derive `Serialize` and never leave the crate.

mod analytics;
mod automation;
mod campaigns;
mod content;
mod delivery;
mod error;
mod inspection;
mod installation;
mod leads;
mod migrations;
mod notifications;
mod partitions;
mod plans;
mod pool;
mod privacy;
mod schema;
mod scoring;
mod statement;
mod tasks;
mod tenancy;
mod timeouts;
mod tracking;

pub use inspection::{DatabaseState, inspect};
pub use installation::Starts;
pub use migrations::{MigrationError, migrate};
pub use partitions::{PartitionError, ensure_partitions};
pub use pool::{PgConfig, PgStore};
