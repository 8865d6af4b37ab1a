//! Leads of the organisation under test, and what they did.

use actix_web::test::TestRequest;
use chrono::{TimeDelta, Utc};
use domain::ids::{LeadId, TenantId};
use domain::leads::{Lead, LeadDraft, LeadStore};
use domain::scoring::{Band, decide};
use domain::tenancy::{ApiTokenStore, AuditAction, AuditLog, Scope};
use domain::tracking::{Engagement, EngagementLog};
use test_support::builders::leads::draft;
use test_support::builders::tenancy::{audit_entry, new_api_token};

use crate::app::{Answer, Browser, TestApp};

/// What attackers put wherever text is taken in (V-04, V-05).
pub(crate) const ATTACKS: [&str; 6] = [
    "<svg onload=alert(1)>",
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "{{7*7}}{% raw %}",
    "\u{202E}gpj.exe",
    "=HYPERLINK(\"http://evil\")",
];

/// Queries that no list takes (V-10, V-12).
pub(crate) const QUERIES: [&str; 14] = [
    "sort=score;select%20pg_sleep(5)--",
    "sort=password_hash",
    "dir=asc,(select%20pg_sleep(5))",
    "dir=__class__",
    "filter[a][b][]=x'%20or%201=1",
    "settings[views]=/etc&layout=/etc/passwd",
    "band=hot'%20or%201=1--",
    "graduation_year=2027%20or%201=1",
    "page_views=1e99",
    "engaged_within=-1",
    "owner=1",
    "reacted=open'--",
    "page=x",
    "q=a%00b",
];

impl TestApp {
    /// A lead of the organisation, with the address `{name}@example.jp`.
    pub(crate) fn lead(&self, name: &str) -> Lead {
        self.lead_of(self.tenant(), draft(name))
    }

    /// A lead of any organisation.
    pub(crate) fn lead_of(&self, tenant: TenantId, draft: LeadDraft) -> Lead {
        let lead = self.memory.leads.create(tenant, draft, Utc::now()).unwrap();
        self.memory.log.add_lead(tenant, lead.id);
        lead
    }

    /// The lead with this id as it is now.
    pub(crate) fn stored_lead(&self, id: LeadId) -> Lead {
        LeadStore::find(&*self.memory.leads, self.tenant(), id)
            .unwrap()
            .unwrap()
    }

    /// Makes a lead so warm, of late.
    pub(crate) fn warm(&self, id: LeadId, score: i32, band: Band) {
        self.memory.leads.arrange(self.tenant(), id, |lead| {
            lead.score = score;
            lead.engagement_score = score;
            lead.band = band;
            lead.last_engaged_at = Some(Utc::now() - TimeDelta::minutes(3));
        });
    }

    /// Lets something have happened so many minutes ago; the lead is scored for it.
    pub(crate) fn happened(&self, lead: LeadId, engagement: Engagement, minutes: i64) {
        let at = Utc::now() - TimeDelta::minutes(minutes);
        let engagement = Engagement {
            occurred_at: at,
            received_at: at,
            ..engagement
        };
        let log = &self.memory.log;
        log.append(&[engagement], &|policy, state, new| {
            decide(policy, state, new)
        })
        .unwrap();
        let Some(tracked) = log.lead(self.tenant(), lead) else {
            return;
        };
        self.memory.leads.arrange(self.tenant(), lead, |lead| {
            lead.score = tracked.score;
            lead.engagement_score = tracked.engagement_score;
            lead.band = tracked.band;
            lead.last_engaged_at = tracked.last_engaged_at;
            lead.last_clicked_url = tracked.last_click.map(|(_, url)| url);
            lead.tracking_id = tracked.tracking_id;
        });
    }

    /// The names of what was done, newest first.
    pub(crate) fn audited(&self) -> Vec<String> {
        let entries = self.tenancy.page(self.tenant(), None, 1_000).unwrap();
        let names = entries.iter().map(|entry| entry.action.as_str().to_owned());
        names.collect()
    }

    /// The text of a token for these scopes.
    pub(crate) fn token(&self, scopes: &[Scope]) -> String {
        let (token, text) = new_api_token(self.tenant(), scopes, Utc::now());
        let audit = audit_entry(AuditAction::API_TOKEN_CREATED, Utc::now());
        ApiTokenStore::create(&*self.tenancy, self.tenant(), &token, &audit).unwrap();
        text.reveal()
    }

    /// What the JSON interface answers to the holder of this token.
    pub(crate) async fn call_api(&self, token: &str, request: TestRequest) -> Answer {
        let bearer = format!("Bearer {token}");
        self.send(request.insert_header(("authorization", bearer)))
            .await
    }
}

impl Browser<'_> {
    /// Uploads a file of leads as htmx does.
    pub(crate) async fn upload(&self, name: &str, content: &[u8]) -> Answer {
        self.upload_to("/ui/leads/import", name, content).await
    }

    /// The same to another page.
    pub(crate) async fn upload_to(&self, path: &str, name: &str, content: &[u8]) -> Answer {
        let mut body = format!(
            "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: text/csv\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--X--\r\n");
        let request = TestRequest::post()
            .uri(path)
            .insert_header(("content-type", "multipart/form-data; boundary=X"))
            .insert_header(("x-csrf-token", self.token()))
            .insert_header(("hx-request", "true"))
            .insert_header(("hx-request-type", "partial"))
            .set_payload(body);
        self.send(request).await
    }
}

impl Answer {
    /// Fails unless every text of the attackers is shown as a text.
    pub(crate) fn assert_harmless(&self) {
        for active in ["<svg onload", "<script>alert", "<img src=x", "javascript:"] {
            for place in [active.to_owned(), format!("href=\"{active}")] {
                let is_text = active == "javascript:" && !place.starts_with("href");
                assert!(is_text || !self.shows(&place), "{place}: {}", self.body);
            }
        }
        assert!(!self.shows(">49<"), "a template ran: {}", self.body);
        assert!(self.header("content-security-policy").contains("nonce-"));
    }
}
