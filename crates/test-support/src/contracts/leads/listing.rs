use chrono::{Days, TimeDelta};
use chrono_tz::Asia::Tokyo;
use domain::ids::{LeadId, UserId};
use domain::leads::{
    AsOf, AttributeDefinition, AttributeKind, Direction, LeadDraft, LeadFilter, LeadPage, LeadSort,
    ReactionKind,
};
use domain::scoring::Band;

use super::LeadsDesk;
use crate::builders::leads::{draft, tags};
use crate::builders::tenancy::at;

fn as_of() -> AsOf {
    AsOf::new(at(0), Tokyo)
}

fn first_page(sort: LeadSort, direction: Direction) -> LeadPage {
    LeadPage::new(sort, direction, 1, 100)
}

impl LeadsDesk<'_> {
    /// The names of the leads that a filter finds, in order; also counted and walked.
    fn found(&self, filter: &LeadFilter) -> Vec<String> {
        let page = first_page(LeadSort::Name, Direction::Asc);
        let rows = self
            .listing
            .page(self.tenant, filter, page, as_of())
            .unwrap();
        let count = self.listing.count(self.tenant, filter, as_of()).unwrap();
        let walked = self
            .listing
            .walk(self.tenant, filter, None, 100, as_of())
            .unwrap();
        assert_eq!(count, rows.len() as u64);
        assert_eq!(walked.len(), rows.len());
        rows.into_iter().filter_map(|row| row.name).collect()
    }

    fn named(&self, sort: LeadSort, direction: Direction) -> Vec<String> {
        let page = first_page(sort, direction);
        let rows = self
            .listing
            .page(self.tenant, &LeadFilter::default(), page, as_of());
        rows.unwrap()
            .into_iter()
            .filter_map(|row| row.name)
            .collect()
    }
}

/// Everything that A48 names, with what other capabilities know.
pub fn a_list_shows_what_sales_need(desk: &LeadsDesk<'_>) {
    let lead = desk.add(LeadDraft {
        company: Some("青山高校".into()),
        tags: tags(&["A"]),
        owner: Some(desk.staff.1),
        ..draft("sato")
    });
    let today = as_of().today;
    desk.arrange.engage(desk.tenant, lead.id, 5, at(-60));
    desk.arrange.stop_mail(desk.tenant, &lead.email);
    for (days_ago, views) in [(0, 1), (6, 2), (7, 100)] {
        let day = today - Days::new(days_ago);
        desk.arrange.view_pages(desk.tenant, lead.id, day, views);
    }
    let page = first_page(LeadSort::Score, Direction::Desc);
    let rows = desk
        .listing
        .page(desk.tenant, &LeadFilter::default(), page, as_of())
        .unwrap();
    let [row] = &rows[..] else {
        panic!("one lead, one row: {rows:?}");
    };
    assert_eq!(
        (row.id, &row.email, &row.name),
        (lead.id, &lead.email, &lead.name)
    );
    assert_eq!(
        (&row.company, &row.tags, row.owner),
        (&lead.company, &lead.tags, lead.owner)
    );
    assert_eq!(
        (row.score, row.band, row.last_engaged_at),
        (5, Band::Cold, Some(at(-60)))
    );
    assert_eq!(
        (row.page_views_7d, row.mail_stopped, row.created_at),
        (3, true, at(0))
    );
}

/// A student who comes back and gets no mail, and a buyer who has been silent for a month.
fn add_student_and_buyer(desk: &LeadsDesk<'_>) {
    let student = desk.add(LeadDraft {
        graduation_year: Some(2027),
        grade: Some("3".into()),
        tags: tags(&["a", "b"]),
        ..draft("student")
    });
    let buyer = desk.add(LeadDraft {
        industry: Some("製造".into()),
        region: Some("大阪府".into()),
        tags: tags(&["a"]),
        owner: Some(desk.staff.1),
        ..draft("buyer")
    });
    desk.store
        .create(desk.stranger, draft("stranger"), at(0))
        .unwrap();
    for (lead, days) in [(student.id, 3), (buyer.id, 30)] {
        let long_ago = at(0) - TimeDelta::days(days);
        desk.arrange.engage(desk.tenant, lead, 0, long_ago);
    }
    desk.arrange
        .view_pages(desk.tenant, student.id, as_of().today, 5);
    desk.arrange.stop_mail(desk.tenant, &student.email);
}

fn with(condition: impl FnOnce(&mut LeadFilter)) -> LeadFilter {
    let mut filter = LeadFilter::default();
    condition(&mut filter);
    filter
}

/// Each condition by itself, and two together. (A49)
pub fn each_filter_finds_its_leads(desk: &LeadsDesk<'_>) {
    add_student_and_buyer(desk);
    let staff = desk.staff.1;
    let only_student = [
        with(|f| f.graduation_year = Some(2027)),
        with(|f| f.grade = Some("3".into())),
        with(|f| f.tags = tags(&["a", "b"])),
        with(|f| f.engaged_within_days = Some(7)),
        with(|f| f.min_page_views_7d = Some(5)),
        with(|f| f.reacted = Some(ReactionKind::PageView)),
    ];
    let only_buyer = [
        with(|f| f.owner = Some(staff)),
        with(|f| f.industry = Some("製造".into())),
        with(|f| f.region = Some("大阪府".into())),
        with(|f| (f.mailable_only, f.tags) = (true, tags(&["a"]))),
    ];
    let both = [
        LeadFilter::default(),
        with(|f| f.bands = [Band::Cold].into()),
        with(|f| f.tags = tags(&["a"])),
    ];
    let neither = [
        with(|f| f.bands = [Band::Hot, Band::Warm].into()),
        with(|f| f.owner = Some(UserId::new())),
        with(|f| f.min_page_views_7d = Some(6)),
        with(|f| (f.region, f.grade) = (Some("大阪府".into()), Some("3".into()))),
    ];
    let check = |filters: &[LeadFilter], expected: &[&str]| {
        for filter in filters {
            assert_eq!(desk.found(filter), expected, "{filter:?}");
        }
    };
    check(&only_student, &["student"]);
    check(&only_buyer, &["buyer"]);
    check(&both, &["buyer", "student"]);
    check(&neither, &[]);
}

