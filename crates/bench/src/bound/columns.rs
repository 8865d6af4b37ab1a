//! What one batch writes, by column.

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::population::{Population, page};

/// The columns that differ from row to row.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) occurred_at: Vec<DateTime<Utc>>,
    pub(super) engagement: Vec<Uuid>,
    pub(super) history: Vec<Uuid>,
    pub(super) once_key: Vec<Uuid>,
    pub(super) session: Vec<Uuid>,
    pub(super) lead: Vec<Uuid>,
    pub(super) visitor: Vec<Uuid>,
    pub(super) send: Vec<Uuid>,
    pub(super) url: Vec<String>,
    pub(super) network: Vec<String>,
}

impl Columns {
    /// One engagement of each of these people. Ids are as random as those of the product.
    pub(super) fn of(population: &Population, people: Range<usize>) -> Self {
        let mut columns = Self::default();
        let now = Utc::now();
        for at in people {
            let person = &population.people[at];
            let later = TimeDelta::milliseconds(i64::try_from(at / 10).unwrap_or_default());
            columns.occurred_at.push(now + later);
            columns.engagement.push(Uuid::new_v4());
            columns.history.push(Uuid::new_v4());
            columns.once_key.push(Uuid::new_v4());
            columns.session.push(Uuid::new_v4());
            columns.lead.push(person.lead.uuid());
            columns.visitor.push(person.tid.uuid());
            columns.send.push(person.send.uuid());
            columns.url.push(page(at));
            columns.network.push(format!("198.18.{}.0/24", at % 256));
        }
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_one_value_for_each_person() {
        let population = Population::of(7).unwrap();
        let columns = Columns::of(&population, 2..5);
        let lengths = [
            columns.occurred_at.len(),
            columns.engagement.len(),
            columns.history.len(),
            columns.once_key.len(),
            columns.session.len(),
            columns.lead.len(),
            columns.visitor.len(),
            columns.send.len(),
            columns.url.len(),
            columns.network.len(),
        ];
        assert_eq!(lengths, [3; 10]);
        assert_eq!(columns.lead[0], population.people[2].lead.uuid());
    }
}
