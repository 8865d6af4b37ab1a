//! The settings Ondo gives its server.

use std::fmt::Write as _;

use crate::places::Places;

/// Read after everything else, so that the operator has the last word.
const LOCAL: &str = "include_if_exists 'local.conf'\n";

/// For a small machine that must not lose an acknowledged click.
const DURABLE: &[(&str, &str)] = &[
    ("shared_buffers", "256MB"),
    ("effective_cache_size", "1GB"),
    ("maintenance_work_mem", "128MB"),
    ("max_connections", "60"),
    ("max_wal_size", "2GB"),
    ("min_wal_size", "256MB"),
    ("checkpoint_timeout", "15min"),
];

/// For a server whose data can be made again. Commits still reach the system before they are
/// acknowledged, so that killed processes lose nothing here either.
const THROW_AWAY: &[(&str, &str)] = &[
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("shared_buffers", "128MB"),
    ("max_connections", "200"),
    ("max_wal_size", "4GB"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    ("autovacuum", "off"),
];

const ALWAYS: &[(&str, &str)] = &[
    ("synchronous_commit", "on"),
    // The socket in a private folder is the only way in.
    ("listen_addresses", ""),
    ("port", "5432"),
    ("work_mem", "8MB"),
    ("random_page_cost", "1.1"),
    ("jit", "off"),
    // One core a query: a report must not hold up clicks on a small machine.
    ("max_parallel_workers_per_gather", "0"),
    // What reads months of engagements opens a partition, and its indexes, for each of their days.
    ("max_locks_per_transaction", "512"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("lc_messages", "C"),
    ("log_destination", "stderr"),
    ("logging_collector", "off"),
    ("log_line_prefix", "%m [%p] %q%u@%d "),
    // Details repeat the values of rows, and a log is no place for addresses of people.
    ("log_error_verbosity", "terse"),
];

/// How whole pages in the write-ahead log are compressed, the best first. `on` is known to every
/// server and takes a tenth of its work under load (docs/PERFORMANCE.md); `lz4` hardly any, but a
/// server may be built without it.
pub(crate) const WAL_COMPRESSION: [&str; 2] = ["lz4", "on"];

/// The text of `ondo.conf`.
pub(crate) fn conf(places: &Places, durable: bool, wal_compression: &str) -> String {
    let mut text = String::from(
        "# Written by Ondo at every start. Put settings of your own into local.conf.\n",
    );
    let socket = places.socket.to_string_lossy();
    let own = [
        ("unix_socket_directories", socket.as_ref()),
        ("unix_socket_permissions", "0700"),
        ("cluster_name", places.name.as_str()),
        ("wal_compression", wal_compression),
    ];
    let kind = if durable { DURABLE } else { THROW_AWAY };
    for (name, value) in own.iter().chain(ALWAYS).chain(kind) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name} = '{value}'");
    }
    text.push_str(LOCAL);
    text
}
