use super::*;

use std::collections::BTreeSet;
use std::io::Write as _;

use secrecy::ExposeSecret as _;

const SAMPLE: &str = include_str!("../../../../ondo.sample.toml");

fn variables(pairs: &[(&str, &str)]) -> Variables {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn load(text: &str, pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load(Some(file(text).path()), &variables(pairs))
}

/// The sample with every setting in force.
fn uncommented() -> String {
    let is_setting = |line: &str| {
        line.strip_prefix("# ")
            .and_then(|rest| rest.split_once(" = "))
            .is_some_and(|(name, _)| !name.contains(' '))
    };
    SAMPLE
        .lines()
        .map(|line| if is_setting(line) { &line[2..] } else { line })
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_sample_as_it_is_changes_no_default() {
    let sample = load(SAMPLE, &[]).unwrap();
    let nothing = load("", &[]).unwrap();
    let shown = |config: Config| {
        format!(
            "{:?}",
            Config {
                file: None,
                ..config
            }
        )
    };
    assert_eq!(shown(sample), shown(nothing));
}

#[test]
fn the_sample_describes_every_setting_and_no_other() {
    let text = uncommented();
    let described: BTreeSet<&str> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = ").map(|(name, _)| name))
        .collect();
    assert_eq!(described, settings::NAMES.iter().copied().collect());
    load(&text, &[]).unwrap();
}

#[test]
fn the_environment_wins_over_the_file() {
    let config = load("port = 81\nrole = 'web'", &[("ONDO_PORT", "82")]).unwrap();
    assert_eq!((config.http.port, config.role), (82, Role::Web));
}

#[test]
fn the_plain_database_url_counts_unless_there_is_one_of_ours() {
    let url = |pairs: &[(&str, &str)]| {
        let config = load("", pairs).unwrap();
        config.database.url.unwrap().expose_secret().to_owned()
    };
    let plain = ("DATABASE_URL", "postgres://plain");
    assert_eq!(url(&[plain]), "postgres://plain");
    assert_eq!(
        url(&[plain, ("ONDO_DATABASE_URL", "postgres://ours")]),
        "postgres://ours"
    );
}

#[test]
fn proxies_are_listed_with_commas_in_the_environment() {
    let config = load("", &[("ONDO_TRUSTED_PROXIES", "10.0.0.0/8,192.0.2.1")]).unwrap();
    let proxies: Vec<String> = config
        .http
        .trusted_proxies
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(proxies, ["10.0.0.0/8", "192.0.2.1/32"]);
}

#[test]
fn name_servers_have_the_usual_port_unless_they_name_another() {
    let config = load(
        "",
        &[("ONDO_DNS_SERVERS", "192.0.2.53,[2001:db8::53]:5353")],
    )
    .unwrap();
    let servers = config.mail.dns_servers.iter().map(ToString::to_string);
    let servers: Vec<String> = servers.collect();
    assert_eq!(servers, ["192.0.2.53:53", "[2001:db8::53]:5353"]);
}

#[test]
fn a_complaint_names_the_setting() {
    let complaints = [
        ("prot = 80", "prot"),
        ("port = 'eighty'", "port"),
        ("port = 70000", "port"),
        ("role = 'king'", "role"),
        ("public_url = 'ondo.example.jp'", "public_url"),
        ("public_url = 'https://example.jp/ondo'", "public_url"),
        ("trusted_proxies = ['10.0.0.0/64']", "trusted_proxies"),
        ("address = 'everywhere'", "address"),
        ("dns_servers = ['dns.example.jp']", "dns_servers"),
        ("log_format = 'xml'", "log_format"),
        ("database_connections = 0", "database_connections"),
        ("dev_mailbox = 'perhaps'", "dev_mailbox"),
    ];
    for (text, name) in complaints {
        let complaint = load(text, &[]).unwrap_err().to_string();
        assert!(complaint.contains(name), "{text}: {complaint}");
    }
}

#[test]
fn a_mistyped_variable_is_noticed() {
    let variables = variables(&[
        ("ONDO_PRT", "80"),
        ("ONDO_PORT", "80"),
        ("ONDO_SETUP_PASSWORD", "x"),
        ("HOME", "/root"),
    ]);
    assert_eq!(variables.unknown(), ["ONDO_PRT"]);
}

#[test]
fn the_password_of_the_database_is_never_printed() {
    let config = load("", &[("DATABASE_URL", "postgres://ondo:geheim@db/ondo")]).unwrap();
    assert!(!format!("{config:?}").contains("geheim"));
    let variables = variables(&[("DATABASE_URL", "postgres://ondo:geheim@db/ondo")]);
    assert!(!format!("{variables:?}").contains("geheim"));
}

#[test]
fn a_file_that_was_asked_for_must_be_there() {
    let missing = Config::load(Some(Path::new("no/such.toml")), &Variables::default());
    assert!(missing.unwrap_err().to_string().contains("no/such.toml"));
}

#[test]
fn the_key_of_sendgrid_never_leaves_in_the_clear() {
    let refused = |url: &str| load("", &[("ONDO_SENDGRID_URL", url)]).is_err();
    assert!(refused("http://api.sendgrid.com"));
    assert!(refused("http://10.0.0.1:8025"));
    for good in [
        "https://api.eu.sendgrid.com",
        "http://127.0.0.1:8025",
        "http://[::1]:8025",
        "http://localhost:8025",
    ] {
        assert!(!refused(good), "{good}");
    }
}

#[test]
fn senders_and_their_patience_have_bounds() {
    let refused = |name: &str, value: &str| load("", &[(name, value)]).is_err();
    assert!(refused("ONDO_MAIL_SENDERS", "0"));
    assert!(refused("ONDO_MAIL_SENDERS", "17"));
    assert!(refused("ONDO_MAIL_TIMEOUT_SECONDS", "0"));
    assert!(refused("ONDO_MAIL_TIMEOUT_SECONDS", "46"));
    let pairs = [
        ("ONDO_MAIL_SENDERS", "16"),
        ("ONDO_MAIL_TIMEOUT_SECONDS", "2"),
    ];
    let mail = load("", &pairs).unwrap().mail;
    assert_eq!((mail.senders, mail.timeout.as_secs()), (16, 2));
}
