//! The product on a free port, on a database of its own.

use std::thread;
use std::time::{Duration, Instant};

use app::Running;
use app::config::{Config, Variables};
use app::installation::Installation;
use app::running::Doors;
use reqwest::blocking::{Client, Response};
use reqwest::redirect::Policy;
use tempfile::TempDir;
use test_db::TestDatabase;

/// How long something that workers do may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The product, until it is dropped.
pub(crate) struct Product {
    pub(crate) running: Running,
    http: Client,
    _data_dir: TempDir,
    // Last: the product still uses it while it stops.
    _database: TestDatabase,
}

impl Product {
    /// A fresh installation that nobody has set up.
    pub(crate) fn start() -> Self {
        Self::with(|_| {})
    }

    /// The same with something else outside.
    pub(crate) fn with(change: impl FnOnce(&mut Installation)) -> Self {
        let database = TestDatabase::new();
        let data_dir = tempfile::tempdir().unwrap();
        let config = config(database.url(), &data_dir);
        let doors = Doors::open(&config).unwrap();
        let mut installation = Installation::open(config).unwrap();
        change(&mut installation);
        let running = Running::open(installation, doors).unwrap();
        Self {
            running,
            http: http(),
            _data_dir: data_dir,
            _database: database,
        }
    }

    /// The answer to a GET, redirects not followed.
    pub(crate) fn get(&self, path: &str) -> Response {
        let url = self.running.url().join(path).unwrap();
        self.http.get(url).send().unwrap()
    }

    /// The answer to a POST of JSON from a page of `origin`.
    pub(crate) fn report(&self, path: &str, origin: &str, body: String) -> Response {
        let url = self.running.url().join(path).unwrap();
        self.http
            .post(url)
            .header("origin", origin)
            .header("content-type", "text/plain;charset=UTF-8")
            .body(body)
            .send()
            .unwrap()
    }
}

/// Settings for a test: a free port, everything else in `data_dir`.
pub(crate) fn config(database_url: &str, data_dir: &TempDir) -> Config {
    let data_dir = data_dir.path().to_str().unwrap();
    let variables: Variables = [
        ("ONDO_DATABASE_URL", database_url),
        ("ONDO_DATA_DIR", data_dir),
        ("ONDO_PORT", "0"),
        ("ONDO_DEV_MAILBOX", "true"),
        ("ONDO_LOG_LEVEL", "warn"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    let mut config = Config::load(None, &variables).unwrap();
    // A visitor who waits too long goes on without an id, and a busy test machine makes everybody wait.
    config.http.limits.click_deadline = Duration::from_secs(5);
    config
}

/// A browser that shows redirects instead of following them.
pub(crate) fn http() -> Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::builder()
        .redirect(Policy::none())
        .user_agent("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15")
        .build()
        .unwrap()
}

/// Asks until there is an answer.
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "never happened: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}
