//! What the system says of processes. See proc(5).

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, bail};

/// Resident memory of a process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct MemoryMb {
    /// Now. Megabytes (1,000,000 bytes).
    pub(crate) now: f64,
    /// The most there ever was.
    pub(crate) peak: f64,
}

/// How much memory a process holds.
pub(crate) fn memory(process: u32) -> anyhow::Result<MemoryMb> {
    let text = fs::read_to_string(format!("/proc/{process}/status"))
        .with_context(|| format!("the memory of process {process}"))?;
    memory_of(&text).context("VmRSS and VmHWM")
}

fn memory_of(status: &str) -> Option<MemoryMb> {
    let megabytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kibibytes: f64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
        Some(kibibytes * 1024.0 / 1e6)
    };
    Some(MemoryMb {
        now: megabytes("VmRSS:")?,
        peak: megabytes("VmHWM:")?,
    })
}

/// Processor time of a process since the meter was started.
pub(crate) struct Meter {
    process: u32,
    count: Count,
    before: u64,
}

/// What a meter counts.
#[derive(Clone, Copy)]
enum Count {
    Alone,
    WithChildren,
}

impl Meter {
    /// Counts for a process and its children, those to come included.
    pub(crate) fn of_all_below(process: u32) -> anyhow::Result<Self> {
        Self::start(process, Count::WithChildren)
    }

    /// Counts for this process, without its children.
    pub(crate) fn of_this_process() -> anyhow::Result<Self> {
        Self::start(std::process::id(), Count::Alone)
    }

    fn start(process: u32, count: Count) -> anyhow::Result<Self> {
        Ok(Self {
            process,
            count,
            before: ticks(process, count)?,
        })
    }

    /// The time used since then.
    pub(crate) fn used(&self) -> anyhow::Result<Duration> {
        let ticks = ticks(self.process, self.count)?.saturating_sub(self.before);
        #[expect(clippy::cast_precision_loss, reason = "below 2^52")]
        let seconds = ticks as f64 / rustix::param::clock_ticks_per_second() as f64;
        Ok(Duration::from_secs_f64(seconds))
    }
}

/// What `/proc/PID/stat` says of one process. Times in ticks of the clock.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    parent: u32,
    own: u64,
    /// Of children that have ended and were waited for.
    ended: u64,
}

fn stat_of(text: &str) -> Option<Stat> {
    // The name stands in parentheses and may hold anything, parentheses too.
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some(Stat {
        parent: u32::try_from(number(4)?).ok()?,
        own: number(14)? + number(15)?,
        ended: number(16)? + number(17)?,
    })
}

fn ticks(process: u32, count: Count) -> anyhow::Result<u64> {
    let mut all = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(id) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // One that has just ended is counted by its parent.
        let text = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        all.extend(stat_of(&text).map(|stat| (id, stat)));
    }
    let Some((_, alone)) = all.iter().find(|(id, _)| *id == process) else {
        bail!("process {process} has ended");
    };
    Ok(match count {
        Count::Alone => alone.own,
        Count::WithChildren => below(process, &all),
    })
}

/// The time of a process, of those it started that still run, and of those that have ended.
fn below(process: u32, all: &[(u32, Stat)]) -> u64 {
    let own = all.iter().filter(|(id, _)| *id == process);
    let own: u64 = own.map(|(_, stat)| stat.own + stat.ended).sum();
    let children = all.iter().filter(|(_, stat)| stat.parent == process);
    own + children.map(|(id, _)| below(*id, all)).sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_and_the_present_memory_are_read() {
        let status = "Name:\tondo\nVmHWM:\t   50000 kB\nVmRSS:\t   25000 kB\n";
        let expected = MemoryMb {
            now: 25.6,
            peak: 51.2,
        };
        assert_eq!(memory_of(status), Some(expected));
        assert_eq!(memory_of("Name:\tondo\n"), None);
    }

    #[test]
    fn a_name_with_spaces_and_parentheses_is_no_obstacle() {
        let text = "7 (a) b (c) S 3 7 7 0 -1 0 0 0 0 0 10 20 300 400 20 0 1 0 5 6 7";
        let expected = Stat {
            parent: 3,
            own: 30,
            ended: 700,
        };
        assert_eq!(stat_of(text), Some(expected));
    }

    #[test]
    fn the_time_of_a_process_is_that_of_all_below_it() {
        let stat = |parent, own, ended| Stat { parent, own, ended };
        let all = [
            (1, stat(0, 1, 0)),
            (2, stat(1, 10, 5)),
            (3, stat(2, 100, 0)),
            (4, stat(1, 1000, 0)),
        ];
        assert_eq!(below(2, &all), 115);
        assert_eq!(below(1, &all), 1116);
    }

    #[test]
    fn a_process_that_works_uses_time() {
        let meter = Meter::of_this_process().unwrap();
        let begun = std::time::Instant::now();
        while begun.elapsed() < Duration::from_millis(200) {
            std::hint::black_box(begun.elapsed());
        }
        assert!(meter.used().unwrap() > Duration::ZERO);
    }
}
