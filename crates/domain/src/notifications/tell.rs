//! Telling members of staff: behind the bell first, then by mail.

use chrono::{DateTime, Utc};
use url::Url;

use super::{Inbox, Notification, staff_mail};
use crate::delivery::{DeliverySettings, Mailers, MailersError, SendOutcome};
use crate::leads::Lead;
use crate::store::StoreResult;
use crate::tenancy::{Tenant, User};

/// How staff are told.
#[derive(Clone, Copy)]
pub struct TellPorts<'a> {
    /// Behind the bell.
    pub inbox: &'a dyn Inbox,
    /// Who writes.
    pub settings: &'a dyn DeliverySettings,
    /// By what.
    pub mailers: &'a dyn Mailers,
    /// Where browsers find this installation.
    pub address: &'a Url,
}

/// What telling came to. The bell shows it in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Every mail that can go out has gone.
    Everybody,
    /// A mail could not go out now, and is worth another try; why.
    NotByMail(String),
}

/// Tells each of these people.
///
/// A mail of which nobody knows whether it went out is sent again: a
/// colleague who reads something twice is better off than one who never reads it. One that the
/// provider never takes, or that nobody can send as the settings are, is left to the bell.
///
/// # Errors
/// Those of the storage.
pub fn tell(
    ports: &TellPorts<'_>,
    tenant: &Tenant,
    told: &[(Notification, &User)],
    lead: Option<&Lead>,
    now: DateTime<Utc>,
) -> StoreResult<Told> {
    let notifications: Vec<Notification> = told.iter().map(|(one, _)| one.clone()).collect();
    let unmailed = ports.inbox.put(tenant.id, &notifications)?;
    let to_mail = told.iter().filter(|(one, _)| unmailed.contains(&one.id));
    let sender = ports.settings.sender_profile(tenant.id)?;
    let mut left = Told::Everybody;
    for (notification, user) in to_mail {
        let mail = staff_mail(tenant, &sender, user, notification, lead, ports.address);
        let Some(mail) = mail else { continue };
        let mailer = match ports.mailers.mailer_of(tenant.id) {
            Ok(mailer) => mailer,
            Err(MailersError::Store(error)) => return Err(error),
            Err(MailersError::Settings(_)) => return Ok(Told::Everybody),
        };
        match mailer.send(&mail) {
            SendOutcome::Accepted { .. } | SendOutcome::Rejected { .. } => {
                ports.inbox.mailed(tenant.id, notification.id, now)?;
            }
            SendOutcome::Deferred { reason, .. } | SendOutcome::Unknown { reason } => {
                left = Told::NotByMail(reason);
            }
            SendOutcome::ProviderRefused { .. } => {}
        }
    }
    Ok(left)
}
