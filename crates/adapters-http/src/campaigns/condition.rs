//! A filter in words, for whoever has to confirm it.

use domain::ids::UserId;
use domain::leads::{LeadFilter, ReactionKind};
use domain::tenancy::{Locale, User};
use serde::Serialize;

use crate::texts;

/// One condition that is set.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Condition {
    label: String,
    value: String,
}

/// Every condition that is set, in the order of the form. None: everyone.
pub(super) fn conditions(filter: &LeadFilter, staff: &[User], locale: Locale) -> Vec<Condition> {
    let text = |key: &str| texts::text(locale, key, &texts::arguments([]));
    let count = |key: &str, count: u32| {
        texts::text(locale, key, &texts::arguments([("count", count.into())]))
    };
    let bands: Vec<String> = filter
        .bands
        .iter()
        .map(|band| text(&format!("layout-band-{}", band.as_str())))
        .collect();
    let tags: Vec<&str> = filter.tags.iter().map(String::as_str).collect();
    let owner = filter.owner.map(|owner| name_of(owner, staff));
    let within = filter.engaged_within_days;
    let set = [
        ("q", filter.q.clone()),
        (
            "band",
            Some(bands.join(" / ")).filter(|names| !names.is_empty()),
        ),
        (
            "graduation-year",
            filter.graduation_year.map(|year| year.to_string()),
        ),
        ("grade", filter.grade.clone()),
        (
            "tag",
            Some(tags.join(" + ")).filter(|names| !names.is_empty()),
        ),
        ("owner", owner),
        ("industry", filter.industry.clone()),
        ("region", filter.region.clone()),
        (
            "reacted",
            filter.reacted.map(|kind| text(reaction_key(kind))),
        ),
        (
            "engaged-within",
            within.map(|days| count("campaigns-within-days", days)),
        ),
        (
            "page-views",
            filter
                .min_page_views_7d
                .map(|it| count("campaigns-at-least", it)),
        ),
        (
            "list",
            filter.listed_for.map(|_| text("campaigns-list-uploaded")),
        ),
    ];
    set.into_iter()
        .filter_map(|(name, value)| {
            let label = text(&format!("campaigns-condition-{name}"));
            Some(Condition {
                label,
                value: value?,
            })
        })
        .collect()
}

fn name_of(owner: UserId, staff: &[User]) -> String {
    let known = staff.iter().find(|user| user.id == owner);
    known.map_or_else(|| owner.to_string(), |user| user.name.clone())
}

const fn reaction_key(kind: ReactionKind) -> &'static str {
    match kind {
        ReactionKind::Open => "campaigns-reacted-open",
        ReactionKind::Click => "campaigns-reacted-click",
        ReactionKind::PageView => "campaigns-reacted-page_view",
        ReactionKind::ImportantPageView => "campaigns-reacted-important_page_view",
    }
}

#[cfg(test)]
mod tests {
    use domain::scoring::Band;

    use super::*;

    #[test]
    fn everyone_has_no_conditions() {
        assert_eq!(conditions(&LeadFilter::default(), &[], Locale::Ja), []);
    }

    #[test]
    fn every_condition_is_named_in_both_languages() {
        let filter = LeadFilter {
            q: Some("佐藤".into()),
            bands: [Band::Hot, Band::Warm].into(),
            graduation_year: Some(2027),
            grade: Some("3年".into()),
            tags: ["OC参加".into()].into(),
            owner: Some(domain::ids::UserId::new()),
            industry: Some("教育".into()),
            region: Some("東京都".into()),
            engaged_within_days: Some(7),
            min_page_views_7d: Some(3),
            reacted: Some(ReactionKind::ImportantPageView),
            mailable_only: true,
            listed_for: Some(domain::ids::BroadcastId::new()),
        };
        for locale in Locale::ALL {
            let named = conditions(&filter, &[], locale);
            assert_eq!(named.len(), 12);
            for condition in &named {
                assert!(!condition.label.starts_with("campaigns-"), "{condition:?}");
                assert!(!condition.value.starts_with("campaigns-"), "{condition:?}");
            }
        }
        assert_eq!(conditions(&filter, &[], Locale::Ja)[1].value, "中温 / 高温");
    }
}
