//! The command `ondo`, as a script uses it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use test_db::TestDatabase;

use crate::product::{eventually, http};

struct Installation {
    data_dir: TempDir,
    database: TestDatabase,
}

impl Installation {
    fn new() -> Self {
        Self {
            data_dir: tempfile::tempdir().unwrap(),
            database: TestDatabase::new(),
        }
    }

    fn set_up() -> Self {
        let this = Self::new();
        let set_up = this.ondo(&SETUP);
        assert_eq!(set_up.status.code(), Some(0), "{}", errors(&set_up));
        this
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ondo"));
        command
            .env("ONDO_DATABASE_URL", self.database.url())
            .env("ONDO_DATA_DIR", self.data_dir.path())
            .env("ONDO_SETUP_PASSWORD", "a password of some length")
            .current_dir(self.data_dir.path());
        command
    }

    fn ondo(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.data_dir.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

const SETUP: [&str; 7] = [
    "setup",
    "--organisation",
    "さくら学園",
    "--name",
    "管理 太郎",
    "--email",
    "admin@example.jp",
];

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_installation_is_set_up_once() {
    let installation = Installation::set_up();
    let again = installation.ondo(&SETUP);
    assert_eq!(again.status.code(), Some(1));
    assert!(errors(&again).contains("set up already"));
}

#[test]
fn an_import_tells_what_it_refused_and_the_rest_comes_out_again() {
    // A2, A4
    let installation = Installation::set_up();
    let (csv, _, _) = encoding_rs::SHIFT_JIS
        .encode("メールアドレス,氏名\nhanako@example.jp,髙橋 花子\nno-at-sign,誰か\n");
    let file = installation.file("leads.csv", &csv);
    let import = installation.ondo(&["import", &file]);
    assert_eq!(import.status.code(), Some(2), "{}", errors(&import));
    let said = printed(&import);
    assert!(said.contains("line 3"), "{said}");
    assert!(said.contains("1 created, 0 updated, 1 refused"), "{said}");

    let export = installation.ondo(&["export"]);
    assert_eq!(export.status.code(), Some(0), "{}", errors(&export));
    assert!(printed(&export).contains("髙橋 花子"));

    let good = installation.file("good.csv", "email\ntaro@example.jp\n".as_bytes());
    assert_eq!(installation.ondo(&["import", &good]).status.code(), Some(0));
}

#[test]
fn the_doctor_finds_a_good_installation_and_a_broken_one() {
    let installation = Installation::set_up();
    let well = installation.ondo(&["doctor"]);
    assert_eq!(well.status.code(), Some(0), "{}", printed(&well));
    assert!(printed(&well).contains("ok   migrations"));
    assert!(printed(&well).contains("warn sender"));
    assert!(printed(&well).contains("ok   spool"));
    assert!(!printed(&well).contains("trusted_proxies"));

    fs::write(installation.data_dir.path().join("keys.toml"), "broken").unwrap();
    let ill = installation.ondo(&["doctor"]);
    assert_eq!(ill.status.code(), Some(1));
    assert!(printed(&ill).contains("fail keys"));
}

#[test]
fn the_doctor_warns_of_a_proxy_that_is_not_named() {
    let installation = Installation::set_up();
    let said = |proxies: &str| {
        let mut command = installation.command();
        command.env("ONDO_PUBLIC_URL", "https://ondo.example.jp");
        command.env("ONDO_TRUSTED_PROXIES", proxies);
        printed(&command.arg("doctor").output().unwrap())
    };
    assert!(said("").contains("trusted_proxies is empty"));
    assert!(!said("127.0.0.1").contains("trusted_proxies"));
}

#[test]
fn a_wrong_setting_stops_every_command_with_its_name() {
    let installation = Installation::new();
    fs::write(installation.data_dir.path().join("ondo.toml"), "prot = 80").unwrap();
    let refused = installation.ondo(&["migrate"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(errors(&refused).contains("prot"));
}

#[test]
fn a_signal_ends_the_product_in_good_order() {
    let installation = Installation::set_up();
    let mut serving = installation
        .command()
        .args(["serve", "--port", "0"])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let address = eventually("it writes down where it is", || {
        fs::read_to_string(installation.data_dir.path().join("address")).ok()
    });
    let health = format!("{}healthz", address.trim());
    eventually("it answers", || http().get(&health).send().ok());
    let pid = rustix::process::Pid::from_child(&serving);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(serving.wait().unwrap().code(), Some(0));
    assert!(http().get(&health).send().is_err());
}

#[test]
fn keys_can_be_rotated_while_nothing_runs() {
    let installation = Installation::set_up();
    let rotated = installation.ondo(&["keys", "rotate"]);
    assert_eq!(rotated.status.code(), Some(0), "{}", errors(&rotated));
    let keys: &Path = &installation.data_dir.path().join("keys.toml");
    assert!(fs::read_to_string(keys).unwrap().contains("id = \"k2\""));
}
