//! What every page has around its content: language, person, navigation, tokens.

use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::delivery::Halt;
use domain::tenancy::{Locale, Permission};
use serde::Serialize;

use super::flash::Flash;
use crate::security::{FormToken, Nonce, SignedIn};
use crate::state::AppState;
use crate::texts;

/// What a page takes from the request it answers.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(super) locale: Locale,
    pub(super) time_zone: Tz,
    pub(super) now: DateTime<Utc>,
    pub(super) nonce: String,
    pub(super) form_token: String,
    pub(super) person: Option<Person>,
    pub(super) halt: Option<ShownHalt>,
    pub(super) path: String,
    pub(super) flash: Option<Flash>,
    is_htmx: bool,
    is_partial: bool,
}

/// The signed-in person as templates see them: `me.name`, `me.can.edit_leads` ….
#[derive(Clone, Debug, Serialize)]
pub(super) struct Person {
    name: String,
    email: String,
    role: &'static str,
    organisation: String,
    can: Can,
}

/// Why no mail goes out.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct ShownHalt {
    at: DateTime<Utc>,
    by: &'static str,
}

impl ShownHalt {
    const fn of(halt: Halt) -> Self {
        Self {
            at: halt.at,
            by: halt.by.as_str(),
        }
    }
}

/// What the person may do, for templates that leave out what they may not.
#[derive(Clone, Copy, Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "one for each permission")]
struct Can {
    view_leads: bool,
    view_reports: bool,
    see_addresses: bool,
    edit_leads: bool,
    import_leads: bool,
    export_leads: bool,
    edit_templates: bool,
    send_mail: bool,
    edit_tracking: bool,
    manage_settings: bool,
    manage_users: bool,
    view_audit: bool,
}

/// The entry of the navigation that a page belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Nav {
    #[default]
    None,
    Dashboard,
    HotLeads,
    Leads,
    Tasks,
    Import,
    Templates,
    Campaigns,
    Broadcasts,
    Settings,
}

impl Frame {
    /// The frame for an answer to this request.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        // Before the extensions are borrowed: reading cookies writes there.
        let flash = Flash::left_in(request);
        let extensions = request.extensions();
        let signed_in = extensions.get::<SignedIn>();
        Self {
            locale: signed_in.map_or_else(|| asked_for(request), SignedIn::locale),
            time_zone: signed_in.map_or(Tz::Asia__Tokyo, |it| it.tenant().time_zone),
            now: AppState::of(request).now(),
            nonce: extensions
                .get::<Nonce>()
                .map(Nonce::text)
                .unwrap_or_default(),
            form_token: extensions
                .get::<FormToken>()
                .map(FormToken::text)
                .unwrap_or_default(),
            person: signed_in.map(Person::of),
            halt: signed_in.and_then(SignedIn::halt).map(ShownHalt::of),
            path: request.path().to_owned(),
            flash,
            is_htmx: has_header(request, "HX-Request", "true"),
            is_partial: has_header(request, "HX-Request-Type", "partial"),
        }
    }

    /// The language of the page.
    pub(crate) fn locale(&self) -> Locale {
        self.locale
    }

    /// Whether htmx asks, for a whole page or a part.
    pub(crate) fn is_htmx(&self) -> bool {
        self.is_htmx
    }

    /// Whether htmx asks for a part of a page only.
    pub(crate) fn is_partial(&self) -> bool {
        self.is_htmx && self.is_partial
    }
}

impl Person {
    fn of(signed_in: &SignedIn) -> Self {
        let user = signed_in.user();
        Self {
            name: user.name.clone(),
            email: user.email.as_str().to_owned(),
            role: user.role.as_str(),
            organisation: signed_in.tenant().name.clone(),
            can: Can::of(signed_in),
        }
    }
}

impl Can {
    fn of(signed_in: &SignedIn) -> Self {
        let can = |permission| signed_in.can(permission);
        Self {
            view_leads: can(Permission::ViewLeads),
            view_reports: can(Permission::ViewReports),
            see_addresses: can(Permission::SeeAddresses),
            edit_leads: can(Permission::EditLeads),
            import_leads: can(Permission::ImportLeads),
            export_leads: can(Permission::ExportLeads),
            edit_templates: can(Permission::EditTemplates),
            send_mail: can(Permission::SendMail),
            edit_tracking: can(Permission::EditTracking),
            manage_settings: can(Permission::ManageSettings),
            manage_users: can(Permission::ManageUsers),
            view_audit: can(Permission::ViewAudit),
        }
    }
}

fn asked_for(request: &HttpRequest) -> Locale {
    let header = request.headers().get(header::ACCEPT_LANGUAGE);
    texts::accepted(header.and_then(|value| value.to_str().ok()))
}

fn has_header(request: &HttpRequest, name: &str, value: &str) -> bool {
    request
        .headers()
        .get(name)
        .is_some_and(|found| found == value)
}
