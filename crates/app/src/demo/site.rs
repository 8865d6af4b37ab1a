//! The sample site: a school's pages, on an origin of their own, with the real tag.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use tera::{Context, Tera};
use url::Url;

/// A page of the site.
#[derive(Debug)]
pub(super) struct SitePage {
    pub(super) path: &'static str,
    pub(super) title: &'static str,
    /// Its name without `.html`.
    template: &'static str,
    /// Whether the list of important pages that a school begins with contains it.
    pub(super) important: bool,
}

const fn page(path: &'static str, title: &'static str, template: &'static str) -> SitePage {
    SitePage {
        path,
        title,
        template,
        important: false,
    }
}

/// The pages that people visit.
pub(super) const PAGES: [SitePage; 6] = [
    page("/", "さくら学園 | 好きを、仕事にする4年間", "home"),
    page("/departments", "学科紹介 | さくら学園", "departments"),
    page(
        "/open-campus",
        "オープンキャンパス | さくら学園",
        "open-campus",
    ),
    page("/request", "資料請求 | さくら学園", "request"),
    SitePage {
        important: true,
        ..page("/exam", "入試情報 | さくら学園", "exam")
    },
    SitePage {
        important: true,
        ..page("/apply", "Web出願 | さくら学園", "apply")
    },
];

const THANKS: SitePage = page("/thanks", "送信しました | さくら学園", "thanks");
const NOT_FOUND: SitePage = page("", "ページが見つかりません | さくら学園", "not-found");
const STYLE: &str = include_str!("../../../../templates/demo-site/site.css");

/// The place in [`PAGES`] of the page at `path`.
pub(super) fn position_of(path: &str) -> Option<usize> {
    PAGES.iter().position(|page| page.path == path)
}

/// The page at `path`.
pub(super) fn page_at(path: &str) -> Option<&'static SitePage> {
    position_of(path).map(|at| &PAGES[at])
}

macro_rules! templates {
    ($($name:literal),*) => {
        [$((
            concat!("demo-site/", $name, ".html"),
            include_str!(concat!("../../../../templates/demo-site/", $name, ".html")),
        )),*]
    };
}

/// The site, ready to be served.
#[derive(Debug)]
pub(super) struct Site {
    templates: Tera,
    tag: Url,
    key: String,
}

impl Site {
    /// The site whose pages carry the tag of the product at `product`, under the key `key`.
    pub(super) fn new(product: &Url, key: &str) -> anyhow::Result<Self> {
        let mut templates = Tera::default();
        templates.add_raw_templates(templates![
            "layout",
            "home",
            "departments",
            "open-campus",
            "request",
            "exam",
            "apply",
            "thanks",
            "not-found"
        ])?;
        Ok(Self {
            templates,
            tag: product.join("tag.js")?,
            key: key.to_owned(),
        })
    }

    fn render(&self, page: &SitePage) -> tera::TeraResult<String> {
        let mut context = Context::new();
        context.insert("title", page.title);
        context.insert("path", page.path);
        context.insert("tag", self.tag.as_str());
        context.insert("site_key", &self.key);
        let template = format!("demo-site/{}.html", page.template);
        self.templates.render(&template, &context)
    }
}

/// Serves the site on a listener of its own. Must be called inside an actix system.
pub(super) fn serve(site: Site, listener: TcpListener) -> io::Result<actix_web::dev::Server> {
    let site = web::Data::from(Arc::new(site));
    let server = HttpServer::new(move || {
        let site = site.clone();
        App::new().configure(move |config| routes(config, site))
    })
    .workers(1)
    .shutdown_timeout(1)
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}

fn routes(config: &mut ServiceConfig, site: web::Data<Site>) {
    config.app_data(site);
    for page in &PAGES {
        config.route(page.path, web::get().to(show));
    }
    config.route(THANKS.path, web::post().to(thanks));
    config.route("/site.css", web::get().to(style));
    config.default_service(web::to(not_found));
}

async fn show(request: HttpRequest, site: web::Data<Site>) -> HttpResponse {
    match page_at(request.path()) {
        Some(page) => html(HttpResponse::Ok(), &site, page),
        None => html(HttpResponse::NotFound(), &site, &NOT_FOUND),
    }
}

/// What was typed into the form is not even read: this is nobody's school.
async fn thanks(site: web::Data<Site>) -> HttpResponse {
    html(HttpResponse::Ok(), &site, &THANKS)
}

async fn not_found(site: web::Data<Site>) -> HttpResponse {
    html(HttpResponse::NotFound(), &site, &NOT_FOUND)
}

async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .body(STYLE)
}

fn html(mut answer: actix_web::HttpResponseBuilder, site: &Site, page: &SitePage) -> HttpResponse {
    match site.render(page) {
        Ok(text) => answer
            .insert_header((header::CACHE_CONTROL, "no-cache"))
            .content_type("text/html; charset=utf-8")
            .body(text),
        Err(error) => {
            tracing::error!(%error, page = page.path, "a page of the sample site is broken");
            HttpResponse::InternalServerError().finish()
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::scoring::preset::TEMPERATURE;
    use domain::tracking::{ImportantPages, PageUrl};

    use super::*;

    fn site() -> Site {
        Site::new(&Url::parse("http://localhost:8080").unwrap(), "c0ffee").unwrap()
    }

    #[test]
    fn every_page_carries_the_real_tag_with_the_key_of_the_site() {
        let tag = r#"<script async src="http://localhost:8080/tag.js" data-site-key="c0ffee">"#;
        for page in PAGES.iter().chain([&THANKS, &NOT_FOUND]) {
            let text = site().render(page).unwrap();
            assert!(text.contains(tag), "{}", page.path);
            assert!(text.contains(page.title), "{}", page.path);
        }
    }

    #[test]
    fn the_pages_that_count_as_important_are_those_of_the_preset() {
        // A45
        let important = ImportantPages::new(TEMPERATURE.important_pages);
        for page in &PAGES {
            let url = PageUrl::parse(&format!("http://localhost:8081{}", page.path)).unwrap();
            assert_eq!(important.contain(&url), page.important, "{}", page.path);
        }
    }

    #[test]
    fn every_link_of_the_site_leads_somewhere() {
        for page in PAGES.iter().chain([&THANKS, &NOT_FOUND]) {
            let text = site().render(page).unwrap();
            for link in text.split("href=\"").skip(1) {
                let target = link.split(['"', '#']).next().unwrap_or_default();
                let known = target.is_empty() || target == "/site.css" || page_at(target).is_some();
                assert!(known, "{} links to {target}", page.path);
            }
        }
    }
}
