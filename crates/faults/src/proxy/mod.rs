//! Stands between the server and PostgreSQL, and does what networks do: closes connections at the
//! worst moment, delays, and goes away.

mod control;
mod framing;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

pub(crate) use control::{Control, Cut};
pub(crate) use framing::Written;
use framing::{Commits, Frames};

/// libpq finds the server in a folder by this name.
const SOCKET: &str = ".s.PGSQL.5432";
/// How long a commit that goes through before the cut may take.
const COMMIT_PATIENCE: Duration = Duration::from_secs(2);

/// A proxy that listens in a folder of its own, until it is dropped.
#[derive(Debug)]
pub(crate) struct Proxy {
    /// What it does to those who come through.
    pub(crate) control: Arc<Control>,
    folder: PathBuf,
    task: JoinHandle<()>,
}

impl Proxy {
    /// A proxy in `folder`, which is made, to the server whose socket lies in `upstream`.
    pub(crate) fn open(
        runtime: &Handle,
        folder: &Path,
        upstream: &Path,
        chance: fastrand::Rng,
    ) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let _inside = runtime.enter();
        let socket = folder.join(SOCKET);
        let listener =
            UnixListener::bind(&socket).with_context(|| format!("{}", socket.display()))?;
        let control = Arc::new(Control::new(chance));
        let upstream = upstream.join(SOCKET);
        let task = runtime.spawn(accept(listener, upstream, Arc::clone(&control)));
        Ok(Self {
            control,
            folder: folder.to_owned(),
            task,
        })
    }

    /// Where libpq finds it.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.control.set_down(true);
    }
}

async fn accept(listener: UnixListener, upstream: PathBuf, control: Arc<Control>) {
    loop {
        let Ok((client, _)) = listener.accept().await else {
            continue;
        };
        if control.is_down() {
            continue;
        }
        let (upstream, control) = (upstream.clone(), Arc::clone(&control));
        tokio::spawn(async move {
            let Ok(server) = UnixStream::connect(upstream).await else {
                return;
            };
            // Every end of a connection looks the same from outside: both sides are closed.
            drop(carry(client, server, &control).await);
        });
    }
}

/// Carries bytes both ways until one side ends, or the connection is cut.
async fn carry(
    mut client: UnixStream,
    mut server: UnixStream,
    control: &Control,
) -> std::io::Result<()> {
    let (mut frames, mut commits) = (Frames::default(), Commits::default());
    let (mut asked, mut answered) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let read = read?;
                if read == 0 {
                    return Ok(());
                }
                frames.push(&asked[..read]);
                while let Some(message) = frames.next() {
                    let written = commits.sees(&message);
                    if let Some(cut) = written.and_then(|written| control.springs(written)) {
                        commit_and_cut(&mut server, &message, cut).await?;
                        control.stand_still().await;
                        return Ok(());
                    }
                    if written == Some(Written::Engagements) && let Some(cut) = control.next_cut() {
                        return commit_and_cut(&mut server, &message, cut).await;
                    }
                    server.write_all(&message).await?;
                }
            }
            read = server.read(&mut answered) => {
                let read = read?;
                if read == 0 {
                    return Ok(());
                }
                let delay = control.delay();
                if !delay.is_zero() {
                    sleep(delay).await;
                }
                client.write_all(&answered[..read]).await?;
            }
            () = control.goes_down() => return Ok(()),
        }
    }
}

/// The client is left without an answer, whether the server committed or not.
async fn commit_and_cut(server: &mut UnixStream, commit: &[u8], cut: Cut) -> std::io::Result<()> {
    match cut {
        Cut::Before => Ok(()),
        Cut::After => {
            server.write_all(commit).await?;
            // The statement may come in several messages; this one ends them.
            if commit.first() == Some(&b'E') {
                server.write_all(&[b'S', 0, 0, 0, 4]).await?;
            }
            let mut unread = [0; 1];
            drop(timeout(COMMIT_PATIENCE, server.read(&mut unread)).await);
            Ok(())
        }
    }
}
