//! A browser on the application under test, and what it sees.

use std::cell::RefCell;
use std::collections::BTreeMap;

use actix_web::cookie::Cookie;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, SET_COOKIE};
use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;

use crate::app::TestApp;

/// A browser: it keeps its cookies and knows the token of the last page it saw.
pub(crate) struct Browser<'a> {
    app: &'a TestApp,
    cookies: RefCell<BTreeMap<String, String>>,
    token: RefCell<String>,
}

/// An answer that was read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl<'a> Browser<'a> {
    /// A browser that has seen nothing yet.
    pub(crate) fn new(app: &'a TestApp) -> Self {
        Self {
            app,
            cookies: RefCell::default(),
            token: RefCell::default(),
        }
    }

    /// Opens a page.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(TestRequest::get().uri(path)).await
    }

    /// Sends a form of the last page, with its token.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token();
        let mut all = vec![("csrf_token", token.as_str())];
        all.extend_from_slice(fields);
        self.post_bare(path, &all).await
    }

    /// Sends a form without the token.
    pub(crate) async fn post_bare(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        let request = TestRequest::post()
            .uri(path)
            .insert_header((CONTENT_TYPE, "application/x-www-form-urlencoded"))
            .set_payload(form.finish());
        self.send(request).await
    }

    /// Sends a request with any method, with the token in the header as htmx does.
    pub(crate) async fn request(&self, method: Method, path: &str) -> Answer {
        let request = TestRequest::with_uri(path)
            .method(method)
            .insert_header(("x-csrf-token", self.token()));
        self.send(request).await
    }

    /// Sends any request with the cookies of this browser.
    pub(crate) async fn send(&self, mut request: TestRequest) -> Answer {
        for (name, value) in &*self.cookies.borrow() {
            request = request.cookie(Cookie::new(name.clone(), value.clone()));
        }
        let answer = self.app.send(request).await;
        self.keep(&answer);
        answer
    }

    /// The token of the last page.
    pub(crate) fn token(&self) -> String {
        self.token.borrow().clone()
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    /// Puts a cookie into the browser.
    pub(crate) fn plant(&self, name: &str, value: &str) {
        self.cookies
            .borrow_mut()
            .insert(name.to_owned(), value.to_owned());
    }

    fn keep(&self, answer: &Answer) {
        for value in answer.headers.get_all(SET_COOKIE) {
            let cookie = Cookie::parse(value.to_str().unwrap().to_owned()).unwrap();
            let (name, value) = (cookie.name().to_owned(), cookie.value().to_owned());
            if value.is_empty() {
                self.cookies.borrow_mut().remove(&name);
            } else {
                self.cookies.borrow_mut().insert(name, value);
            }
        }
        if let Some((_, rest)) = answer.body.split_once("name=\"csrf-token\" content=\"") {
            let token = rest.split('"').next().unwrap_or_default();
            if !token.is_empty() {
                token.clone_into(&mut self.token.borrow_mut());
            }
        }
    }
}

impl Answer {
    /// A header, empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Where it leads, after it was checked that it leads on.
    pub(crate) fn leads_to(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.header("location")
    }

    /// Whether the page has this, as people read it: where a line may break, nothing stands.
    pub(crate) fn shows(&self, text: &str) -> bool {
        self.body.replace("<wbr>", "").contains(text)
    }
}
