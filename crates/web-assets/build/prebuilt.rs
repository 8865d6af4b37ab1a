//! Taking assets that were built elsewhere, for machines without Node.js.

use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// Names the folder of prebuilt assets; when set, npm is left alone.
pub(crate) const VARIABLE: &str = "ONDO_WEB_DIST";

/// Replaces `assets` with a copy of `dist`.
pub(crate) fn copy(dist: &Path, assets: &Path) -> Result<(), Failure> {
    for missing in ["manifest.json", "tag.js"] {
        if !dist.join(missing).is_file() {
            let dist = dist.to_owned();
            return Err(Failure::Incomplete { dist, missing });
        }
    }
    if assets.exists() {
        fs::remove_dir_all(assets).map_err(at(assets))?;
    }
    copy_folder(dist, assets)
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to).map_err(at(to))?;
    for entry in fs::read_dir(from).map_err(at(from))? {
        let entry = entry.map_err(at(from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy_folder(&source, &target)?;
        } else {
            fs::copy(&source, &target).map_err(at(&source))?;
        }
    }
    Ok(())
}

/// Keeps the path beside the cause, which names none itself.
pub(crate) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Failure {
    let path = path.to_owned();
    |cause| Failure::File { path, cause }
}
