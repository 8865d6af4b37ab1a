//! Read models, from roll-ups wherever there are any.

mod dashboard;
mod deliverability;
mod mail;
mod rows;

pub(crate) use rows::DeliveryRow;

/// Counts are never negative; a roll-up that were would show as nothing.
fn count(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or_default()
}
