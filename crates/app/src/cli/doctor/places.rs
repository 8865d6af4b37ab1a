//! The places on the disk.

use std::fmt;
use std::io;
use std::path::Path;

use rustix::fs::Access;

use super::Findings;
use crate::config::Config;

/// Less free space than this is worth a word, less than a tenth of it is an error.
const ENOUGH_SPACE: u64 = 5 * 1024 * 1024 * 1024;

pub(super) fn disk(config: &Config, found: &mut Findings) {
    let folder = &config.data_dir;
    if let Err(error) = std::fs::create_dir_all(folder) {
        let words = format_args!("{} cannot be made: {error}", folder.display());
        return found.fail("disk", words);
    }
    match free(folder) {
        Ok(free) => {
            let words = format_args!("{} free in {}", Size(free), folder.display());
            match free {
                ENOUGH_SPACE.. => found.ok("disk", words),
                _ if free < ENOUGH_SPACE / 10 => found.fail("disk", words),
                _ => found.warn("disk", words),
            }
        }
        Err(error) => found.fail("disk", format_args!("{}: {error}", folder.display())),
    }
}

/// Looks at the files only: a spool belongs to the process that serves.
pub(super) fn spool(config: &Config, found: &mut Findings) {
    let (folder, limit) = (&config.intake.spool_dir, config.intake.spool_bytes);
    match look(folder) {
        Ok(Spool { waiting, free }) => {
            let words = format!(
                "{} of {} wait in {}, {} free",
                Size(waiting),
                Size(limit),
                folder.display(),
                Size(free)
            );
            if free < limit.saturating_sub(waiting) {
                let hint = "spool_bytes promises more than the disk has";
                found.warn("spool", format_args!("{words}: {hint}"));
            } else if waiting > limit / 2 {
                let hint = "more than half full; is the database away?";
                found.warn("spool", format_args!("{words}: {hint}"));
            } else {
                found.ok("spool", words);
            }
        }
        Err(error) => {
            let words = format_args!("{} is of no use: {error}", folder.display());
            found.fail("spool", words);
        }
    }
}

struct Spool {
    /// Bytes of the files; some of it may be in the database already.
    waiting: u64,
    /// Bytes that are left on its disk.
    free: u64,
}

/// A spool that is not there yet is made by the first start, where that is allowed.
fn look(folder: &Path) -> io::Result<Spool> {
    let here = folder.ancestors().find(|path| path.exists());
    // A relative path ends in nothing, which is where we are.
    let here = here.unwrap_or_else(|| Path::new("."));
    if !here.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    rustix::fs::access(here, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK)?;
    let waiting = if here == folder { segments(here)? } else { 0 };
    Ok(Spool {
        waiting,
        free: free(here)?,
    })
}

fn segments(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "seg") {
            bytes += match path.metadata() {
                Ok(file) => file.len(),
                // The process that serves has just released it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
                Err(error) => return Err(error),
            };
        }
    }
    Ok(bytes)
}

/// Bytes that we may still write there.
fn free(folder: &Path) -> io::Result<u64> {
    let space = rustix::fs::statvfs(folder)?;
    Ok(space.f_bavail.saturating_mul(space.f_frsize))
}

/// Bytes for people, in whole KiB, MiB or GiB; a part of a KiB is one, so that something is not nothing.
struct Size(u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const KIB: u64 = 1024;
        const MIB: u64 = 1024 * KIB;
        const GIB: u64 = 1024 * MIB;
        match self.0 {
            GIB.. => write!(f, "{} GiB", self.0 / GIB),
            MIB.. => write!(f, "{} MiB", self.0 / MIB),
            bytes => write!(f, "{} KiB", bytes.div_ceil(KIB)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_segments_count_as_waiting() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [("1.seg", 700), ("2.seg", 800), ("lock", 9), ("cursor", 9)] {
            std::fs::write(folder.path().join(name), vec![0; bytes]).unwrap();
        }
        assert_eq!(look(folder.path()).unwrap().waiting, 1_500);
    }

    #[test]
    fn a_spool_that_is_not_there_yet_is_no_fault_but_a_file_in_its_place_is() {
        let folder = tempfile::tempdir().unwrap();
        let later = folder.path().join("data/spool");
        assert_eq!(look(&later).unwrap().waiting, 0);
        std::fs::write(folder.path().join("data"), "").unwrap();
        assert!(look(&later).is_err());
    }

    #[test]
    fn sizes_are_told_in_the_unit_that_fits() {
        let told = [0, 1, 1_500, 5 << 20, 4 << 30].map(|bytes| Size(bytes).to_string());
        assert_eq!(told, ["0 KiB", "1 KiB", "2 KiB", "5 MiB", "4 GiB"]);
    }
}