/// Kana and width do not matter; the characters of patterns are characters. (V-12)
pub fn a_search_finds_any_spelling(desk: &LeadsDesk<'_>) {
    desk.add(LeadDraft {
        name: Some("佐藤 花子".into()),
        kana: Some("サトウ ハナコ".into()),
        company: Some("ABC㈱ 100%".into()),
        ..draft("sato_h")
    });
    desk.add(LeadDraft {
        name: Some("高橋".into()),
        ..draft("takahashi")
    });
    let found = |q: &str| {
        desk.found(&LeadFilter {
            q: Some(q.to_owned()),
            ..LeadFilter::default()
        })
    };
    for q in [
        "佐藤花子",
        "佐藤　花子",
        "さとう",
        "ｻﾄｳ",
        "ａｂｃ(株)",
        "SATO_H@",
        "100%",
        "佐藤 abc",
    ] {
        assert_eq!(found(q), ["佐藤 花子"], "{q}");
    }
    for q in ["sato%h", "t_kahashi", "佐藤 高橋", "' OR 1=1 --", "\\"] {
        assert_eq!(found(q), Vec::<String>::new(), "{q}");
    }
    assert_eq!(found("  ").len(), 2);
}

/// Every order both ways, empty values last, and no lead on two pages.
pub fn lists_are_sorted_and_paged(desk: &LeadsDesk<'_>) {
    use Direction::{Asc, Desc};
    for (name, created, score) in [("b", 1, 5), ("a", 2, 9), ("c", 3, 1)] {
        let lead = desk
            .store
            .create(desk.tenant, draft(name), at(created))
            .unwrap();
        desk.arrange
            .engage(desk.tenant, lead.id, score, at(-i64::from(score)));
    }
    let silent = desk.store.create(desk.tenant, draft("d"), at(4)).unwrap();
    assert_eq!(silent.last_engaged_at, None);
    for (sort, asc, desc) in [
        (LeadSort::Score, ["d", "c", "b", "a"], ["a", "b", "c", "d"]),
        (
            LeadSort::LastEngaged,
            ["a", "b", "c", "d"],
            ["c", "b", "a", "d"],
        ),
        (
            LeadSort::Created,
            ["b", "a", "c", "d"],
            ["d", "c", "a", "b"],
        ),
        (LeadSort::Name, ["a", "b", "c", "d"], ["d", "c", "b", "a"]),
        (LeadSort::Email, ["a", "b", "c", "d"], ["d", "c", "b", "a"]),
    ] {
        assert_eq!(desk.named(sort, Asc), asc, "{sort:?}");
        assert_eq!(desk.named(sort, Desc), desc, "{sort:?}");
    }
    let all = LeadFilter::default();
    let mut paged = Vec::new();
    for number in 1..=3 {
        let page = LeadPage::new(LeadSort::Name, Asc, number, 2);
        let rows = desk.listing.page(desk.tenant, &all, page, as_of()).unwrap();
        paged.extend(rows.into_iter().filter_map(|row| row.name));
    }
    assert_eq!(paged, ["a", "b", "c", "d"]);
}

/// In the order of ids, in steps of any size.
pub fn a_walk_meets_every_lead_once(desk: &LeadsDesk<'_>) {
    for n in 0..7 {
        desk.add(draft(&format!("n{n}")));
    }
    let filter = LeadFilter::default();
    let (mut met, mut after): (Vec<LeadId>, Option<LeadId>) = (Vec::new(), None);
    loop {
        let some = desk
            .listing
            .walk(desk.tenant, &filter, after, 3, as_of())
            .unwrap();
        let Some(last) = some.last() else {
            break;
        };
        after = Some(last.id);
        met.extend(some.iter().map(|lead| lead.id));
    }
    assert_eq!(met.len(), 7);
    assert!(met.is_sorted());
}

/// A later definition of the key changes nothing.
pub fn attributes_keep_their_first_definition(desk: &LeadsDesk<'_>) {
    let define = |key: &str, kind| AttributeDefinition {
        key: key.to_owned(),
        label: format!("{key} ({kind:?})"),
        kind,
        created_at: at(0),
    };
    let first = [
        define("b", AttributeKind::Date),
        define("a", AttributeKind::Number),
    ];
    desk.listing.define_attributes(desk.tenant, &first).unwrap();
    let later = [define("a", AttributeKind::Text)];
    desk.listing.define_attributes(desk.tenant, &later).unwrap();
    desk.listing.define_attributes(desk.tenant, &[]).unwrap();
    let [b, a] = first;
    assert_eq!(desk.listing.attributes(desk.tenant).unwrap(), [a, b]);
    assert_eq!(desk.listing.attributes(desk.stranger).unwrap(), []);
}
