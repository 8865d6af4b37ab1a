//! Who reacted, by their industry. (C4, C16)

use crate::analytics::Rate;

/// What the people of one industry did with the mails of a broadcast or campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndustryFigures {
    /// 業種 as the lead has it now; none where it is unknown.
    pub industry: Option<String>,
    /// Mails that a provider took.
    pub sends: u64,
    /// Mails that a person opened: a reference value (参考値).
    pub opened: u64,
    /// Mails in which a person clicked.
    pub clicked: u64,
}

impl IndustryFigures {
    /// クリック率: the rate to go by.
    #[must_use]
    pub const fn click_rate(&self) -> Rate {
        Rate::of(self.clicked, self.sends)
    }

    /// 開封率: a reference value.
    #[must_use]
    pub const fn open_rate(&self) -> Rate {
        Rate::of(self.opened, self.sends)
    }
}
