use super::*;
use crate::fixtures::{job, tenant};

const WIDE: Weight = Weight {
    rows: usize::MAX,
    bytes: usize::MAX,
};

const fn rows(rows: usize) -> Weight {
    Weight { rows, ..WIDE }
}

fn push(lanes: &mut Lanes, tenant: TenantId, rows: usize) {
    lanes.push(tenant, job(tenant, rows).0);
}

fn tenants_of(jobs: &[Job]) -> Vec<TenantId> {
    jobs.iter().filter_map(Job::tenant).collect()
}

#[test]
fn a_flooding_tenant_does_not_keep_another_waiting() {
    let (flooding, quiet) = (tenant(), tenant());
    let mut lanes = Lanes::default();
    for _ in 0..100 {
        push(&mut lanes, flooding, 1);
    }
    push(&mut lanes, quiet, 1);
    let batch = lanes.gather(rows(10));
    assert_eq!(tenants_of(&batch)[..2], [flooding, quiet]);
    assert_eq!(batch.len(), 10);
}

#[test]
fn turns_go_on_where_the_last_batch_ended() {
    let tenants = [tenant(), tenant(), tenant()];
    let mut lanes = Lanes::default();
    for tenant in tenants {
        push(&mut lanes, tenant, 1);
        push(&mut lanes, tenant, 1);
    }
    assert_eq!(tenants_of(&lanes.gather(rows(2))), tenants[..2]);
    let next = tenants_of(&lanes.gather(rows(2)));
    assert_eq!(next, [tenants[2], tenants[0]]);
}

#[test]
fn a_request_is_not_divided_and_a_large_one_makes_a_batch_of_its_own() {
    let (one, other) = (tenant(), tenant());
    let mut lanes = Lanes::default();
    push(&mut lanes, one, 3);
    push(&mut lanes, other, 50);
    assert_eq!(tenants_of(&lanes.gather(rows(10))), [one]);
    assert_eq!(tenants_of(&lanes.gather(rows(10))), [other]);
    assert!(lanes.is_empty());
    assert_eq!(lanes.weight(), Weight::default());
}

#[test]
fn a_tenant_may_hold_half_while_others_wait_and_seven_eighths_alone() {
    let (flooding, quiet) = (tenant(), tenant());
    let one = rows_weight(1);
    let mut lanes = Lanes::default();
    let mut held = 0;
    while lanes.has_room(flooding, one, rows(16)) {
        push(&mut lanes, flooding, 1);
        held += 1;
    }
    assert_eq!(held, 14);
    assert!(lanes.has_room(quiet, one, rows(16)));
    push(&mut lanes, quiet, 1);
    let _written = lanes.gather(rows(9));
    assert!(lanes.has_room(flooding, one, rows(16)));
    push(&mut lanes, quiet, 1);
    push(&mut lanes, flooding, 2);
    assert!(!lanes.has_room(flooding, one, rows(16)));
    assert!(lanes.has_room(quiet, one, rows(16)));
}

fn rows_weight(rows: usize) -> Weight {
    Weight { rows, bytes: rows }
}

#[test]
fn an_empty_queue_takes_any_request() {
    let lanes = Lanes::default();
    assert!(lanes.has_room(tenant(), rows_weight(100), rows(10)));
}

#[test]
fn only_what_has_waited_too_long_expires_and_only_as_far_as_there_is_room() {
    let (one, other) = (tenant(), tenant());
    let mut lanes = Lanes::default();
    for tenant in [one, one, other] {
        push(&mut lanes, tenant, 1);
    }
    let patience = Duration::from_secs(60);
    let now = Instant::now();
    assert!(lanes.expire(now, patience, WIDE).is_empty());
    let later = now + patience;
    assert_eq!(lanes.expire(later, patience, rows(2)).len(), 2);
    assert_eq!(lanes.expire(later, patience, WIDE).len(), 1);
    assert!(lanes.is_empty());
    push(&mut lanes, one, 1);
    assert_eq!(tenants_of(&lanes.gather(WIDE)), [one]);
}
