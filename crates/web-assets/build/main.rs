//! Builds the interface with npm and esbuild into `$OUT_DIR/assets`, or copies
//! what `ONDO_WEB_DIST` points to.
#![expect(
    clippy::print_stdout,
    reason = "a build script talks to cargo through its standard output"
)]

mod failure;
mod node;
mod prebuilt;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use failure::Failure;

/// What the result depends on, inside the repository. Never `web` itself: it
/// contains `node_modules`, which this script writes.
const INPUTS: [&str; 6] = [
    "web/src",
    "web/build.mjs",
    "web/package.json",
    "web/package-lock.json",
    "web/tsconfig.json",
    "web-tag/src",
];

fn main() -> ExitCode {
    println!("cargo::rerun-if-env-changed={}", prebuilt::VARIABLE);
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            println!("cargo::error={failure}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), Failure> {
    let assets = folder("OUT_DIR")?.join("assets");
    if let Some(dist) = env::var_os(prebuilt::VARIABLE).filter(|value| !value.is_empty()) {
        let dist = PathBuf::from(dist);
        rerun_if_changed(&dist);
        return prebuilt::copy(&dist, &assets);
    }
    let repository = folder("CARGO_MANIFEST_DIR")?.join("../..");
    for input in INPUTS {
        rerun_if_changed(&repository.join(input));
    }
    node::check_version()?;
    let web = repository.join("web");
    node::install(&web)?;
    node::bundle(&web, &assets)
}

fn rerun_if_changed(path: &Path) {
    println!("cargo::rerun-if-changed={}", path.display());
}

fn folder(variable: &'static str) -> Result<PathBuf, Failure> {
    env::var_os(variable)
        .map(PathBuf::from)
        .ok_or(Failure::OutsideCargo { variable })
}
