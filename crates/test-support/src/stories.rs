//! Any course of events, for property tests: who does what when, and in which batches, order and
//! repetitions the log hears of it.

use domain::ids::{EngagementId, LeadId, TenantId};
use domain::tracking::{Action, Engagement, ReportKind, Subject, VisitorId};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::builders::tracking::{
    APPLY, HOME, address, arrival, by_machine, click, custom, mail, open, page_view, report,
    visitor,
};

/// Who takes part: three leads and one that does not exist, each with a visitor id and the address of
/// [`address`], and two strangers.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Whose leads they are.
    pub tenant: TenantId,
    /// The leads; the last one does not exist.
    pub leads: [LeadId; 4],
    visitors: [VisitorId; 4],
    strangers: [VisitorId; 2],
    introductions: Vec<Engagement>,
}

impl Cast {
    /// These leads of this tenant.
    #[must_use]
    pub fn of(tenant: TenantId, leads: [LeadId; 3]) -> Self {
        let [first, second, third] = leads;
        let leads = [first, second, third, LeadId::new()];
        let visitors = [(); 4].map(|()| visitor());
        let introduce = |(lead, visitor): (&LeadId, &VisitorId)| {
            let mut first = click(tenant, &mail(*lead, 255), 0, HOME, -86_400);
            if let Action::Click { candidate, .. } = &mut first.action {
                *candidate = *visitor;
            }
            first
        };
        Self {
            tenant,
            leads,
            visitors,
            strangers: [(); 2].map(|()| visitor()),
            introductions: leads.iter().zip(&visitors).map(introduce).collect(),
        }
    }

    /// The clicks, long before everything else, that give the leads their visitor ids.
    #[must_use]
    pub fn introductions(&self) -> &[Engagement] {
        &self.introductions
    }
}

/// How fast people are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Half a minute lies between two links of a mail, and a browser changes hands once only: nothing
    /// that is told depends on the order in which it is heard of.
    Calm,
    /// Many links within seconds: some are taken for a machine's.
    Hectic,
}

#[derive(Clone, Debug)]
enum Deed {
    Open { lead: usize, mail: u8 },
    Click { lead: usize, mail: u8, link: u16 },
    View { lead: usize, page: usize },
    Stroll { stranger: usize, page: usize },
    Arrive { lead: usize, stranger: usize },
    Forward { from: usize, to: usize },
    Report { lead: usize, mail: u8 },
    Assess { lead: usize, by_address: bool },
}

/// What happened, as numbers that proptest can make smaller.
#[derive(Clone, Debug)]
pub struct Story {
    deeds: Vec<(Deed, i64, bool)>,
    batches: Vec<Vec<Index>>,
}

fn deed() -> impl Strategy<Value = Deed> {
    let (lead, mail) = (0..4_usize, 0..2_u8);
    let (page, stranger) = (0..4_usize, 0..2_usize);
    let link = 0..4_u16;
    prop_oneof![
        2 => (lead.clone(), mail.clone()).prop_map(|(lead, mail)| Deed::Open { lead, mail }),
        6 => (lead.clone(), mail.clone(), link)
            .prop_map(|(lead, mail, link)| Deed::Click { lead, mail, link }),
        2 => (lead.clone(), page.clone()).prop_map(|(lead, page)| Deed::View { lead, page }),
        2 => (stranger.clone(), page)
            .prop_map(|(stranger, page)| Deed::Stroll { stranger, page }),
        1 => (lead.clone(), stranger)
            .prop_map(|(lead, stranger)| Deed::Arrive { lead, stranger }),
        1 => (lead.clone(), lead.clone()).prop_map(|(from, to)| Deed::Forward { from, to }),
        1 => (lead.clone(), mail).prop_map(|(lead, mail)| Deed::Report { lead, mail }),
        1 => (lead, any::<bool>())
            .prop_map(|(lead, by_address)| Deed::Assess { lead, by_address }),
    ]
}

/// Any story of this pace.
pub fn stories(pace: Pace) -> impl Strategy<Value = Story> {
    let second = match pace {
        Pace::Calm => (0..240_i64).prop_map(|slot| slot * 30).boxed(),
        Pace::Hectic => (0..60_i64).boxed(),
    };
    let deeds = vec((deed(), second, prop::bool::weighted(0.1)), 1..30);
    let batches = vec(vec(any::<Index>(), 1..8), 0..8);
    (deeds, batches).prop_map(move |(mut deeds, batches)| {
        if pace == Pace::Calm {
            for (deed, second, _) in &mut deeds {
                deed.calm_down(*second);
            }
        }
        Story { deeds, batches }
    })
}

