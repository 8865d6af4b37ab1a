//! What the figures are of.

use std::fs;
use std::path::Path;
use std::thread;

/// The machine in one line.
pub(super) fn described(postgres: &str) -> String {
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let kernel = read("/proc/sys/kernel/osrelease");
    let memory = field(&read("/proc/meminfo"), "MemTotal").unwrap_or_default();
    let model = field(&read("/proc/cpuinfo"), "model name").unwrap_or_default();
    let build = if cfg!(debug_assertions) {
        "debug build, so no figures to quote"
    } else {
        "release build"
    };
    format!(
        "machine: {cores} cores {model}, {memory} memory, Linux {}, PostgreSQL {postgres}; {build}",
        kernel.trim()
    )
}

fn field(text: &str, name: &str) -> Option<String> {
    let of_line = |line: &str| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    };
    text.lines().find_map(of_line)
}

/// What was typed.
pub(super) fn command() -> String {
    let words = std::env::args().enumerate().map(|(at, word)| {
        let name = Path::new(&word).file_name();
        match name.filter(|_| at == 0) {
            Some(name) => name.to_string_lossy().into_owned(),
            None => word,
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let text = "model\t\t: 85\nmodel name\t: Some CPU @ 2 GHz\n";
        assert_eq!(field(text, "model name").unwrap(), "Some CPU @ 2 GHz");
        assert_eq!(field(text, "memory"), None);
    }
}
