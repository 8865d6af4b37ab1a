//! What can go wrong, said so that the reader knows what to do.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::prebuilt;

pub(crate) enum Failure {
    OutsideCargo {
        variable: &'static str,
    },
    NodeMissing {
        program: &'static str,
        cause: io::Error,
    },
    NodeTooOld {
        found: String,
    },
    Step {
        what: &'static str,
        output: String,
    },
    File {
        path: PathBuf,
        cause: io::Error,
    },
    Incomplete {
        dist: PathBuf,
        missing: &'static str,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variable = prebuilt::VARIABLE;
        match self {
            Self::OutsideCargo { variable } => {
                write!(f, "{variable} is not set: this script is run by cargo only")
            }
            Self::NodeMissing { program, cause } => {
                write!(f, "{NEEDED} ({program} does not start: {cause}); {INSTEAD}")
            }
            Self::NodeTooOld { found } => write!(f, "{NEEDED} (found {found}); {INSTEAD}"),
            // Cargo takes the message up to the first line break.
            Self::Step { what, output } => {
                write!(f, "{what} failed: {}", output.trim().replace('\n', " | "))
            }
            Self::File { path, cause } => write!(f, "{}: {cause}", path.display()),
            Self::Incomplete { dist, missing } => write!(
                f,
                "{variable}={} has no {missing}; it has to be a folder that `node web/build.mjs` wrote",
                dist.display()
            ),
        }
    }
}

const NEEDED: &str = "Node.js 20.19 or later, with npm, is needed to build the interface";
const INSTEAD: &str =
    "install it from your package manager, or set ONDO_WEB_DIST=/path to prebuilt assets";
