//! What a server says of itself.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(1);

/// Status and body of a GET, where there is an answer.
fn get(port: u16, path: &str) -> Option<(u16, String)> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

/// Whether a server takes engagements, by its own word, and its doors are open.
pub(super) fn is_ready(port: u16, metrics_port: u16) -> bool {
    let is_good = |answer: Option<(u16, String)>| answer.is_some_and(|(status, _)| status == 200);
    is_good(get(metrics_port, "/readyz")) && is_good(get(port, "/healthz"))
}

/// The metrics of a server; none where it does not answer.
pub(super) fn read(metrics_port: u16) -> Option<Metrics> {
    let (status, text) = get(metrics_port, "/metrics")?;
    (status == 200).then(|| Metrics::parse(&text))
}

/// The sums of the metrics by name, whatever their labels.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Metrics(HashMap<String, f64>);

impl Metrics {
    fn parse(text: &str) -> Self {
        let mut sums = HashMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((name, value)) = line.trim().rsplit_once(' ') else {
                continue;
            };
            let name = name.split('{').next().unwrap_or(name).to_owned();
            if let Ok(value) = value.parse::<f64>() {
                *sums.entry(name).or_insert(0.0) += value;
            }
        }
        Self(sums)
    }

    /// The sum of a metric; 0 where it is not there.
    pub(crate) fn get(&self, name: &str) -> f64 {
        self.0.get(name).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_summed_over_their_labels() {
        let text = "# HELP ondo_intake_acked_total acknowledged\n\
                    ondo_intake_acked_total{path=\"db\"} 12\n\
                    ondo_intake_acked_total{path=\"spool\"} 3\n\
                    ondo_spool_bytes 0\n";
        let metrics = Metrics::parse(text);
        assert!((metrics.get("ondo_intake_acked_total") - 15.0).abs() < f64::EPSILON);
        assert!(metrics.get("ondo_spool_bytes").abs() < f64::EPSILON);
    }
}
