//! A cluster: its files, made once, and the settings it is started with.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::error::Error;
use crate::places::Places;
use crate::programs::{Installation, Programs};
use crate::server_user::ServerUser;
use crate::settings;

/// The role that owns the cluster and all in it.
pub(crate) const OWNER: &str = "ondo_owner";
/// Character classes for `LC_CTYPE`, by preference: with plain `C` only ASCII has letters, and
/// searches would not know Japanese ones.
const CHARACTER_CLASSES: [&str; 3] = ["C.UTF-8", "en_US.UTF-8", "C"];

/// A cluster and how it is run.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) places: Places,
    pub(crate) user: ServerUser,
    pub(crate) programs: Programs,
    /// The database made with the cluster; `None` for `postgres`, which every cluster has.
    pub(crate) database: Option<&'static str>,
    /// Whether the data must outlive a crash.
    pub(crate) durable: bool,
}

impl Cluster {
    /// Makes what is absent and writes the settings. The caller holds the lock.
    pub(crate) fn prepare(&self) -> Result<(), Error> {
        if !self.places.cluster.join("PG_VERSION").exists() {
            self.initialise()?;
        }
        self.places.make_socket_folder(&self.user)?;
        let conf = self.places.cluster.join("ondo.conf");
        let text = settings::conf(&self.places, self.durable, self.wal_compression()?);
        fs::write(&conf, text).map_err(Error::io("write", &conf))
    }

    /// The best that this build of the server knows.
    fn wal_compression(&self) -> Result<&'static str, Error> {
        let [best, known_to_all] = settings::WAL_COMPRESSION;
        let mut ask = self.user.command(&self.postgres()?);
        // `-C` first: it reads the settings and ends, without a server.
        ask.args(["-C", "wal_compression", "-c"])
            .arg(format!("wal_compression={best}"))
            .arg("-D")
            .arg(&self.places.cluster);
        let knows = run(&mut ask, "").is_ok_and(|output| output.status.success());
        Ok(if knows { best } else { known_to_all })
    }

    /// `postgres` of the version that made this cluster.
    pub(crate) fn postgres(&self) -> Result<PathBuf, Error> {
        let installation = self.programs.for_cluster(&self.places.cluster)?;
        Ok(installation.postgres())
    }

    /// Makes the cluster beside its place and moves it there when it is whole: being killed on the
    /// way leaves only a folder that the next try clears away.
    fn initialise(&self) -> Result<(), Error> {
        let half_made = self.places.home.join("pg.new");
        let installation = self.programs.best();
        self.initdb(installation, &half_made)?;
        include_settings(&half_made)?;
        if let Some(database) = self.database {
            self.create_database(installation, &half_made, database)?;
        }
        let cluster = &self.places.cluster;
        fs::rename(&half_made, cluster).map_err(Error::io("move the new database to", cluster))?;
        if self.durable {
            let home = &self.places.home;
            File::open(home)
                .and_then(|folder| folder.sync_all())
                .map_err(Error::io("write out", home))?;
        }
        Ok(())
    }

    fn initdb(&self, installation: &Installation, folder: &Path) -> Result<(), Error> {
        let mut said = String::new();
        for classes in CHARACTER_CLASSES {
            self.empty_folder(folder)?;
            let output = run(&mut self.initdb_command(installation, folder, classes), "")?;
            if output.status.success() {
                return Ok(());
            }
            said = String::from_utf8_lossy(&output.stderr).into_owned();
            // Not every system has every locale; any other failure would only repeat itself.
            if !said.contains("invalid locale") {
                break;
            }
        }
        Err(self.not_made(&said))
    }

    fn initdb_command(&self, installation: &Installation, at: &Path, classes: &str) -> Command {
        let mut initdb = self.user.command(&installation.initdb());
        initdb.arg("--pgdata").arg(at).args([
            "--encoding=UTF8",
            "--locale=C",
            &format!("--lc-ctype={classes}"),
            &format!("--username={OWNER}"),
            // Whoever can open the socket is the server's own account or root.
            "--auth-local=trust",
            "--auth-host=reject",
        ]);
        initdb.arg(if self.durable {
            "--data-checksums"
        } else {
            "--no-sync"
        });
        initdb
    }

    /// In single-user mode, so that no client program is needed.
    fn create_database(
        &self,
        installation: &Installation,
        at: &Path,
        name: &str,
    ) -> Result<(), Error> {
        let mut postgres = self.user.command(&installation.postgres());
        postgres.arg("--single").arg("-D").arg(at);
        postgres.args(["-c", "exit_on_error=on", "postgres"]);
        let output = run(&mut postgres, &format!("CREATE DATABASE {name}\n"))?;
        if output.status.success() {
            return Ok(());
        }
        Err(self.not_made(&String::from_utf8_lossy(&output.stderr)))
    }

    fn empty_folder(&self, folder: &Path) -> Result<(), Error> {
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(Error::io("clear away", folder))?;
        }
        fs::create_dir(folder).map_err(Error::io("make the folder", folder))?;
        self.user.give(folder)
    }

    fn not_made(&self, said: &str) -> Error {
        Error::Initialise {
            folder: self.places.cluster.clone(),
            output: said.trim().to_owned(),
        }
    }
}

fn include_settings(cluster: &Path) -> Result<(), Error> {
    let path = cluster.join("postgresql.conf");
    OpenOptions::new()
        .append(true)
        .open(&path)
        .and_then(|mut file| file.write_all(b"\ninclude_if_exists 'ondo.conf'\n"))
        .map_err(Error::io("write", &path))
}

/// Runs `command` to its end, with `input` on its standard input.
fn run(command: &mut Command, input: &str) -> Result<Output, Error> {
    let program = PathBuf::from(command.get_program());
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(Error::io("run", &program))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ended without reading tells why on its standard error.
        let _ = stdin.write_all(input.as_bytes());
    }
    child.wait_with_output().map_err(Error::io("run", &program))
}
