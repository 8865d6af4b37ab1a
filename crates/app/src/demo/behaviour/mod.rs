//! What people who do not exist did in the last thirty days.
//!
//! Only the deeds are made up. They go into the engagement log like everybody's: verdicts, visits,
//! scores, bands and reports are what the product makes of them.

mod clients;

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use chrono_tz::Asia::Tokyo;
use domain::ids::{EngagementId, LeadId, TenantId};
use domain::tracking::{
    Action, Client, Engagement, MailRef, Origin, PageUrl, RequestSigns, VisitorId,
    verdict_of_request,
};

use clients::{SCANNER, client};

use super::people::{Person, Temper};
use super::random::Random;
use super::site::{self, SitePage};

/// Where the links of a mail lead, with their numbers.
pub(super) type Links = std::sync::Arc<[(u16, PageUrl)]>;

/// A mail that somebody got.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) mail: MailRef,
    pub(super) links: Links,
}

impl Received {
    /// When it was due.
    const fn sent_at(&self) -> DateTime<Utc> {
        self.mail.queued_at
    }
}

/// Where and until when things happen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stage<'a> {
    pub(super) tenant: TenantId,
    pub(super) site: &'a Origin,
    /// When the demo was filled: the end of the month that is told of.
    pub(super) now: DateTime<Utc>,
}

/// What a person did, given the mails they got.
pub(super) fn of_person(
    stage: Stage<'_>,
    lead: LeadId,
    person: &Person,
    mails: &[Received],
) -> Vec<Engagement> {
    let mut diary = Diary::new(
        stage,
        lead.uuid().as_bytes(),
        person.visitor,
        person.random.clone(),
    );
    match (person.temper, mails) {
        (_, []) => {}
        (Temper::Cold, mails) => mails.iter().for_each(|mail| diary.glance(mail)),
        (Temper::Warm, mails) => {
            diary.follow(mails, |page| !page.important);
        }
        (Temper::Hot, mails) => {
            let clicked_at = diary.follow(mails, |_page| true);
            diary.come_back(clicked_at);
        }
    }
    diary.written
}

/// What stranger number `number` did on the site.
pub(super) fn of_stranger(stage: Stage<'_>, number: usize) -> Vec<Engagement> {
    let number = u64::try_from(number).unwrap_or_default();
    let mut random = Random::of(super::people::SEED ^ 0x5754_5241_4E47, number);
    let visitor = VisitorId::from_random_bytes(random.bytes());
    let mut diary = Diary::new(stage, &number.to_be_bytes(), visitor, random);
    let ago = TimeDelta::minutes(diary.random.between(30, 29 * 24 * 60));
    let at = diary.waking(stage.now - ago);
    let first = diary.random.below(site::PAGES.len());
    diary.visit(at, first, Some("https://www.google.com/"));
    for _ in 0..diary.random.below(3) {
        let at = at + TimeDelta::seconds(diary.random.between(40, 400));
        let next = diary.random.below(site::PAGES.len());
        diary.visit(at, next, None);
    }
    diary.written
}

/// Engagements in batches of at most `size`, day by day. A visitor is known as a lead only once their
/// click is committed, so that a day's mails come before its page views, in batches of their own.
pub(super) fn batches(mut happened: Vec<Engagement>, size: usize) -> Vec<Vec<Engagement>> {
    let part = |one: &Engagement| {
        let day = one.occurred_at.with_timezone(&Tokyo).date_naive();
        (day, one.mail().is_none())
    };
    happened.sort_by_key(|one| (part(one), one.occurred_at, one.id));
    happened
        .chunk_by(|one, next| part(one) == part(next))
        .flat_map(|together| together.chunks(size).map(<[Engagement]>::to_vec))
        .collect()
}

/// Collects what one person did.
struct Diary<'a> {
    stage: Stage<'a>,
    who: Vec<u8>,
    visitor: VisitorId,
    client: Client,
    random: Random,
    opens: u8,
    written: Vec<Engagement>,
}

impl<'a> Diary<'a> {
    fn new(stage: Stage<'a>, who: &[u8], visitor: VisitorId, mut random: Random) -> Self {
        let client = client(&mut random, None);
        Self {
            stage,
            who: who.to_vec(),
            visitor,
            client,
            random,
            opens: 0,
            written: Vec::new(),
        }
    }

    /// Opens a mail at best; sometimes a scanner was there first.
    fn glance(&mut self, mail: &Received) {
        let sent = mail.sent_at();
        match self.random.below(100) {
            0..2 => {
                let scanner = client(&mut self.random, Some(SCANNER));
                self.write(sent + TimeDelta::seconds(20), open(mail), scanner.clone());
                self.write(
                    sent + TimeDelta::seconds(21),
                    self.click(mail, 0),
                    scanner.clone(),
                );
            }
            2..4 => self.burst(mail),
            4..26 if self.opens < 2 => {
                let at = self.after(sent);
                self.opens += 1;
                self.write(at, open(mail), self.client.clone());
            }
            _ => {}
        }
    }

