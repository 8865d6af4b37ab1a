//! API tokens: how programs sign in.

use chrono::{DateTime, TimeDelta, Utc};

use crate::ids::{ApiTokenId, TenantId, UserId};
use crate::store::StoreResult;

use super::{ApiTokenStore, ApiTokenText, SecretHash};

/// How often the last use of a token is written down, at most.
const USED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// One thing that a program may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Read leads, in full.
    LeadsRead,
    /// Create, change and delete leads.
    LeadsWrite,
    /// Report what a lead did.
    EngagementsWrite,
    /// Read broadcasts and their results.
    BroadcastsRead,
    /// Prepare and start broadcasts.
    BroadcastsWrite,
    /// Read campaigns, who is in them and their results.
    CampaignsRead,
    /// Write and activate campaigns, and let leads in.
    CampaignsWrite,
    /// Read tasks.
    TasksRead,
    /// Open and change tasks.
    TasksWrite,
}

impl Scope {
    /// Every scope, in the order of the settings page.
    pub const ALL: [Self; 9] = [
        Self::LeadsRead,
        Self::LeadsWrite,
        Self::EngagementsWrite,
        Self::BroadcastsRead,
        Self::BroadcastsWrite,
        Self::CampaignsRead,
        Self::CampaignsWrite,
        Self::TasksRead,
        Self::TasksWrite,
    ];

    /// The name in storage, forms and the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeadsRead => "leads:read",
            Self::LeadsWrite => "leads:write",
            Self::EngagementsWrite => "engagements:write",
            Self::BroadcastsRead => "broadcasts:read",
            Self::BroadcastsWrite => "broadcasts:write",
            Self::CampaignsRead => "campaigns:read",
            Self::CampaignsWrite => "campaigns:write",
            Self::TasksRead => "tasks:read",
            Self::TasksWrite => "tasks:write",
        }
    }

    /// The scope with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

/// A token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id.
    pub id: ApiTokenId,
    /// What its maker calls it.
    pub name: String,
    /// What its holder may do, each once, in order.
    pub scopes: Vec<Scope>,
    /// Who made it; `None` if it was made on the command line.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it ends; `None` for never.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl ApiToken {
    /// Whether it opens anything at this moment.
    #[must_use]
    pub fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    /// Whether its holder may do this.
    #[must_use]
    pub fn allows(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

/// A token that is to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiToken {
    /// The token.
    pub token: ApiToken,
    /// What is kept of its secret.
    pub secret_hash: SecretHash,
}

impl NewApiToken {
    /// A token with a new secret. The text is for its holder, is shown once and kept nowhere.
    #[must_use]
    pub fn issue(tenant: TenantId, mut token: ApiToken, secret: [u8; 32]) -> (Self, ApiTokenText) {
        token.scopes.sort_unstable();
        token.scopes.dedup();
        let text = ApiTokenText::new(tenant, secret);
        let secret_hash = text.hash();
        (Self { token, secret_hash }, text)
    }
}

/// A program that was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiAccess {
    /// Whose data it reaches.
    pub tenant: TenantId,
    /// What it may do.
    pub token: ApiToken,
}

/// The access that this bearer token gives, if it is one of ours and valid now.
///
/// # Errors
/// Only those of the store.
pub fn authenticate_api_token(
    tokens: &dyn ApiTokenStore,
    text: &str,
    now: DateTime<Utc>,
) -> StoreResult<Option<ApiAccess>> {
    let Some(text) = ApiTokenText::parse(text) else {
        return Ok(None);
    };
    let tenant = text.tenant();
    let found = tokens.find_by_secret(tenant, &text.hash())?;
    let Some(mut token) = found.filter(|token| token.is_valid(now)) else {
        return Ok(None);
    };
    if token
        .last_used_at
        .is_none_or(|used| now - used >= USED_EVERY)
    {
        tokens.touch(tenant, token.id, now)?;
        token.last_used_at = Some(now);
    }
    Ok(Some(ApiAccess { tenant, token }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(expires_at: Option<i64>, revoked_at: Option<i64>) -> ApiToken {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        ApiToken {
            id: ApiTokenId::new(),
            name: "CRM".to_owned(),
            scopes: vec![Scope::LeadsWrite, Scope::LeadsRead, Scope::LeadsWrite],
            created_by: None,
            created_at: at(0),
            last_used_at: None,
            expires_at: expires_at.map(at),
            revoked_at: revoked_at.map(at),
        }
    }

    #[test]
    fn a_token_ends_at_its_expiry_and_at_once_when_revoked() {
        let now = DateTime::from_timestamp(100, 0).unwrap();
        assert!(token(None, None).is_valid(now));
        assert!(token(Some(101), None).is_valid(now));
        assert!(!token(Some(100), None).is_valid(now));
        assert!(!token(None, Some(100)).is_valid(now));
    }

    #[test]
    fn an_issued_token_names_each_scope_once() {
        let (issued, _) = NewApiToken::issue(TenantId::new(), token(None, None), [1; 32]);
        assert_eq!(issued.token.scopes, [Scope::LeadsRead, Scope::LeadsWrite]);
        assert!(!issued.token.allows(Scope::BroadcastsWrite));
    }

    #[test]
    fn a_name_leads_back_to_its_scope() {
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.as_str()), Some(scope));
        }
        assert_eq!(Scope::parse("*"), None);
    }
}
