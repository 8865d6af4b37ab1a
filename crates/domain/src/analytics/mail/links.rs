//! What became of the links of a mail: the numbers of its click map.

use chrono::{DateTime, Utc};

use crate::analytics::Rate;
use crate::ids::{ContentId, StepId, TemplateId};

/// One link of a broadcast's or campaign's mails, and what became of it. (C27, C31)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkFigures {
    /// In which content it stands.
    pub content: ContentId,
    /// Its number, as clicks carry it; unique within the broadcast or campaign.
    pub link_index: u16,
    /// Its place within its content, from 0.
    pub position: u16,
    /// Its address as the author wrote it.
    pub url: String,
    /// Clicks by people.
    pub clicks: u64,
    /// Leads who followed it at least once.
    pub people: u64,
    /// Clicks by machines, which are in neither of these.
    pub machine_clicks: u64,
}

/// Something that a broadcast or campaign sends or sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentContent {
    /// Its id.
    pub id: ContentId,
    /// The template it was made from; it may be gone.
    pub template: Option<TemplateId>,
    /// The subject as the author wrote it.
    pub subject: String,
    /// When it was frozen.
    pub created_at: DateTime<Utc>,
    /// The step of a campaign that sends it, in the newest version that does.
    pub step: Option<StepOfContent>,
}

/// A step of a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepOfContent {
    /// Its id.
    pub id: StepId,
    /// Its name.
    pub name: String,
    /// The version of the campaign.
    pub version: u32,
}

/// A link within its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkShare<'a> {
    /// The link.
    pub link: &'a LinkFigures,
    /// Its part of all clicks by people in this content.
    pub share: Rate,
    /// How it compares with the link that is followed most, in tenths: 10 is that one, 0 is never.
    pub heat: u8,
}

/// The links of one content in the order of the mail, each with its part of the clicks.
#[must_use]
pub fn shares(links: &[LinkFigures], content: ContentId) -> Vec<LinkShare<'_>> {
    let mut links: Vec<&LinkFigures> = links
        .iter()
        .filter(|link| link.content == content)
        .collect();
    links.sort_by_key(|link| link.position);
    let all: u64 = links.iter().map(|link| link.clicks).sum();
    let most = links.iter().map(|link| link.clicks).max();
    let share = |link| LinkShare {
        link,
        share: Rate::of(link.clicks, all),
        heat: tenths(link.clicks, most.unwrap_or_default()),
    };
    links.into_iter().map(share).collect()
}

fn tenths(part: u64, whole: u64) -> u8 {
    let tenths = part.saturating_mul(10).div_ceil(whole.max(1));
    u8::try_from(tenths.min(10)).unwrap_or(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(content: ContentId, position: u16, clicks: u64) -> LinkFigures {
        LinkFigures {
            content,
            link_index: position + 100,
            position,
            url: "https://school.example/".to_owned(),
            clicks,
            people: clicks,
            machine_clicks: 1_000,
        }
    }

    #[test]
    fn shares_are_of_the_clicks_by_people_in_the_same_content() {
        let [content, other] = [ContentId::new(), ContentId::new()];
        let links = [
            link(content, 2, 0),
            link(content, 0, 75),
            link(other, 0, 900),
            link(content, 1, 25),
        ];
        let told: Vec<_> = shares(&links, content)
            .iter()
            .map(|share| (share.link.position, share.share.to_string(), share.heat))
            .collect();
        let expected = [
            (0, "75.00%".to_owned(), 10),
            (1, "25.00%".to_owned(), 4),
            (2, "0.00%".to_owned(), 0),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn nothing_clicked_is_nothing_warm() {
        let content = ContentId::new();
        let links = [link(content, 0, 0)];
        let shares = shares(&links, content);
        assert_eq!((shares[0].share, shares[0].heat), (Rate::default(), 0));
    }
}
