//! The counts themselves.

use std::ops::AddAssign;

use crate::analytics::Rate;

/// What became of some mails. Rates are of the mails that a provider took (C12, C32).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailCounts {
    /// Mails that a provider took.
    pub sends: u64,
    /// Mails that arrived.
    pub delivered: u64,
    /// Mails that came back.
    pub bounces: u64,
    /// Mails that were reported as spam.
    pub complaints: u64,
    /// Refusals of further mail.
    pub unsubscribes: u64,
    /// Opens by people, as far as an open can be seen: a reference value (参考値).
    pub opens: u64,
    /// Mails that a person opened at least once: a reference value.
    pub unique_opens: u64,
    /// Opens by machines, which are in neither of these.
    pub machine_opens: u64,
    /// Clicks by people.
    pub clicks: u64,
    /// Mails in which a person clicked at least once.
    pub unique_clicks: u64,
    /// Clicks by machines, which are in neither of these.
    pub machine_clicks: u64,
}

impl MailCounts {
    /// クリック率: the rate to go by.
    #[must_use]
    pub const fn click_rate(&self) -> Rate {
        Rate::of(self.unique_clicks, self.sends)
    }

    /// 開封率: a reference value.
    #[must_use]
    pub const fn open_rate(&self) -> Rate {
        Rate::of(self.unique_opens, self.sends)
    }

    /// 不達率
    #[must_use]
    pub const fn bounce_rate(&self) -> Rate {
        Rate::of(self.bounces, self.sends)
    }

    /// 迷惑メール報告率
    #[must_use]
    pub const fn complaint_rate(&self) -> Rate {
        Rate::of(self.complaints, self.sends)
    }

    /// 配信停止率
    #[must_use]
    pub const fn unsubscribe_rate(&self) -> Rate {
        Rate::of(self.unsubscribes, self.sends)
    }
}

impl AddAssign for MailCounts {
    fn add_assign(&mut self, other: Self) {
        self.sends += other.sends;
        self.delivered += other.delivered;
        self.bounces += other.bounces;
        self.complaints += other.complaints;
        self.unsubscribes += other.unsubscribes;
        self.opens += other.opens;
        self.unique_opens += other.unique_opens;
        self.machine_opens += other.machine_opens;
        self.clicks += other.clicks;
        self.unique_clicks += other.unique_clicks;
        self.machine_clicks += other.machine_clicks;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_of_the_mails_that_were_taken_and_leave_machines_out() {
        // C12, C32
        let counts = MailCounts {
            sends: 300,
            delivered: 200,
            bounces: 3,
            complaints: 1,
            unsubscribes: 2,
            unique_opens: 100,
            machine_opens: 250,
            clicks: 90,
            unique_clicks: 40,
            machine_clicks: 700,
            ..MailCounts::default()
        };
        let rates = [
            counts.open_rate(),
            counts.click_rate(),
            counts.bounce_rate(),
            counts.complaint_rate(),
            counts.unsubscribe_rate(),
        ];
        let rates = rates.map(|rate| rate.to_string());
        assert_eq!(rates, ["33.33%", "13.33%", "1.00%", "0.33%", "0.67%"]);
        assert_eq!(MailCounts::default().click_rate().to_string(), "0.00%");
    }
}
