//! The ports of campaigns and automation.

use test_support::contracts::campaigns::{self as contracts, CampaignPorts};

use crate::database::Database;

fn on_postgres(contract: impl FnOnce(&CampaignPorts<'_>)) {
    let database = Database::new();
    let tenants = [database.tenant(), database.tenant()];
    contract(&CampaignPorts::of(&database.store, tenants));
}

test_support::campaign_contracts!(on_postgres);

#[test]
fn a_change_lets_in_whoever_fulfils_the_conditions_from_then_on() {
    on_postgres(contracts::a_change_lets_in_whoever_fulfils_the_conditions_from_then_on);
}
