//! The lead, and the ways to write one.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::attribute::AttributeValue;
use super::email::EmailAddress;
use super::text::{tidy_line, tidy_tag};
use crate::ids::{LeadId, UserId};
use crate::scoring::Band;
use crate::tracking::VisitorId;

/// A person who may become a customer or an applicant (A1, A6–A9).
#[derive(Clone, Debug, PartialEq)]
pub struct Lead {
    /// Names the lead for ever.
    pub id: LeadId,
    /// Unique in the tenant.
    pub email: EmailAddress,
    /// 氏名
    pub name: Option<String>,
    /// フリガナ
    pub kana: Option<String>,
    /// 会社名 or 学校名
    pub company: Option<String>,
    /// 部署
    pub department: Option<String>,
    /// 役職
    pub title: Option<String>,
    /// 電話番号, as it was written
    pub phone: Option<String>,
    /// 卒業年度, a year of the Common Era
    pub graduation_year: Option<i32>,
    /// 学年
    pub grade: Option<String>,
    /// 業種
    pub industry: Option<String>,
    /// 従業員数
    pub company_size: Option<i32>,
    /// 都道府県 or 地域
    pub region: Option<String>,
    /// Custom attributes by their key.
    pub attributes: BTreeMap<String, AttributeValue>,
    /// タグ
    pub tags: BTreeSet<String>,
    /// 担当者
    pub owner: Option<UserId>,
    /// Points for what they did (D5).
    pub engagement_score: i32,
    /// Points for who they are (D5).
    pub fit_score: i32,
    /// Both, clamped (D5).
    pub score: i32,
    /// 温度, from `score`.
    pub band: Band,
    /// The last thing a person (not a machine) did.
    pub last_engaged_at: Option<DateTime<Utc>>,
    /// Where the last click went.
    pub last_clicked_url: Option<String>,
    /// Their id in the site's cookie, once they have arrived through a mail (A9, D10).
    pub tracking_id: Option<VisitorId>,
    /// When Ondo first knew them.
    pub created_at: DateTime<Utc>,
    /// When a field was last written.
    pub updated_at: DateTime<Utc>,
}

/// What is known of a lead to be created, or to be merged into one with the same address.
///
/// `None`, an absent attribute and an absent tag say "not known" and never erase what is stored.
/// There is no score and no id in it, so that no file and no request can set them (V-28).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields mean what they mean in Lead")]
pub struct LeadDraft {
    pub email: EmailAddress,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub kana: Option<String>,
    #[serde(default)]
    pub company: Option<String>,
    #[serde(default)]
    pub department: Option<String>,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub phone: Option<String>,
    #[serde(default)]
    pub graduation_year: Option<i32>,
    #[serde(default)]
    pub grade: Option<String>,
    #[serde(default)]
    pub industry: Option<String>,
    #[serde(default)]
    pub company_size: Option<i32>,
    #[serde(default)]
    pub region: Option<String>,
    #[serde(default)]
    pub attributes: BTreeMap<String, AttributeValue>,
    #[serde(default)]
    pub tags: BTreeSet<String>,
    #[serde(default)]
    pub owner: Option<UserId>,
}

impl LeadDraft {
    /// A lead of whom only the address is known.
    #[must_use]
    pub fn new(email: EmailAddress) -> Self {
        Self {
            email,
            name: None,
            kana: None,
            company: None,
            department: None,
            title: None,
            phone: None,
            graduation_year: None,
            grade: None,
            industry: None,
            company_size: None,
            region: None,
            attributes: BTreeMap::new(),
            tags: BTreeSet::new(),
            owner: None,
        }
    }

    /// The new lead that this draft describes: nothing scored, nothing tracked.
    #[must_use]
    pub fn into_lead(self, id: LeadId, now: DateTime<Utc>) -> Lead {
        let mut lead = Lead::nobody(id, self.email.clone(), now);
        lead.absorb(self, now);
        lead
    }
}

impl Lead {
    /// Only an address.
    fn nobody(id: LeadId, email: EmailAddress, now: DateTime<Utc>) -> Self {
        Self {
            id,
            email,
            name: None,
            kana: None,
            company: None,
            department: None,
            title: None,
            phone: None,
            graduation_year: None,
            grade: None,
            industry: None,
            company_size: None,
            region: None,
            attributes: BTreeMap::new(),
            tags: BTreeSet::new(),
            owner: None,
            engagement_score: 0,
            fit_score: 0,
            score: 0,
            band: Band::default(),
            last_engaged_at: None,
            last_clicked_url: None,
            tracking_id: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// Merges in what a draft knows; what it does not know stays.
    pub fn absorb(&mut self, draft: LeadDraft, now: DateTime<Utc>) {
        fill_text(&mut self.name, draft.name);
        fill_text(&mut self.kana, draft.kana);
        fill_text(&mut self.company, draft.company);
        fill_text(&mut self.department, draft.department);
        fill_text(&mut self.title, draft.title);
        fill_text(&mut self.phone, draft.phone);
        fill(&mut self.graduation_year, draft.graduation_year);
        fill_text(&mut self.grade, draft.grade);
        fill_text(&mut self.industry, draft.industry);
        fill(&mut self.company_size, draft.company_size);
        fill_text(&mut self.region, draft.region);
        fill(&mut self.owner, draft.owner);
        let known = draft.attributes.into_iter();
        self.attributes
            .extend(known.filter_map(|(key, value)| Some((key, value.tidied()?))));
        self.tags
            .extend(draft.tags.iter().filter_map(|tag| tidy_tag(tag)));
        self.updated_at = now;
    }
}

fn fill<T>(field: &mut Option<T>, known: Option<T>) {
    if known.is_some() {
        *field = known;
    }
}

fn fill_text(field: &mut Option<String>, known: Option<String>) {
    fill(field, known.as_deref().and_then(tidy_line));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> LeadDraft {
        LeadDraft::new(EmailAddress::parse("sato@example.jp").unwrap())
    }

    fn lead(draft: LeadDraft) -> Lead {
        draft.into_lead(LeadId::new(), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn what_a_draft_does_not_know_stays() {
        let mut known = lead(LeadDraft {
            name: Some("佐藤".into()),
            tags: ["a".to_owned()].into(),
            ..draft()
        });
        known.absorb(
            LeadDraft {
                name: Some("  ".into()),
                company: Some(" 青山商事 ".into()),
                tags: ["b".to_owned()].into(),
                ..draft()
            },
            DateTime::UNIX_EPOCH,
        );
        assert_eq!(known.name.as_deref(), Some("佐藤"));
        assert_eq!(known.company.as_deref(), Some("青山商事"));
        assert_eq!(Vec::from_iter(known.tags), ["a", "b"]);
    }
}
