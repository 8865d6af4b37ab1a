//! Bands (温度): how warm a lead is.

use serde::{Deserialize, Serialize};

/// How warm a lead is; the order is cold < warm < hot. (A8, A46)
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Band {
    /// 低温
    #[default]
    Cold,
    /// 中温
    Warm,
    /// 高温
    Hot,
}

impl Band {
    /// Every band, coldest first.
    pub const ALL: [Self; 3] = [Self::Cold, Self::Warm, Self::Hot];

    /// The name in storage, addresses and the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Warm => "warm",
            Self::Hot => "hot",
        }
    }

    /// The band with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|band| band.as_str() == name)
    }
}
