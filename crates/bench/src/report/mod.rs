//! What is printed: a table, or one JSON object.

mod enroll;
mod intake;
mod machine;
mod others;
mod send;
mod table;

use std::time::Duration;

use serde_json::Value;

use crate::cli::{Options, Work};
use crate::measure::{Meter, Percentiles};
use crate::terminal::say;

pub(crate) use enroll::{EnrollFigures, print_enroll};
pub(crate) use intake::print_intake;
pub(crate) use others::{HistoryRow, print_bound, print_history, print_latency, print_start};
pub(crate) use send::{SendRow, print_send};
use table::Table;

/// All that was measured of one kind of request.
#[derive(Debug)]
pub(crate) struct Measured {
    /// The kind.
    pub(crate) work: Work,
    /// The product and the bound, at least once.
    pub(crate) rounds: Vec<Round>,
    /// The peer, where it could be had.
    pub(crate) peer: Option<PeerRound>,
}

/// One measurement of the product and the bound.
#[derive(Clone, Debug)]
pub(crate) struct Round {
    /// Expected answers a second in the closed loop.
    pub(crate) requests: f64,
    /// Engagements a second that were committed when the closed loop ended.
    pub(crate) events: f64,
    /// Latencies at half of that rate.
    pub(crate) latency: Percentiles,
    /// Processor time for one engagement, in the closed loop.
    pub(crate) cpu: Cpu,
    /// Resident memory of the product before it had anything to do. Megabytes.
    pub(crate) idle_mb: f64,
    /// The most it ever held. Megabytes.
    pub(crate) peak_mb: f64,
    /// The bound. Engagements a second.
    pub(crate) bound: f64,
    /// Processor time of the database for one engagement of the bound. Microseconds.
    pub(crate) bound_us: f64,
    /// How many engagements the bound wrote: as many as the product in the closed loop.
    pub(crate) acknowledged: usize,
}

/// One measurement of the peer.
#[derive(Clone, Debug)]
pub(crate) struct PeerRound {
    /// Expected answers a second in the closed loop.
    pub(crate) requests: f64,
    /// Latencies at half of that rate.
    pub(crate) latency: Percentiles,
}

/// Processor time for one engagement. Microseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cpu {
    server: f64,
    database: f64,
    client: f64,
}

impl Cpu {
    /// From the meters of server, database and client, in this order.
    pub(crate) fn of(meters: &[Meter; 3], events: usize) -> anyhow::Result<Self> {
        let [server, database, client] = meters;
        #[expect(clippy::cast_precision_loss, reason = "below 2^52")]
        let each = |used: Duration| used.as_secs_f64() * 1e6 / events as f64;
        Ok(Self {
            server: each(server.used()?),
            database: each(database.used()?),
            client: each(client.used()?),
        })
    }
}

/// Prints a JSON object, or tables with the machine and the command above them.
fn print(options: &Options, version: &str, json: &Value, tables: &[Table]) {
    if options.json {
        say(json);
        return;
    }
    say(machine::described(version));
    say(format_args!("command: {}", machine::command()));
    for table in tables {
        say("");
        say(table);
    }
}

/// A figure as JSON has it: three digits behind the point are more than any clock here gives.
fn rounded(figure: f64) -> Value {
    let rounded = (figure * 1e3).round() / 1e3;
    serde_json::Number::from_f64(rounded).map_or(Value::Null, Value::Number)
}
