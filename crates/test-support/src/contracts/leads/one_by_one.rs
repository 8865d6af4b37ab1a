use std::collections::BTreeSet;

use domain::ids::{LeadId, TenantId};
use domain::leads::{AttributeValue, Change, LeadChanges, LeadDraft, Upserted};
use domain::store::StoreError;

use super::LeadsDesk;
use crate::builders::leads::{address, draft, tags};
use crate::builders::tenancy::at;

/// Every field that a person can write.
fn full_draft(desk: &LeadsDesk<'_>) -> LeadDraft {
    let day = at(0).date_naive();
    LeadDraft {
        kana: Some("サトウ".into()),
        company: Some("㈱温度".into()),
        department: Some("営業部".into()),
        title: Some("部長".into()),
        phone: Some("+81 3 0000".into()),
        graduation_year: Some(2027),
        grade: Some("高3".into()),
        industry: Some("教育".into()),
        company_size: Some(300),
        region: Some("東京都".into()),
        attributes: [
            ("memo".to_owned(), AttributeValue::Text("a\nb".into())),
            ("budget".to_owned(), AttributeValue::Number(1.5)),
            ("visit".to_owned(), AttributeValue::Date(day)),
            ("vip".to_owned(), AttributeValue::Boolean(true)),
        ]
        .into(),
        tags: tags(&["資料請求", "A"]),
        owner: Some(desk.staff.1),
        ..draft("sato")
    }
}

/// Nothing is lost on the way.
pub fn a_lead_comes_back_as_it_was_created(desk: &LeadsDesk<'_>) {
    let created = desk.add(full_draft(desk));
    assert_eq!(created, full_draft(desk).into_lead(created.id, at(0)));
    assert_eq!(desk.find(created.id), created);
    let found = desk.store.find_by_email(desk.tenant, &address("sato"));
    assert_eq!(found.unwrap(), Some(created));
}

/// A second lead with the address is refused.
pub fn one_address_is_one_lead(desk: &LeadsDesk<'_>) {
    let lead = desk.add(draft("sato"));
    let again = desk.store.create(desk.tenant, draft("sato"), at(1));
    assert!(matches!(again, Err(StoreError::Duplicate(_))));
    assert_eq!(desk.find(lead.id), lead);
    assert!(
        desk.store
            .create(desk.stranger, draft("sato"), at(1))
            .is_ok()
    );
}

/// An id of another tenant is nobody's. (V-26)
pub fn a_lead_of_another_tenant_is_not_found(desk: &LeadsDesk<'_>) {
    let lead = desk.add(draft("sato"));
    let edit = LeadChanges {
        name: Change::Set("eve".into()),
        ..LeadChanges::default()
    };
    let stranger = desk.stranger;
    assert_eq!(desk.store.find(stranger, lead.id).unwrap(), None);
    assert_eq!(
        desk.store.find_by_email(stranger, &lead.email).unwrap(),
        None
    );
    assert_eq!(
        desk.store.update(stranger, lead.id, edit, at(1)).unwrap(),
        None
    );
    assert_eq!(desk.find(lead.id), lead);
}

/// Fields, attributes and tags change as told, scores never.
pub fn an_edit_keeps_what_it_does_not_name(desk: &LeadsDesk<'_>) {
    let id = desk.add(full_draft(desk)).id;
    desk.arrange.engage(desk.tenant, id, 8, at(5));
    let before = desk.find(id);
    let changes = LeadChanges {
        email: Some(address("suzuki")),
        name: Change::Set("鈴木".into()),
        grade: Change::Clear,
        attributes: [
            ("memo".to_owned(), None),
            ("budget".to_owned(), Some(AttributeValue::Number(2.0))),
        ]
        .into(),
        tags: Some(tags(&["A", "B"])),
        ..LeadChanges::default()
    };
    let edited = desk
        .store
        .update(desk.tenant, id, changes.clone(), at(9))
        .unwrap();
    let mut expected = before;
    expected.apply(changes, at(9));
    assert_eq!(edited.as_ref(), Some(&expected));
    assert_eq!(desk.find(id), expected);
    assert_eq!(expected.score, 8);
    assert_eq!(expected.tags, tags(&["A", "B"]));
}

