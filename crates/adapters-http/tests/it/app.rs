//! The application under test, with verbs.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use actix_http::Request;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, init_service, read_body};
use actix_web::{App, web};
use adapters_http::{AppState, HttpMetrics, Limits, Ports, PublicAddress, configure};
use chrono::Utc;
use domain::ids::TenantId;
use domain::keys::{KeyRing, MasterKey};
use domain::leads::EmailAddress;
use domain::tenancy::{
    Actor, Installation, Locale, Role, SetUp, TenantStore, User, UserDesk, UserDraft, create_user,
    random_256, set_up,
};
use domain::tracking::NetworkClasses;
use prometheus_client::registry::Registry;
use test_support::in_memory::InMemoryTenancy;
use url::Url;

pub(crate) use crate::browser::{Answer, Browser};
use crate::ports::Memory;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "warm enough to call";
/// Where the application is reached.
pub(crate) const ORIGIN: &str = "http://ondo.test";

type Answering = Pin<Box<dyn Future<Output = ServiceResponse>>>;

/// The application, without anybody in it until [`TestApp::new`] has set it up.
pub(crate) struct TestApp {
    pub(crate) state: web::Data<AppState>,
    pub(crate) tenancy: Arc<InMemoryTenancy>,
    pub(crate) memory: Memory,
    /// What operators see of it.
    pub(crate) registry: Arc<Registry>,
    call: Box<dyn Fn(Request) -> Answering>,
}

impl TestApp {
    /// An installation with one organisation; its people are added by [`TestApp::sign_in`].
    pub(crate) async fn new() -> Self {
        Self::with_ports(|_| {}).await
    }

    /// The same with other ports where the test needs them.
    pub(crate) async fn with_ports(change: impl FnOnce(&mut Ports)) -> Self {
        Self::with(|ports, _| change(ports)).await
    }

    /// The same with other limits, too.
    pub(crate) async fn with(change: impl FnOnce(&mut Ports, &mut Limits)) -> Self {
        let app = Self::put_together(ORIGIN, |_, ports, limits| change(ports, limits)).await;
        app.set_up();
        app
    }

    /// The same with ports around those in memory.
    pub(crate) async fn with_memory(change: impl FnOnce(&Memory, &mut Ports)) -> Self {
        let app = Self::put_together(ORIGIN, |memory, ports, _| change(memory, ports)).await;
        app.set_up();
        app
    }

    /// An installation where nobody can sign in yet, reached at `origin`.
    pub(crate) async fn empty(origin: &str) -> Self {
        Self::put_together(origin, |_, _, _| {}).await
    }

    async fn put_together(
        origin: &str,
        change: impl FnOnce(&Memory, &mut Ports, &mut Limits),
    ) -> Self {
        let memory = Memory::default();
        let (mut ports, mut limits) = (memory.ports(), Limits::default());
        change(&memory, &mut ports, &mut limits);
        let mut registry = Registry::default();
        let metrics = HttpMetrics::register(&mut registry);
        let address = PublicAddress {
            url: Url::parse(origin).unwrap(),
            trusted_proxies: Vec::new(),
            mailbox: None,
        };
        let networks = NetworkClasses::default();
        let state = AppState::new(ports, keys(), address, limits, networks, metrics)
            .unwrap_or_else(|error| panic!("{error}"));
        let state = web::Data::new(state);
        let configured = state.clone();
        let service = init_service(App::new().configure(|it| configure(it, configured))).await;
        let service = Rc::new(service);
        let call = move |request: Request| -> Answering {
            let service = Rc::clone(&service);
            Box::pin(async move { service.call(request).await.unwrap().map_into_boxed_body() })
        };
        let tenancy = memory.tenancy.clone();
        Self {
            state,
            tenancy,
            memory,
            registry: Arc::new(registry),
            call: Box::new(call),
        }
    }

    fn set_up(&self) {
        let with = SetUp {
            tenants: &*self.tenancy,
            hasher: &self.state.passwords,
            digest: &|input| self.state.keys.lookup_hash(input),
            random: &random_256,
        };
        let installation = Installation {
            organisation: "青葉予備校",
            time_zone: chrono_tz::Asia::Tokyo,
            locale: Locale::Ja,
            administrator: "青木 一",
            address: &EmailAddress::parse("aoki@example.jp").unwrap(),
            password: PASSWORD,
        };
        set_up(&with, &installation, Utc::now()).unwrap();
        // The log makes room for an organisation when it is first asked.
        drop(self.memory.log.logged(self.tenant()));
    }

    /// The organisation.
    pub(crate) fn tenant(&self) -> TenantId {
        TenantStore::list(&*self.tenancy).unwrap()[0].id
    }

    /// Somebody more with this role.
    pub(crate) fn add_user(&self, role: Role, address: &str) -> User {
        let desk = UserDesk {
            users: &*self.tenancy,
            hasher: &self.state.passwords,
            digest: &|input| self.state.keys.lookup_hash(input),
        };
        let draft = UserDraft {
            email: &EmailAddress::parse(address).unwrap(),
            name: address,
            role,
            locale: None,
            password: PASSWORD,
        };
        create_user(
            &desk,
            self.tenant(),
            &draft,
            Actor::system("test"),
            Utc::now(),
        )
        .unwrap()
    }

    /// A browser that has seen nothing yet.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser::new(self)
    }

    /// The browser of somebody new with this role.
    pub(crate) async fn sign_in(&self, role: Role) -> Browser<'_> {
        let address = format!(
            "{}-{}@example.jp",
            role.as_str(),
            uuid::Uuid::now_v7().simple()
        );
        self.add_user(role, &address);
        self.sign_in_as(&address).await
    }

    /// The browser of the person with this address.
    pub(crate) async fn sign_in_as(&self, address: &str) -> Browser<'_> {
        let browser = self.browser();
        browser.get("/login").await;
        let answer = browser
            .post("/login", &[("email", address), ("password", PASSWORD)])
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser.get("/ui/settings/account").await;
        browser
    }

    /// What operators read.
    pub(crate) fn figures(&self) -> String {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry).unwrap();
        text
    }

    /// Everything that is stored, for tests of what changes nothing.
    pub(crate) fn stored(&self) -> String {
        format!("{:?}", self.memory)
    }

    /// Status and body of an answer that is no text.
    pub(crate) async fn send_bytes(&self, request: TestRequest) -> (StatusCode, Vec<u8>) {
        let response = (self.call)(request.to_request()).await;
        (response.status(), read_body(response).await.to_vec())
    }

    /// The answer to any request.
    pub(crate) async fn send(&self, request: TestRequest) -> Answer {
        let response = (self.call)(request.to_request()).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = String::from_utf8_lossy(&read_body(response).await).into_owned();
        Answer {
            status,
            headers,
            body,
        }
    }
}

fn keys() -> KeyRing {
    KeyRing::new([1; 32], vec![MasterKey::new("k1", [2; 32], None).unwrap()]).unwrap()
}
