//! What the demo's school writes, and to whom.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::content::TemplateSource;
use domain::delivery::SenderProfile;
use domain::ids::{BroadcastId, TemplateId, TenantId};
use domain::leads::{EmailAddress, LeadFilter};
use domain::scoring::Band;
use domain::tracking::Origin;

use super::people::{BROCHURE, graduation_of_third_years};

pub(super) const ORGANISATION: &str = "さくら学園";
/// Stands for the address of the sample site in the mails.
const SITE: &str = "{SITE}";

/// A member of staff besides the administrator.
pub(super) struct Colleague {
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    pub(super) role: domain::tenancy::Role,
}

pub(super) const ADMINISTRATOR: (&str, &str) = ("管理 太郎", "admin@sakura-gakuen.example.jp");

pub(super) const COLLEAGUES: [Colleague; 2] = [
    Colleague {
        name: "広報 花子",
        email: "marketing@sakura-gakuen.example.jp",
        role: domain::tenancy::Role::Marketer,
    },
    Colleague {
        name: "入試 次郎",
        email: "admissions@sakura-gakuen.example.jp",
        role: domain::tenancy::Role::Sales,
    },
];

/// A mail of the school.
pub(super) struct Letter {
    pub(super) name: &'static str,
    subject: &'static str,
    html: &'static str,
}

pub(super) const OPEN_CAMPUS: Letter = Letter {
    name: "オープンキャンパスのご案内",
    subject: "【さくら学園】{{ name or \"みなさま\" }}さんへ オープンキャンパスのご案内",
    html: include_str!("mails/open-campus.html"),
};
pub(super) const DEPARTMENTS: Letter = Letter {
    name: "学科紹介",
    subject: "【さくら学園】4つの学科と、卒業生のいま",
    html: include_str!("mails/departments.html"),
};
pub(super) const APPLICATION: Letter = Letter {
    name: "出願受付のお知らせ",
    subject: "【さくら学園】一般選抜の出願受付が始まりました",
    html: include_str!("mails/application.html"),
};
pub(super) const CONSULTATION: Letter = Letter {
    name: "個別相談会のご案内",
    subject: "【さくら学園】学費も入試も、個別にご相談ください",
    html: include_str!("mails/consultation.html"),
};

pub(super) const BROCHURE_THANKS: Letter = Letter {
    name: "資料請求のお礼",
    subject: "【さくら学園】資料のご請求ありがとうございます",
    html: include_str!("mails/brochure.html"),
};
pub(super) const GUIDE: Letter = Letter {
    name: "入試と学費のまとめ",
    subject: "【さくら学園】{{ name or \"みなさま\" }}さんへ 入試と学費のまとめ",
    html: include_str!("mails/guide.html"),
};

pub(super) const LETTERS: [&Letter; 6] = [
    &OPEN_CAMPUS,
    &DEPARTMENTS,
    &APPLICATION,
    &CONSULTATION,
    &BROCHURE_THANKS,
    &GUIDE,
];

/// The five mails of the campaign, each with the days after the one before (B10).
pub(super) const FOLLOW_UP: [(&Letter, u32); 5] = [
    (&BROCHURE_THANKS, 0),
    (&GUIDE, 1),
    (&DEPARTMENTS, 2),
    (&OPEN_CAMPUS, 4),
    (&CONSULTATION, 7),
];

impl Letter {
    /// The template's id: the same letter of the same tenant always has the same.
    pub(super) fn id(&self, tenant: TenantId) -> TemplateId {
        TemplateId::derived(&[b"demo", tenant.uuid().as_bytes(), self.name.as_bytes()])
    }

    /// The letter with links to the sample site at `site`.
    pub(super) fn source(&self, site: &Origin) -> TemplateSource {
        TemplateSource {
            subject: self.subject.to_owned(),
            html: self.html.replace(SITE, site.as_str()),
            text: None,
        }
    }
}

