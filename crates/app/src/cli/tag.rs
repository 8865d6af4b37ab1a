//! `ondo tag`

use anyhow::Context as _;
use domain::tracking::SiteStore as _;

use super::OfTenant;
use crate::config::Config;
use crate::database::Database;
use crate::running::known_url;
use crate::terminal::say;

pub(super) fn run(config: &Config, tenant: &OfTenant) -> anyhow::Result<()> {
    let database = Database::open(config)?;
    let store = database.requests(config)?;
    let tenant = tenant.find(&store)?;
    let product = known_url(config)?;
    let sites = store.sites(tenant.id)?;
    let settings = product.join("ui/settings/sites")?;
    if sites.is_empty() {
        say(format_args!(
            "no site is registered yet; do that at {settings}"
        ));
        return Ok(());
    }
    let tag = product.join("tag.js").context("the public address")?;
    for site in sites {
        say(format_args!("# {} ({})", site.name, site.origin));
        let key = site.key.as_str();
        say(format_args!(
            "<script async src=\"{tag}\" data-site-key=\"{key}\"></script>\n"
        ));
    }
    say("サイトの全ページの <head> の中、</head> の直前に貼り付けてください。");
    say("Paste it into the <head> of every page, just before </head>.");
    say(format_args!(
        "WordPress, Google Tag Manager and CSP: docs/WEB-TAG.md. Whether page views arrive: {settings}"
    ));
    Ok(())
}
