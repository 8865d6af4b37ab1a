use domain::ids::EngagementId;
use domain::tracking::{DeadEngagement, Subject};

use super::TrackingPorts;
use crate::builders::tenancy::at;
use crate::builders::tracking::{custom, mail, open};

/// What is buried stays as it was, whole, until it is taken out.
pub fn what_the_log_refuses_is_kept_once_and_removed_once(ports: &TrackingPorts<'_>) {
    let (tenant, lead) = ports.tenant_and_lead();
    let (other, _) = ports.tenant_and_lead();
    let dead = |engagement, reason: &str, seconds| DeadEngagement {
        engagement,
        reason: reason.to_owned(),
        died_at: at(seconds),
    };
    let first = dead(open(tenant, &mail(lead, 1), 0), "値が長すぎる", 60);
    let told = custom(tenant, Subject::Lead(lead), "trial_started", 1);
    let second = dead(told, "out of range", 90);
    for one in [&first, &second] {
        ports.dead.bury(one).unwrap();
        let again = dead(one.engagement.clone(), "something else", 120);
        ports.dead.bury(&again).unwrap();
    }
    let buried = |tenant, limit| ports.dead.buried(tenant, limit).unwrap();
    assert_eq!(buried(tenant, 9), [second.clone(), first.clone()]);
    assert_eq!(buried(tenant, 1), [second]);
    assert!(buried(other, 9).is_empty());

    let id = first.engagement.id;
    let exhume = |tenant, id| ports.dead.exhume(tenant, id).unwrap();
    assert!(!exhume(other, id));
    assert!(!exhume(tenant, EngagementId::new()));
    assert!(exhume(tenant, id));
    assert!(!exhume(tenant, id));
    assert_eq!(buried(tenant, 9).len(), 1);
}