/// Nothing of such an edit is stored.
pub fn an_address_of_another_lead_is_refused(desk: &LeadsDesk<'_>) {
    let sato = desk.add(draft("sato"));
    desk.add(draft("suzuki"));
    let changes = LeadChanges {
        email: Some(address("suzuki")),
        name: Change::Clear,
        ..LeadChanges::default()
    };
    let edited = desk.store.update(desk.tenant, sato.id, changes, at(1));
    assert!(matches!(edited, Err(StoreError::Duplicate(_))));
    assert_eq!(desk.find(sato.id), sato);
}

/// What a draft does not know stays; what changes nothing does not count as written.
pub fn an_upsert_creates_and_completes(desk: &LeadsDesk<'_>) {
    let sato = desk.add(full_draft(desk));
    let more = LeadDraft {
        company: Some("青山商事".into()),
        tags: tags(&["B"]),
        attributes: [("vip".to_owned(), AttributeValue::Boolean(false))].into(),
        ..LeadDraft::new(address("sato"))
    };
    let drafts = [more.clone(), draft("suzuki")];
    let outcome = desk.store.upsert_many(desk.tenant, &drafts, at(9)).unwrap();
    assert_eq!(outcome[0], Upserted::Updated(sato.id));
    let Upserted::Created(suzuki) = outcome[1] else {
        panic!("there was no Suzuki: {outcome:?}");
    };
    let mut expected = sato.clone();
    expected.absorb(more.clone(), at(9));
    assert_eq!(desk.find(sato.id), expected);
    assert_eq!(expected.name, sato.name);
    assert_eq!(desk.find(suzuki), draft("suzuki").into_lead(suzuki, at(9)));
    desk.store
        .upsert_many(desk.tenant, &[more], at(20))
        .unwrap();
    assert_eq!(desk.find(sato.id).updated_at, at(9));
}

/// The later draft adds to the earlier, for new leads and for known ones.
pub fn a_batch_may_name_a_lead_twice(desk: &LeadsDesk<'_>) {
    let known = desk.add(draft("sato")).id;
    let named = |name: &str, as_name: &str, tag: &str| LeadDraft {
        name: Some(as_name.into()),
        tags: tags(&[tag]),
        ..draft(name)
    };
    let drafts = [
        named("sato", "1", "a"),
        named("new", "1", "a"),
        named("new", "2", "b"),
        named("sato", "2", "b"),
    ];
    let outcome = desk.store.upsert_many(desk.tenant, &drafts, at(1)).unwrap();
    let Upserted::Created(new) = outcome[1] else {
        panic!("it was not there: {outcome:?}");
    };
    assert_eq!(
        outcome,
        [
            Upserted::Updated(known),
            Upserted::Created(new),
            Upserted::Updated(new),
            Upserted::Updated(known),
        ]
    );
    for id in [known, new] {
        let lead = desk.find(id);
        assert_eq!(lead.name.as_deref(), Some("2"));
        assert_eq!(lead.tags, tags(&["a", "b"]));
    }
}

/// Ids of another tenant in the list are passed over. (V-26)
pub fn tags_are_changed_on_leads_of_the_tenant_only(desk: &LeadsDesk<'_>) {
    let ours = desk.add(LeadDraft {
        tags: tags(&["old", "stays"]),
        ..draft("sato")
    });
    let theirs = desk
        .store
        .create(desk.stranger, draft("sato"), at(0))
        .unwrap();
    let ids = [ours.id, theirs.id, LeadId::new()];
    let change = |tenant: TenantId, add: &BTreeSet<String>, remove: &BTreeSet<String>| {
        let changed = desk.store.change_tags(tenant, &ids, add, remove, at(1));
        changed.unwrap()
    };
    let found = change(desk.tenant, &tags(&[" new, tag "]), &tags(&["old"]));
    assert_eq!(found, 1);
    assert_eq!(desk.find(ours.id).tags, tags(&["new tag", "stays"]));
    assert_eq!(
        desk.store.find(desk.stranger, theirs.id).unwrap(),
        Some(theirs)
    );
    assert_eq!(
        desk.listing.tags(desk.tenant).unwrap(),
        ["new tag", "stays"]
    );
    assert_eq!(
        desk.listing.tags(desk.stranger).unwrap(),
        Vec::<String>::new()
    );
}
