//! Where settings stand: the file and the environment.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use config::{Environment, File, FileFormat};
use secrecy::SecretString;

use super::error::{ConfigError, variable};
use super::settings::{NAMES, Settings};

const PREFIX: &str = "ONDO_";
/// What most hosts call the database's address; ours wins over it.
const PLAIN_DATABASE_URL: &str = "DATABASE_URL";
const FILE_VARIABLE: &str = "ONDO_CONFIG";
const SETUP_PASSWORD: &str = "ONDO_SETUP_PASSWORD";
/// Ours, but of builds and tests.
const ELSEWHERE: [&str; 4] = [
    "ONDO_TEST_DATABASE_URL",
    "ONDO_CHROMIUM",
    "ONDO_WEB_DIST",
    "ONDO_FAULT_ACK_BEFORE_COMMIT",
];

/// The variables of the environment that concern us.
#[derive(Clone, Default)]
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// Those of this process. A variable that is empty or no text counts as not set.
    #[must_use]
    pub fn of_this_process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// The settings file that `ONDO_CONFIG` names.
    pub(super) fn file(&self) -> Option<PathBuf> {
        self.0.get(FILE_VARIABLE).map(PathBuf::from)
    }

    /// The first administrator's password for `ondo setup`.
    #[must_use]
    pub fn setup_password(&self) -> Option<SecretString> {
        self.0.get(SETUP_PASSWORD).cloned().map(SecretString::from)
    }

    /// Variables that look like settings and are none: mistyped, most likely.
    #[must_use]
    pub fn unknown(&self) -> Vec<&str> {
        let known = |name: &str| {
            [FILE_VARIABLE, SETUP_PASSWORD].contains(&name)
                || ELSEWHERE.contains(&name)
                || NAMES.iter().any(|setting| variable(setting) == name)
        };
        self.0
            .keys()
            .map(String::as_str)
            .filter(|name| name.starts_with(PREFIX) && !known(name))
            .collect()
    }

    /// The value of a setting.
    fn setting(&self, name: &str) -> Option<&String> {
        let own = self.0.get(&variable(name));
        own.or_else(|| match name {
            "database_url" => self.0.get(PLAIN_DATABASE_URL),
            _ => None,
        })
    }

    fn settings(&self) -> BTreeMap<String, String> {
        NAMES
            .iter()
            .filter_map(|name| Some((variable(name), self.setting(name)?.clone())))
            .collect()
    }
}

impl FromIterator<(String, String)> for Variables {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(variables: T) -> Self {
        let ours = |name: &str| name.starts_with(PREFIX) || name == PLAIN_DATABASE_URL;
        Self(
            variables
                .into_iter()
                .filter(|(name, value)| ours(name) && !value.is_empty())
                .collect(),
        )
    }
}

/// Values may be secrets.
impl std::fmt::Debug for Variables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The settings of `file` under those of `variables`.
pub(super) fn settings(
    file: Option<&Path>,
    variables: &Variables,
) -> Result<Settings, ConfigError> {
    let mut builder = config::Config::builder();
    if let Some(path) = file {
        let text = fs::read_to_string(path).map_err(|source| ConfigError::File {
            path: path.to_owned(),
            source,
        })?;
        builder = builder.add_source(File::from_str(&text, FileFormat::Toml));
    }
    let environment = Environment::with_prefix("ONDO")
        .prefix_separator("_")
        .try_parsing(true)
        .list_separator(",")
        .with_list_parse_key("trusted_proxies")
        .with_list_parse_key("dns_servers")
        .source(Some(variables.settings().into_iter().collect()));
    Ok(builder.add_source(environment).build()?.try_deserialize()?)
}
