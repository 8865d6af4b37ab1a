//! What the database refuses is told apart from what passes.

use diesel::connection::SimpleConnection;
use domain::ids::TenantId;
use domain::scoring::decide;
use domain::store::StoreError;
use domain::tracking::{Action, DeadEngagement, DeadEngagements, Engagement, EngagementLog};
use test_support::builders::tenancy::at;
use test_support::builders::tracking::{HOME, click, mail, open, page_view, visitor};

use super::World;

fn refusal(world: &World, batch: &[Engagement]) -> StoreError {
    world.store().append(batch, &decide).unwrap_err()
}

/// A page view whose title no text column takes.
fn unreadable(world: &World) -> Engagement {
    let mut view = page_view(world.tenant, visitor(), HOME, 0);
    if let Action::PageView { title, .. } = &mut view.action {
        *title = Some("a\0b".to_owned());
    }
    view
}

#[test]
fn text_that_the_database_cannot_hold_is_refused_and_nothing_of_its_batch_is_written() {
    let world = World::new();
    let good = open(world.tenant, &mail(world.lead, 1), 0);
    let refused = refusal(&world, &[good.clone(), unreadable(&world)]);
    assert!(matches!(refused, StoreError::Refused(_)), "{refused:?}");
    assert!(world.append(&[good])[0].is_new);
}

#[test]
fn what_was_refused_can_be_buried_with_its_unreadable_text() {
    let world = World::new();
    let dead = DeadEngagement {
        engagement: unreadable(&world),
        reason: refusal(&world, &[unreadable(&world)]).to_string(),
        died_at: at(0),
    };
    world.store().bury(&dead).unwrap();
    assert_eq!(world.store().buried(world.tenant, 9).unwrap(), [dead]);
}

#[test]
fn what_a_newer_version_buried_hides_nothing_else() {
    let world = World::new();
    let of = |number| DeadEngagement {
        engagement: open(world.tenant, &mail(world.lead, number), 0),
        reason: "refused".to_owned(),
        died_at: at(0),
    };
    let (newer, known) = (of(1), of(2));
    for dead in [&newer, &known] {
        world.store().bury(dead).unwrap();
    }
    let rewrite = format!(
        "UPDATE dead_engagements SET payload = 'of another version' WHERE id = '{}'",
        newer.engagement.id
    );
    world.database.owner().batch_execute(&rewrite).unwrap();
    assert_eq!(world.store().buried(world.tenant, 9).unwrap(), [known]);
}

#[test]
fn engagements_of_a_tenant_that_does_not_exist_are_refused() {
    let world = World::new();
    let nowhere = TenantId::new();
    let of_nowhere = [
        page_view(nowhere, visitor(), HOME, 0),
        open(nowhere, &mail(world.lead, 1), 1),
        click(nowhere, &mail(world.lead, 1), 0, HOME, 2),
    ];
    for engagement in of_nowhere {
        let refused = refusal(&world, std::slice::from_ref(&engagement));
        let is_refused = matches!(refused, StoreError::InUse(_) | StoreError::Refused(_));
        assert!(is_refused, "{refused:?}");
        let dead = DeadEngagement {
            engagement,
            reason: refused.to_string(),
            died_at: at(0),
        };
        world.store().bury(&dead).unwrap();
    }
    assert_eq!(world.store().buried(nowhere, 9).unwrap().len(), 3);
}

#[test]
fn a_session_that_the_server_ends_is_passing() {
    let world = World::new();
    let good = open(world.tenant, &mail(world.lead, 1), 0);
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let ended = world
        .store()
        .append(std::slice::from_ref(&good), &|policy, lead, new| {
            world.database.owner().batch_execute(end).unwrap();
            decide(policy, lead, new)
        });
    assert!(
        matches!(ended, Err(StoreError::Unavailable(_))),
        "{ended:?}"
    );
    assert!(world.append(&[good])[0].is_new);
}
