//! The ports of campaigns and automation.

use test_support::contracts::campaigns::CampaignPorts;

use crate::database::Database;

fn on_postgres(contract: impl FnOnce(&CampaignPorts<'_>)) {
    let database = Database::new();
    let tenants = [database.tenant(), database.tenant()];
    contract(&CampaignPorts::of(&database.store, tenants));
}

test_support::campaign_contracts!(on_postgres);
