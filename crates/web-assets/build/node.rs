//! The two steps that need Node.js: install what the lock file says, and bundle.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Command, Output};

use crate::failure::Failure;
use crate::prebuilt::at;

const OLDEST: (u32, u32) = (20, 19);
const NODE: &str = "node";
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Refuses a Node.js that the tools of the interface would not run on.
pub(crate) fn check_version() -> Result<(), Failure> {
    let output = start(NODE, Command::new(NODE).arg("--version"))?;
    let found = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match parse_version(&found) {
        Some(version) if version >= OLDEST => Ok(()),
        Some(_) | None => Err(Failure::NodeTooOld { found }),
    }
}

/// `v20.19.2` is (20, 19).
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Runs `npm ci`, unless `node_modules` is already what the lock file says.
///
/// A copy of the lock file inside `node_modules` tells: it is written last, and
/// goes with the folder.
pub(crate) fn install(web: &Path) -> Result<(), Failure> {
    let wanted = read(&web.join("package-lock.json"))?;
    let stamp = web.join("node_modules/.ondo-lock");
    // Two builds with different target folders share node_modules. The lock is on
    // a file that npm does not open, and ends with this function.
    let guard = web.join("build.mjs");
    let guard_file = File::open(&guard).map_err(at(&guard))?;
    guard_file.lock().map_err(at(&guard))?;
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let npm = Command::new(NPM)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(web)
        .output();
    succeed("npm ci (in web)", npm, NPM)?;
    fs::write(&stamp, wanted).map_err(at(&stamp))
}

/// Runs `web/build.mjs` into `assets`.
pub(crate) fn bundle(web: &Path, assets: &Path) -> Result<(), Failure> {
    let node = Command::new(NODE)
        .arg("build.mjs")
        .arg(assets)
        .current_dir(web)
        .output();
    succeed("node build.mjs (in web)", node, NODE)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(at(path))
}

fn start(program: &'static str, command: &mut Command) -> Result<Output, Failure> {
    command
        .output()
        .map_err(|cause| Failure::NodeMissing { program, cause })
}

fn succeed(
    what: &'static str,
    output: io::Result<Output>,
    program: &'static str,
) -> Result<(), Failure> {
    let output = output.map_err(|cause| Failure::NodeMissing { program, cause })?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    let output = String::from_utf8_lossy(&text).into_owned();
    Err(Failure::Step { what, output })
}
