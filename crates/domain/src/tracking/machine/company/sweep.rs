//! Going through the clicks of a mail in order of time, with those around each of them in view.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use super::BurstClick;
use crate::ids::EngagementId;

/// The clicks with at least `links` different links, their own among them, within this time before
/// or after. `clicks` are in order of time.
pub(super) fn among_links(
    clicks: &[&BurstClick],
    links: usize,
    within: Duration,
) -> impl Iterator<Item = EngagementId> {
    let mut coming = clicks.iter().peekable();
    let mut going = clicks.iter().peekable();
    let mut in_view: BTreeMap<u16, usize> = BTreeMap::new();
    let is_among = move |click: &&&BurstClick| {
        while let Some(next) = coming.next_if(|next| next.at - click.at <= within) {
            *in_view.entry(next.link_index).or_default() += 1;
        }
        while let Some(last) = going.next_if(|last| click.at - last.at > within) {
            let others = in_view.remove(&last.link_index).map_or(0, |all| all - 1);
            if others > 0 {
                in_view.insert(last.link_index, others);
            }
        }
        in_view.len() >= links
    };
    clicks.iter().filter(is_among).map(|click| click.id)
}

/// The clicks with one on this link within this time before or after, that one among them. `clicks`
/// are in order of time.
pub(super) fn near_link(
    clicks: &[&BurstClick],
    link_index: u16,
    within: Duration,
) -> impl Iterator<Item = EngagementId> {
    let on_it: Vec<DateTime<Utc>> = clicks
        .iter()
        .filter(|click| click.link_index == link_index)
        .map(|click| click.at)
        .collect();
    let is_near = move |click: &&&BurstClick| {
        let first = on_it.partition_point(|at| *at < click.at - within);
        on_it.get(first).is_some_and(|at| *at <= click.at + within)
    };
    clicks.iter().filter(is_near).map(|click| click.id)
}
