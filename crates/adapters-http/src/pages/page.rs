//! Building an answer from a template.

use std::collections::BTreeMap;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use domain::tenancy::{Locale, Tenant};
use serde::Serialize;
use tera::Context;

use super::flash::{Flash, Shown};
use super::form_errors::FormErrors;
use super::frame::{Frame, Nav};
use crate::error::PageResult;
use crate::state::AppState;
use crate::texts;

/// A page that is being put together.
pub(crate) struct Page {
    state: web::Data<AppState>,
    template: &'static str,
    frame: Frame,
    context: Context,
    status: StatusCode,
    headers: Vec<(&'static str, String)>,
}

impl Page {
    /// A page in the frame of this request.
    ///
    /// # Panics
    /// If the request does not come from an application of [`crate::configure`].
    pub(crate) fn of(request: &HttpRequest, template: &'static str) -> Self {
        let state = AppState::of(request).clone();
        let frame = Frame::of(request);
        let mut context = Context::new();
        context.insert("nav", &Nav::None);
        context.insert("title", "");
        context.insert("errors", &BTreeMap::<&str, String>::new());
        Self {
            state,
            template,
            frame,
            context,
            status: StatusCode::OK,
            headers: vec![("Cache-Control", "no-store".to_owned())],
        }
    }

    /// The page as people outside see it: in the language and the zone of the organisation that
    /// wrote to them. Before the title, which is in that language, too.
    pub(crate) fn for_those_outside(mut self, tenant: &Tenant) -> Self {
        self.frame.locale = tenant.locale;
        self.frame.time_zone = tenant.time_zone;
        self
    }

    /// The title, by the key of its text.
    pub(crate) fn title(self, key: &str) -> Self {
        let title = texts::text(self.frame.locale, key, &texts::arguments([]));
        self.with("title", &title)
    }

    /// The title, by the key of a text about something that has this name.
    pub(crate) fn title_about(self, key: &str, name: &str) -> Self {
        let about = texts::arguments([("name", name.to_owned().into())]);
        let title = texts::text(self.frame.locale, key, &about);
        self.with("title", &title)
    }

    /// The title as it is, such as the name of a lead.
    pub(crate) fn titled(self, title: &str) -> Self {
        self.with("title", title)
    }

    /// The entry of the navigation that is marked.
    pub(crate) fn nav(self, nav: Nav) -> Self {
        self.with("nav", &nav)
    }

    /// A value for the template.
    pub(crate) fn with<T: Serialize + ?Sized>(mut self, name: &'static str, value: &T) -> Self {
        self.context.insert(name, value);
        self
    }

    /// What is wrong with the form of the page, for its fields; 422 unless nothing is.
    pub(crate) fn errors(self, errors: &FormErrors) -> Self {
        if errors.is_empty() {
            return self;
        }
        let locale = self.frame.locale;
        let texts: BTreeMap<_, _> = errors
            .keys()
            .map(|(field, key)| (field, texts::text(locale, key, &texts::arguments([]))))
            .collect();
        self.with("errors", &texts)
            .status(StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// Another status than 200.
    pub(crate) fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// A header of the answer.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The moment that the page shows.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.frame.now
    }

    /// The language of the page.
    pub(crate) fn locale(&self) -> Locale {
        self.frame.locale
    }

    /// The answer: the whole page.
    pub(crate) fn render(mut self) -> PageResult {
        let shown = self.insert_frame();
        let body = self.state.pages.render(self.template, &self.context)?;
        Ok(self.answer(body, shown))
    }

    /// The answer: one block of the page, to be swapped in by htmx.
    pub(crate) fn render_block(mut self, block: &str) -> PageResult {
        self.insert_frame();
        let body = self
            .state
            .pages
            .render_block(self.template, block, &self.context)?;
        Ok(self.answer(body, false))
    }

    /// Puts the frame where the templates find it; true if a message is shown.
    fn insert_frame(&mut self) -> bool {
        let frame = &self.frame;
        let message: Option<Shown> = frame
            .flash
            .as_ref()
            .and_then(|flash| flash.shown(frame.locale));
        let context = &mut self.context;
        context.insert("lang", frame.locale.as_str());
        context.insert("time_zone", frame.time_zone.name());
        context.insert("now", &frame.now);
        context.insert("nonce", &frame.nonce);
        context.insert("csrf_token", &frame.form_token);
        context.insert("me", &frame.person);
        context.insert("halt", &frame.halt);
        context.insert("path", &frame.path);
        context.insert("flash", &message);
        let mailbox = self.state.address.mailbox.as_ref();
        context.insert("mailbox", &mailbox.map(url::Url::as_str));
        frame.flash.is_some()
    }

    fn answer(self, body: String, shown: bool) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status);
        for header in self.headers {
            answer.insert_header(header);
        }
        answer.insert_header(header::ContentType::html());
        if shown {
            answer.cookie(Flash::removal());
        }
        answer.body(body)
    }
}

/// 303 to a page of ours, with a message that it will show.
pub(crate) fn redirect(target: &str, flash: Option<Flash>) -> HttpResponse {
    let mut answer = HttpResponse::SeeOther();
    answer.insert_header((header::LOCATION, target));
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    if let Some(flash) = flash {
        answer.cookie(flash.cookie());
    }
    answer.finish()
}
