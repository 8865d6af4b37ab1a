//! Presets: complete rule sets to begin with (D3).

use super::{Bounds, Repeats, ScoringRule};
use crate::ids::{ScoringRuleId, TenantId};
use crate::tracking::EngagementType;

/// A rule of a preset, before it has an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PresetRule {
    /// Its name, in Japanese; the tenant may change it.
    pub name: &'static str,
    /// The kind it looks at.
    pub kind: EngagementType,
    /// For important pages only.
    pub important: bool,
    /// What it gives.
    pub points: i32,
    /// Whether the same cause scores again.
    pub repeats: Repeats,
}

/// A complete rule set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name in storage.
    pub name: &'static str,
    /// Its rules.
    pub rules: &'static [PresetRule],
    /// Range and thresholds.
    pub bounds: Bounds,
    /// Path fragments of important pages.
    pub important_pages: &'static [&'static str],
}

impl Preset {
    /// The rules of a tenant that has this preset without ever having chosen one: the same ids each
    /// time, although nothing is stored.
    #[must_use]
    pub fn rules_of(&self, tenant: TenantId) -> Vec<ScoringRule> {
        let rule = |rule: &PresetRule| ScoringRule {
            id: ScoringRuleId::derived(&[tenant.uuid().as_bytes(), rule.name.as_bytes()]),
            name: rule.name.to_owned(),
            kind: rule.kind,
            event: None,
            important: rule.important,
            points: rule.points,
            repeats: rule.repeats,
            is_active: true,
        };
        self.rules.iter().map(rule).collect()
    }
}

const fn once(
    name: &'static str,
    kind: EngagementType,
    important: bool,
    points: i32,
) -> PresetRule {
    PresetRule {
        name,
        kind,
        important,
        points,
        repeats: Repeats::Once,
    }
}

/// `temperature`: behaviour only, without an upper end; what a school begins with. (A39–A46)
pub const TEMPERATURE: Preset = Preset {
    name: "temperature",
    rules: &[
        once("メール開封", EngagementType::Open, false, 1),
        once("メールのクリック", EngagementType::Click, false, 3),
        once("重要ページへのクリック", EngagementType::Click, true, 5),
        once("ページ閲覧", EngagementType::PageView, false, 1),
        once("重要ページの閲覧", EngagementType::PageView, true, 3),
    ],
    bounds: Bounds {
        min: 0,
        max: None,
        warm_from: 3,
        hot_from: 8,
    },
    important_pages: &["/apply", "/exam", "/entry", "入試", "出願"],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::Band;

    #[test]
    fn the_temperature_preset_gives_the_points_of_the_specification() {
        // A39–A43
        let points = |kind, important| {
            TEMPERATURE
                .rules
                .iter()
                .find(|rule| rule.kind == kind && rule.important == important)
                .map(|rule| rule.points)
        };
        assert_eq!(points(EngagementType::Open, false), Some(1));
        assert_eq!(points(EngagementType::Click, false), Some(3));
        assert_eq!(points(EngagementType::PageView, false), Some(1));
        assert_eq!(points(EngagementType::Click, true), Some(5));
        assert_eq!(points(EngagementType::PageView, true), Some(3));
    }

    #[test]
    fn the_temperature_bands_begin_at_three_and_eight() {
        // A46
        let band = |score| TEMPERATURE.bounds.band(score);
        let bands = [0, 2, 3, 7, 8, 1000].map(band);
        use Band::{Cold, Hot, Warm};
        assert_eq!(bands, [Cold, Cold, Warm, Warm, Hot, Hot]);
        assert_eq!(TEMPERATURE.bounds.clamp(-4), 0);
        assert_eq!(TEMPERATURE.bounds.clamp(5000), 5000);
    }
}