impl Deed {
    fn calm_down(&mut self, second: i64) {
        match self {
            Self::Click { link, .. } => *link = u16::try_from(second / 30 % 3).unwrap_or_default(),
            Self::Arrive { lead, stranger } => *lead = *stranger,
            Self::Forward { from, .. } => *from %= 3,
            Self::Open { .. }
            | Self::View { .. }
            | Self::Stroll { .. }
            | Self::Report { .. }
            | Self::Assess { .. } => {}
        }
    }

    fn engagement(&self, cast: &Cast, at: i64) -> Engagement {
        let tenant = cast.tenant;
        match *self {
            Self::Open { lead, mail: n } => open(tenant, &mail(cast.leads[lead], n), at),
            Self::Click {
                lead,
                mail: n,
                link,
            } => {
                let url = PAGES[usize::from(link) % PAGES.len()];
                click(tenant, &mail(cast.leads[lead], n), link, url, at)
            }
            Self::View { lead, page } => page_view(tenant, cast.visitors[lead], PAGES[page], at),
            Self::Stroll { stranger, page } => {
                page_view(tenant, cast.strangers[stranger], PAGES[page], at)
            }
            Self::Arrive { lead, stranger } => {
                let (visitor, earlier) = (cast.visitors[lead], cast.strangers[stranger]);
                arrival(tenant, visitor, earlier, HOME, at)
            }
            Self::Forward { from, to } => {
                let (visitor, earlier) = (cast.visitors[to], cast.visitors[from]);
                arrival(tenant, visitor, earlier, HOME, at)
            }
            Self::Report { lead, mail: n } => report(
                tenant,
                &mail(cast.leads[lead], n),
                ReportKind::Delivered,
                at,
            ),
            Self::Assess { lead, by_address } => {
                let lead = cast.leads[lead];
                let subject = if by_address {
                    Subject::Address(address(lead))
                } else {
                    Subject::Lead(lead)
                };
                custom(tenant, subject, "assessment_completed", at)
            }
        }
    }
}

const PAGES: [&str; 4] = [
    HOME,
    APPLY,
    "https://school.example/%E5%85%A5%E8%A9%A6",
    "https://school.example/map",
];

impl Story {
    /// What happened, in the order in which it did.
    #[must_use]
    pub fn in_order(&self, cast: &Cast) -> Vec<Engagement> {
        let mut all = self.engagements(cast);
        all.sort_by_key(|engagement| (engagement.occurred_at, engagement.id));
        all
    }

    /// The batches in which the log hears of it: everything at least once, some of it repeatedly, in
    /// any order.
    #[must_use]
    pub fn deliveries(&self, cast: &Cast) -> Vec<Vec<Engagement>> {
        let all = self.engagements(cast);
        let batch = |batch: &Vec<Index>| batch.iter().map(|n| n.get(&all).clone()).collect();
        let mut deliveries: Vec<Vec<_>> = self.batches.iter().map(batch).collect();
        let heard = |id| deliveries.iter().flatten().any(|heard| heard.id == id);
        let rest: Vec<_> = all.iter().filter(|new| !heard(new.id)).cloned().collect();
        deliveries.extend(rest.chunks(4).map(<[_]>::to_vec));
        deliveries
    }

    /// The ids name the place in the story, so that every telling has the same ones.
    fn engagements(&self, cast: &Cast) -> Vec<Engagement> {
        let engagement = |(place, (deed, second, machine)): (usize, &(Deed, i64, bool))| {
            let mut engagement = deed.engagement(cast, *second);
            let tenant = cast.tenant.uuid();
            engagement.id = EngagementId::derived(&[tenant.as_bytes(), &place.to_be_bytes()]);
            if let Action::Click { candidate, .. } = &mut engagement.action {
                *candidate = VisitorId::from_random_bytes(*engagement.id.uuid().as_bytes());
            }
            if *machine {
                by_machine(engagement)
            } else {
                engagement
            }
        };
        self.deeds.iter().enumerate().map(engagement).collect()
    }
}