/// A broadcast.
pub(super) struct Planned {
    pub(super) name: &'static str,
    pub(super) letter: &'static Letter,
    /// So many days before the demo was filled.
    days_ago: i64,
    pub(super) audience: fn(DateTime<Utc>) -> LeadFilter,
}

/// Those of the past month, oldest first.
pub(super) const PAST: [Planned; 3] = [
    Planned {
        name: "オープンキャンパスのご案内(高校2年)",
        letter: &OPEN_CAMPUS,
        days_ago: 27,
        audience: |now| LeadFilter {
            graduation_year: Some(graduation_of_third_years(now) + 1),
            mailable_only: true,
            ..LeadFilter::default()
        },
    },
    Planned {
        name: "学科紹介(資料請求された方)",
        letter: &DEPARTMENTS,
        days_ago: 15,
        audience: |_now| LeadFilter {
            tags: BTreeSet::from([BROCHURE.to_owned()]),
            mailable_only: true,
            ..LeadFilter::default()
        },
    },
    Planned {
        name: "出願受付のお知らせ(高校3年)",
        letter: &APPLICATION,
        days_ago: 4,
        audience: |now| LeadFilter {
            graduation_year: Some(graduation_of_third_years(now)),
            tags: BTreeSet::from([BROCHURE.to_owned()]),
            mailable_only: true,
            ..LeadFilter::default()
        },
    },
];

/// The one of today.
pub(super) const LIVE: Planned = Planned {
    name: "個別相談会のご案内(高校3年・中温)",
    letter: &CONSULTATION,
    days_ago: 0,
    audience: |now| LeadFilter {
        graduation_year: Some(graduation_of_third_years(now)),
        bands: BTreeSet::from([Band::Warm]),
        mailable_only: true,
        ..LeadFilter::default()
    },
};

impl Planned {
    /// The same broadcast of the same tenant always has the same id.
    pub(super) fn id(&self, tenant: TenantId) -> BroadcastId {
        BroadcastId::derived(&[b"demo", tenant.uuid().as_bytes(), self.name.as_bytes()])
    }

    /// When it started, of the demo that was filled at `now`.
    pub(super) fn started_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - TimeDelta::days(self.days_ago)
    }
}

/// Who sends.
pub(super) fn sender_profile(now: DateTime<Utc>) -> SenderProfile {
    SenderProfile {
        from_name: "さくら学園 入試広報課".to_owned(),
        from_address: EmailAddress::parse("info@sakura-gakuen.example.jp").ok(),
        reply_to: None,
        organisation: "学校法人さくら学園".to_owned(),
        postal_address: "〒100-0000 東京都千代田区見本町1-2-3".to_owned(),
        contact: "03-0000-0000 / info@sakura-gakuen.example.jp".to_owned(),
        updated_at: now,
    }
}

#[cfg(test)]
mod tests {
    use adapters_render::Renderer;
    use domain::content::MailRenderer as _;

    use super::*;

    fn site() -> Origin {
        Origin::parse_address("http://localhost:8081").unwrap()
    }

    #[test]
    fn every_letter_can_be_sent() {
        for letter in LETTERS {
            let problems = Renderer.check(&letter.source(&site()));
            assert_eq!(problems, [], "{}", letter.name);
        }
    }

    #[test]
    fn every_letter_leads_to_pages_of_the_sample_site() {
        for letter in LETTERS {
            let links = Renderer
                .number_links(&letter.source(&site()).html, 0)
                .addresses;
            assert!(links.len() >= 2, "{}", letter.name);
            for link in links {
                let path = link.strip_prefix("http://localhost:8081").unwrap();
                assert!(super::super::site::page_at(path).is_some(), "{link}");
            }
        }
    }

    #[test]
    fn the_sender_lacks_nothing() {
        assert_eq!(sender_profile(DateTime::UNIX_EPOCH).missing(), []);
    }
}