    /// A scanner that pretends to be a browser: every link within two seconds.
    fn burst(&mut self, mail: &Received) {
        let client = client(&mut self.random, None);
        let from = mail.sent_at() + TimeDelta::seconds(8);
        for index in 0..mail.links.len() {
            let at = from + TimeDelta::milliseconds(400 * i64::try_from(index).unwrap_or_default());
            self.write(at, self.click(mail, index), client.clone());
        }
    }

    /// Opens one of the mails, follows a link that `takes` and looks around where pages are not
    /// important. Returns when it was.
    fn follow(&mut self, mails: &[Received], takes: fn(&SitePage) -> bool) -> DateTime<Utc> {
        let mail = self.random.pick(mails).clone();
        let opened_at = self.after(mail.sent_at());
        if self.random.percent(80) {
            self.write(opened_at, open(&mail), self.client.clone());
        }
        let clicked_at = opened_at + TimeDelta::seconds(self.random.between(15, 90));
        let good: Vec<(usize, usize)> = (0..mail.links.len())
            .filter_map(|index| Some((index, site::position_of(mail.links[index].1.path())?)))
            .filter(|(_, page)| takes(&site::PAGES[*page]))
            .collect();
        if good.is_empty() {
            return clicked_at;
        }
        let (index, landing) = *self.random.pick(&good);
        self.write(clicked_at, self.click(&mail, index), self.client.clone());
        self.visit(clicked_at + TimeDelta::seconds(2), landing, None);
        for step in 0..self.random.between(0, 3) {
            let at = clicked_at + TimeDelta::seconds(45 + 70 * step);
            let next = self.plain_page();
            self.visit(at, next, None);
        }
        clicked_at
    }

    /// Comes back on one to three later occasions and looks at what matters.
    fn come_back(&mut self, since: DateTime<Utc>) {
        let latest = self.stage.now - TimeDelta::minutes(15);
        let minutes = (latest - since).num_minutes().max(60);
        for _ in 0..self.random.between(1, 4) {
            // Squared: more of the visits are recent ones.
            let part = self.random.between(0, 1_000);
            let ago = TimeDelta::minutes(minutes * part / 1_000 * part / 1_000);
            let mut at = (latest - ago).max(since + TimeDelta::minutes(40));
            for path in ["/", "/departments", "/exam", "/apply"] {
                let always = ["/exam", "/apply"].contains(&path);
                if let Some(page) = site::position_of(path)
                    && (always || self.random.percent(50))
                {
                    self.visit(at, page, None);
                    at += TimeDelta::seconds(self.random.between(25, 200));
                }
            }
        }
    }

    fn plain_page(&mut self) -> usize {
        let plain: Vec<usize> = (0..site::PAGES.len())
            .filter(|page| !site::PAGES[*page].important)
            .collect();
        *self.random.pick(&plain)
    }

    /// Some time after `sent`, when people are awake.
    fn after(&mut self, sent: DateTime<Utc>) -> DateTime<Utc> {
        let hours = if self.random.percent(60) { 5 } else { 36 };
        let minutes = self.random.between(3, hours * 60);
        self.waking(sent + TimeDelta::minutes(minutes))
    }

    fn waking(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let asleep = at.with_timezone(&Tokyo).hour() < 7;
        let later = at + TimeDelta::hours(7);
        let at = if asleep { later } else { at };
        at.min(self.stage.now - TimeDelta::minutes(10))
    }

    fn click(&self, mail: &Received, index: usize) -> Action {
        let (link_index, target) = mail.links[index].clone();
        Action::Click {
            mail: mail.mail.clone(),
            link_index,
            target,
            candidate: self.visitor,
        }
    }

    fn visit(&mut self, at: DateTime<Utc>, page: usize, referrer: Option<&str>) {
        let page = &site::PAGES[page];
        let address = format!("{}{}", self.stage.site, page.path);
        let Ok(url) = PageUrl::parse(&address) else {
            return;
        };
        let action = Action::PageView {
            visitor: self.visitor,
            earlier: None,
            page: url,
            title: Some(page.title.to_owned()),
            referrer: referrer.map(str::to_owned),
        };
        self.write(at, action, self.client.clone());
    }

    fn write(&mut self, at: DateTime<Utc>, action: Action, client: Client) {
        let number = u32::try_from(self.written.len()).unwrap_or_default();
        let verdict = verdict_of_request(RequestSigns {
            user_agent: client.user_agent.as_deref(),
            ..RequestSigns::default()
        });
        self.written.push(Engagement {
            id: EngagementId::derived(&[
                b"demo",
                self.stage.tenant.uuid().as_bytes(),
                &self.who,
                &number.to_be_bytes(),
            ]),
            tenant: self.stage.tenant,
            occurred_at: at,
            received_at: at,
            action,
            client,
            verdict,
        });
    }
}

fn open(mail: &Received) -> Action {
    Action::Open {
        mail: mail.mail.clone(),
    }
}

#[cfg(test)]
mod tests;
