//! From a broadcast to a warm lead: mail, click, landing, page view, score.

use adapters_http::Argon2idHasher;
use adapters_postgres::PgStore;
use adapters_render::Renderer;
use chrono::Utc;
use domain::campaigns::{BroadcastDraft, BroadcastStore, StartPorts, start_broadcast};
use domain::content::{TemplateDraft, TemplateSource, TemplateStore};
use domain::delivery::{DeliverySettings as _, OutboxReader as _, SenderProfile};
use domain::ids::{BroadcastId, LeadId, SiteId, TemplateId, TenantId};
use domain::leads::{EmailAddress, Lead, LeadDraft, LeadStore};
use domain::scoring::ScoringRules as _;
use domain::scoring::preset::TEMPERATURE;
use domain::tenancy::{Installation, Locale, SetUp, random_256, set_up};
use domain::tracking::{Origin, Site, SiteKey, SiteStore as _};
use url::Url;

use crate::product::{Product, eventually};

const SITE: &str = "https://school.example";

struct School<'a> {
    product: &'a Product,
    tenant: TenantId,
}

/// An organisation with its administrator, as setting up leaves it.
pub(crate) fn set_up_school(installation: &app::installation::Installation) -> TenantId {
    let new = set_up(
        &SetUp {
            tenants: &installation.requests,
            hasher: &Argon2idHasher::new(),
            digest: &|value| installation.keys.lookup_hash(value),
            random: &random_256,
        },
        &Installation {
            organisation: "さくら学園",
            time_zone: chrono_tz::Asia::Tokyo,
            locale: Locale::Ja,
            administrator: "管理 太郎",
            address: &address("admin@example.jp"),
            password: "a password of some length",
        },
        Utc::now(),
    );
    new.unwrap().tenant.id
}

impl<'a> School<'a> {
    fn open(product: &'a Product) -> Self {
        let installation = product.running.installation();
        let store = &installation.requests;
        eventually("the database is ready", || {
            store.policy(TenantId::new()).ok()
        });
        let tenant = set_up_school(installation);
        store
            .apply_preset(tenant, &TEMPERATURE, Utc::now())
            .unwrap();
        store.save_sender_profile(tenant, &sender()).unwrap();
        store.register_site(tenant, &site()).unwrap();
        // Not through the interface: the server finds it when it looks again.
        eventually("the site is known", || {
            let empty = product.report("/t/pv", SITE, "{}".to_owned());
            (empty.status() == 400 || empty.status() == 422).then_some(())
        });
        Self { product, tenant }
    }

    fn store(&self) -> &PgStore {
        &self.product.running.installation().requests
    }

    fn lead(&self, email: &str) -> LeadId {
        let draft = LeadDraft::new(address(email));
        let lead = LeadStore::create(self.store(), self.tenant, draft, Utc::now());
        lead.unwrap().id
    }

    fn send_to_everybody(&self, html: &str) {
        let (store, now) = (self.store(), Utc::now());
        let source = TemplateSource {
            subject: "ご案内".to_owned(),
            html: html.to_owned(),
            text: None,
        };
        let draft = TemplateDraft::of_html("案内", source);
        let template = draft.into_template(TemplateId::new(), now);
        TemplateStore::create(store, self.tenant, &template).unwrap();
        let broadcast =
            BroadcastDraft::new("案内", template.id).into_broadcast(BroadcastId::new(), None, now);
        BroadcastStore::create(store, self.tenant, &broadcast).unwrap();
        let ports = StartPorts {
            broadcasts: store,
            work: store,
            templates: store,
            renderer: &Renderer,
            settings: store,
        };
        start_broadcast(&ports, self.tenant, broadcast.id, now).unwrap();
    }

    /// The HTML of the mail to `email`, once the workers have sent it.
    fn mail_to(&self, email: &str) -> String {
        let outbox = &self.product.running.installation().outbox;
        eventually("the mail is sent", || {
            let mails = outbox.newest(self.tenant, 10).unwrap();
            mails
                .into_iter()
                .find(|mail| mail.to.contains(email))
                .map(|mail| mail.html)
        })
    }

    fn found(&self, lead: LeadId) -> Lead {
        LeadStore::find(self.store(), self.tenant, lead)
            .unwrap()
            .unwrap()
    }
}

pub(crate) fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub(crate) fn sender() -> SenderProfile {
    SenderProfile {
        from_name: "入試課".to_owned(),
        from_address: Some(address("info@example.jp")),
        organisation: "学校法人さくら学園".to_owned(),
        postal_address: "東京都".to_owned(),
        contact: "03-0000-0000".to_owned(),
        ..SenderProfile::default()
    }
}

fn site() -> Site {
    Site {
        id: SiteId::new(),
        name: "公式サイト".to_owned(),
        origin: Origin::parse_address(SITE).unwrap(),
        key: SiteKey::from_random_bytes([7; 12]),
        last_received_at: None,
        created_at: Utc::now(),
    }
}

/// The path of the first address of ours in a mail that starts with `path`.
fn link(html: &str, path: &str) -> String {
    let start = html
        .find(path)
        .unwrap_or_else(|| panic!("no {path} in {html}"));
    html[start..]
        .split(['"', '<', ' '])
        .next()
        .unwrap()
        .to_owned()
}

#[test]
fn a_click_lands_with_tid_and_a_page_view_warms_the_lead() {
    // A13–A17, A27–A32, A40, A46
    let product = Product::start();
    let school = School::open(&product);
    let lead = school.lead("hanako@example.jp");
    school.send_to_everybody(&format!(
        "<p><a href=\"{SITE}/departments\">学科紹介</a></p>"
    ));
    let mail = school.mail_to("hanako@example.jp");

    let click = product.get(&link(&mail, "/t/c/"));
    assert_eq!(click.status(), 302);
    let location = click.headers()["location"].to_str().unwrap();
    let landing = Url::parse(location).unwrap();
    let tid = landing.query_pairs().find(|(name, _)| name == "tid");
    let tid = tid.map(|(_, value)| value.into_owned()).unwrap();
    assert_eq!(landing.path(), "/departments");

    let body = serde_json::json!({ "tid": tid, "url": location, "title": "学科紹介" });
    let seen = product.report("/t/pv", SITE, body.to_string());
    assert_eq!(seen.status(), 200);

    let lead = eventually("both are scored", || {
        Some(school.found(lead)).filter(|lead| lead.score == 4)
    });
    assert_eq!(lead.band, domain::scoring::Band::Warm);
    assert_eq!(lead.tracking_id.unwrap().to_string(), tid);
}

#[test]
fn the_refusal_link_of_a_mail_leads_to_its_page() {
    // B68: the address in the mail is one that the product answers.
    let product = Product::start();
    let school = School::open(&product);
    school.lead("hanako@example.jp");
    school.send_to_everybody("<p>本文</p>");
    let mail = school.mail_to("hanako@example.jp");
    let page = product.get(&link(&mail, "/u/"));
    assert_eq!(page.status(), 200);
    assert!(page.text().unwrap().contains("<form"));
}

#[test]
fn the_pixel_of_a_mail_counts_an_open() {
    // A22, A39
    let product = Product::start();
    let school = School::open(&product);
    let lead = school.lead("hanako@example.jp");
    school.send_to_everybody("<p>本文</p>");
    let mail = school.mail_to("hanako@example.jp");
    let pixel = product.get(&link(&mail, "/t/o/"));
    assert_eq!(pixel.headers()["content-type"], "image/gif");
    eventually("the open is scored", || {
        (school.found(lead).score == 1).then_some(())
    });
}
