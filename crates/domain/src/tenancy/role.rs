//! Roles, and what each allows.

use serde::{Deserialize, Serialize};

/// What a member of staff is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// 管理者: everything.
    Admin,
    /// マーケティング担当: everything but people and the settings of the installation.
    Marketer,
    /// 営業担当: sees addresses and edits leads.
    Sales,
    /// 閲覧者: sees masked addresses and changes nothing.
    Viewer,
}

/// One thing that a role may allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See leads, their scores and what they did; addresses are masked.
    ViewLeads,
    /// See dashboards, broadcasts, templates and results.
    ViewReports,
    /// See e-mail addresses and telephone numbers in full.
    SeeAddresses,
    /// Change, add and delete single leads.
    EditLeads,
    /// Bring leads in from a file.
    ImportLeads,
    /// Take leads out as a file.
    ExportLeads,
    /// Write templates.
    EditTemplates,
    /// Prepare, start, pause and cancel mail.
    SendMail,
    /// Change what counts: important pages, scoring rules, sites and their tag.
    EditTracking,
    /// Change the organisation, senders, the mail provider and API tokens.
    ManageSettings,
    /// Add people, change their roles, close their accounts.
    ManageUsers,
    /// Read who did what.
    ViewAudit,
}

impl Role {
    /// Every role, the mightiest first.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Marketer, Self::Sales, Self::Viewer];

    /// The name in storage, forms and the JSON interface.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Marketer => "marketer",
            Self::Sales => "sales",
            Self::Viewer => "viewer",
        }
    }

    /// The role with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether a person of this role may do this.
    #[must_use]
    pub const fn allows(self, permission: Permission) -> bool {
        use Permission as P;
        match permission {
            P::ViewLeads | P::ViewReports => true,
            P::SeeAddresses | P::EditLeads => !matches!(self, Self::Viewer),
            P::ImportLeads | P::ExportLeads | P::EditTemplates | P::SendMail | P::EditTracking => {
                matches!(self, Self::Admin | Self::Marketer)
            }
            P::ManageSettings | P::ManageUsers | P::ViewAudit => matches!(self, Self::Admin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Permission::*;
    use super::Role::*;
    use super::*;

    /// One line a permission: admin, marketer, sales, viewer.
    const TABLE: [(Permission, [bool; 4]); 12] = [
        (ViewLeads, [true, true, true, true]),
        (ViewReports, [true, true, true, true]),
        (SeeAddresses, [true, true, true, false]),
        (EditLeads, [true, true, true, false]),
        (ImportLeads, [true, true, false, false]),
        (ExportLeads, [true, true, false, false]),
        (EditTemplates, [true, true, false, false]),
        (SendMail, [true, true, false, false]),
        (EditTracking, [true, true, false, false]),
        (ManageSettings, [true, false, false, false]),
        (ManageUsers, [true, false, false, false]),
        (ViewAudit, [true, false, false, false]),
    ];

    // V-25
    #[test]
    fn every_role_allows_exactly_what_the_table_says() {
        for (permission, expected) in TABLE {
            let allowed = [Admin, Marketer, Sales, Viewer].map(|role| role.allows(permission));
            assert_eq!(allowed, expected, "{permission:?}");
        }
    }

    #[test]
    fn a_name_leads_back_to_its_role() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("root"), None);
    }
}
