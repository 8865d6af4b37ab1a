//! The server on a real socket.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use actix_web::rt::{spawn, task::spawn_blocking};
use adapters_http::{Server, ServerSettings};

use crate::app::TestApp;

const SETTINGS: ServerSettings = ServerSettings {
    workers: 1,
    blocking_threads: 4,
    shutdown_seconds: 2,
};

/// Sends bytes as they are and reads until the server closes.
fn talk(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[actix_web::test]
async fn it_serves_on_the_listeners_it_is_given_until_it_is_stopped() {
    let app = TestApp::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Server::start(app.state.clone(), vec![listener], SETTINGS).unwrap();
    let (address, handle) = (server.addresses()[0], server.handle());
    let running = spawn(server.run());

    let request = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = spawn_blocking(move || talk(address, request))
        .await
        .unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nok\n"), "{answer}");

    handle.stop(true).await;
    running.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).is_err());
}

#[actix_web::test]
async fn a_head_that_never_ends_is_given_up() {
    let app = TestApp::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Server::start(app.state.clone(), vec![listener], SETTINGS).unwrap();
    let (address, handle) = (server.addresses()[0], server.handle());
    let running = spawn(server.run());

    let slow = move || talk(address, b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    let answer = spawn_blocking(slow).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");

    handle.stop(false).await;
    running.await.unwrap().unwrap();
}

// V-34: the figures have a listener of their own.
#[actix_web::test]
async fn figures_are_read_on_the_listener_for_operators() {
    let app = TestApp::new().await;
    app.browser().get("/login").await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let intake = app.state.ports.intake.clone();
    let server = Server::start_metrics(app.registry.clone(), intake, listener).unwrap();
    let (address, handle) = (server.addresses()[0], server.handle());
    let running = spawn(server.run());
    let get = move |path: &'static str| {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        spawn_blocking(move || talk(address, request.as_bytes()))
    };
    let figures = get("/metrics").await.unwrap();
    let counted = "ondo_http_requests_total{method=\"GET\",route=\"/login\",status=\"2xx\"} 1";
    assert!(figures.contains(counted), "{figures}");
    let timed = "ondo_http_request_seconds_count{route=\"/login\"} 1";
    assert!(figures.contains(timed), "{figures}");
    assert!(figures.ends_with("# EOF\n"), "{figures}");
    for (path, body) in [("/healthz", "ok\n"), ("/readyz", "\"queued\":0}")] {
        let answer = get(path).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.ends_with(body), "{answer}");
    }
    let nothing = get("/ui/dashboard").await.unwrap();
    assert!(nothing.starts_with("HTTP/1.1 404 "), "{nothing}");

    handle.stop(false).await;
    running.await.unwrap().unwrap();
}
