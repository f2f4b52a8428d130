//! HTTP and the stream of events: who may ask for what. Everything asynchronous lives here; addresses are keys of the shelf.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, ETAG, HOST, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, LOCATION, ORIGIN,
};
use axum::http::{Method, Request, Response, StatusCode};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, broadcast};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::BroadcastStream;

use super::Preview;
use super::shelf::{Answer, file_of};
use crate::base::fingerprint::Fingerprint;
use crate::base::media;

/// Where everything stands that the preview adds to the site.
const OWN: &str = "/_throughline/";
const EVENTS: &str = "/_throughline/events";
/// The line that is put into every page.
const SCRIPT: &str = "<script src=\"/_throughline/client.js\" defer></script>\n";
/// Who has not said what it wants in this time wants nothing.
const PATIENCE: Duration = Duration::from_secs(5);
/// The largest edit that is taken: it names a choice, never a text.
const LARGEST_EDIT: usize = 16 << 10;
/// Connections at one time; more wait at the door.
const MOST_CONNECTIONS: usize = 4096;
/// The largest head of a request.
const LARGEST_HEAD: usize = 64 << 10;
/// Streams of events at one time: a browser needs one for all its tabs.
const MOST_STREAMS: usize = 256;
/// A connection that asks for nothing in this time, and listens to no events, is given up, whatever it has not yet read.
const LONGEST_SILENCE: Duration = Duration::from_secs(60);

const CLIENT: &str =
    concat!(include_str!("idiomorph.min.js"), "\n", include_str!("author.js"), "\n", include_str!("client.js"));
const WORKER: &str = include_str!("worker.js");
const STYLE: &str = include_str!("client.css");

/// Answers on this listener until the program ends.
///
/// # Errors
/// The system gives no threads or no sockets.
pub(super) fn run(listener: std::net::TcpListener, preview: &Arc<Preview>) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener)?;
        let open = Arc::new(Semaphore::new(crate::io::net::most_connections(MOST_CONNECTIONS)));
        loop {
            let permit = Arc::clone(&open).acquire_owned().await.expect("the semaphore is never closed");
            let Ok((stream, _)) = listener.accept().await else {
                // No more sockets for the moment: those that are open will end.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let preview = Arc::clone(preview);
            tokio::spawn(async move {
                converse(stream, preview).await;
                drop(permit);
            });
        }
    })
}

async fn converse(stream: TcpStream, preview: Arc<Preview>) {
    let Ok(local) = stream.local_addr() else { return };
    // Whether small packets are held back for a moment is a matter of speed only.
    stream.set_nodelay(true).ok();
    let asked = Arc::new(Asked::default());
    let counted = Arc::clone(&asked);
    let service = service_fn(move |request: Request<Incoming>| {
        counted.requests.fetch_add(1, Ordering::Relaxed);
        counted.is_stream.store(request.uri().path() == EVENTS, Ordering::Relaxed);
        let preview = Arc::clone(&preview);
        async move { Ok::<_, Infallible>(answer(preview, local, request).await) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(PATIENCE).max_buf_size(LARGEST_HEAD);
    // A connection that breaks is nobody's fault and asks for nothing more.
    tokio::select! {
        _ = builder.serve_connection(TokioIo::new(stream), service) => {}
        () = asked.fall_silent() => {}
    }
}

/// What was asked on one connection.
#[derive(Default)]
struct Asked {
    requests: AtomicUsize,
    is_stream: AtomicBool,
}

impl Asked {
    /// Waits until nothing was asked for a while.
    async fn fall_silent(&self) {
        let mut before = usize::MAX;
        loop {
            tokio::time::sleep(LONGEST_SILENCE).await;
            let now = self.requests.load(Ordering::Relaxed);
            if now == before && !self.is_stream.load(Ordering::Relaxed) {
                return;
            }
            before = now;
        }
    }
}

async fn answer(preview: Arc<Preview>, local: SocketAddr, request: Request<Incoming>) -> Response<Body> {
    let mut response = match refusal(&request, local) {
        Some((status, why)) => plain(status, why),
        None => route(preview, local, request).await,
    };
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-frame-options", "SAMEORIGIN"),
        ("referrer-policy", "same-origin"),
    ] {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// Why a request is not looked at: it was not meant for this server, or tries to be read in two ways.
fn refusal(request: &Request<Incoming>, local: SocketAddr) -> Option<(StatusCode, &'static str)> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let is_own = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().is_ok_and(|host| is_own_host(host, local)),
        _ => false,
    };
    let authority = request.uri().authority();
    if !is_own || authority.is_some_and(|authority| !is_own_host(authority.as_str(), local)) {
        return Some((StatusCode::MISDIRECTED_REQUEST, "This server answers to its own address only.\n"));
    }
    let lower = request.uri().path().to_ascii_lowercase();
    let is_odd = lower.contains(['\\', '\0', '#']) || ["%2f", "%5c", "%00"].iter().any(|odd| lower.contains(odd));
    is_odd.then_some((StatusCode::BAD_REQUEST, "This is not an address.\n"))
}

/// Whether a `Host` header names the very address that the connection was made to: a name that was made to point here by
/// somebody else (DNS rebinding) does not.
fn is_own_host(host: &str, local: SocketAddr) -> bool {
    let own = SocketAddr::new(local.ip().to_canonical(), local.port());
    let localhost = |ip: IpAddr| ip.is_loopback() && host == format!("localhost:{}", local.port());
    let without_port = || match own.ip() {
        IpAddr::V4(ip) => host == ip.to_string() || ip.is_loopback() && host == "localhost",
        IpAddr::V6(ip) => host == format!("[{ip}]") || ip.is_loopback() && host == "localhost",
    };
    host == own.to_string() || localhost(own.ip()) || local.port() == 80 && without_port()
}

/// Whether a request comes from a page of this very server, as far as the browser tells.
fn is_own_origin(headers: &HeaderMap, local: SocketAddr, is_required: bool) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    let is_own = match (origins.next(), origins.next()) {
        (None, _) => !is_required,
        (Some(origin), None) => (origin.to_str().ok())
            .and_then(|origin| origin.strip_prefix("http://"))
            .is_some_and(|host| is_own_host(host, local)),
        _ => false,
    };
    let site = headers.get("sec-fetch-site").map_or("same-origin", |site| site.to_str().unwrap_or(""));
    is_own && matches!(site, "same-origin" | "none")
}

async fn route(preview: Arc<Preview>, local: SocketAddr, request: Request<Incoming>) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let own = path.strip_prefix(OWN).map(str::to_owned);
    if own.as_deref() == Some("edit") {
        return edit(preview, local, request).await;
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "Pages can be read, and nothing else.\n");
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let headers = request.headers();
    if own.is_some() && !is_own_origin(headers, local, false) {
        return plain(StatusCode::FORBIDDEN, "This is for the pages of the preview only.\n");
    }
    match own.as_deref() {
        Some("client.js") => file(headers, "text/javascript; charset=utf-8", StatusCode::OK, CLIENT.into()),
        Some("worker.js") => file(headers, "text/javascript; charset=utf-8", StatusCode::OK, WORKER.into()),
        Some("client.css") => file(headers, "text/css; charset=utf-8", StatusCode::OK, STYLE.into()),
        Some("events") => events(preview).await,
        Some("page") => {
            let query = request.uri().query().unwrap_or("").to_owned();
            about(preview, query).await
        }
        // What a browser fetches ahead it shows later without asking again, and by then it is old.
        _ if headers.contains_key("sec-purpose") => plain(StatusCode::SERVICE_UNAVAILABLE, "Not ahead of time.\n"),
        Some(_) => plain(StatusCode::NOT_FOUND, "There is nothing here.\n"),
        None => {
            let headers = headers.clone();
            aside(move || page(&preview, &path, &headers)).await
        }
    }
}

/// Does work that takes a while where it holds up no connection.
async fn aside(work: impl FnOnce() -> Response<Body> + Send + 'static) -> Response<Body> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR, "The preview stumbled; this is a bug.\n"))
}

fn page(preview: &Preview, path: &str, headers: &HeaderMap) -> Response<Body> {
    match preview.shelf.answer(path) {
        Answer::File { name, bytes, is_page, is_found } => {
            let status = if is_found { StatusCode::OK } else { StatusCode::NOT_FOUND };
            if is_page {
                return file(headers, "text/html; charset=utf-8", status, with_script(&bytes).into());
            }
            file(headers, &media::type_of(&name), status, Bytes::from_owner(bytes))
        }
        Answer::Slash(target) => match HeaderValue::from_str(&target) {
            Ok(target) => {
                let mut response = plain(StatusCode::TEMPORARY_REDIRECT, "");
                response.headers_mut().insert(LOCATION, target);
                response
            }
            Err(_) => plain(StatusCode::BAD_REQUEST, "This is not an address.\n"),
        },
        Answer::Failed => {
            let page = format!(
                "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n{SCRIPT}<meta charset=\"utf-8\">\n<title>Not made</title>\n</head>\n\
                 <body>\n<main>\n<h1>This page could not be made</h1>\n</main>\n</body>\n</html>\n"
            );
            file(headers, "text/html; charset=utf-8", StatusCode::INTERNAL_SERVER_ERROR, page.into())
        }
    }
}

/// The page as `build` writes it, with the line that brings the preview's script. It stands first in the head: half a tag in the
/// text may swallow all that comes behind it, and scripts of the theme run after it.
fn with_script(page: &[u8]) -> Vec<u8> {
    let head = page.windows(5).position(|window| window.eq_ignore_ascii_case(b"<head"));
    let open = head.and_then(|at| Some(at + page[at..].iter().position(|byte| *byte == b'>')? + 1));
    let at = open.map_or(page.len(), |at| at + usize::from(page.get(at) == Some(&b'\n')));
    [&page[..at], SCRIPT.as_bytes(), &page[at..]].concat()
}

fn file(headers: &HeaderMap, media_type: &str, status: StatusCode, bytes: Bytes) -> Response<Body> {
    let tag = format!("\"{}\"", Fingerprint::of(&bytes).to_short_hex());
    let is_known = headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let (status, body) = match (is_known, status) {
        (true, StatusCode::OK) => (StatusCode::NOT_MODIFIED, Bytes::new()),
        _ => (status, bytes),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let media_type = HeaderValue::from_str(media_type).expect("media types are plain ASCII");
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response.headers_mut().insert(ETAG, HeaderValue::from_str(&tag).expect("hexadecimal digits"));
    response
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// What happens, as it happens: one line of JSON an event. The first says what is shown now.
async fn events(preview: Arc<Preview>) -> Response<Body> {
    if preview.told.receiver_count() >= MOST_STREAMS {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "Enough listen already.\n");
    }
    let told = BroadcastStream::new(preview.told.subscribe());
    let now = {
        let preview = Arc::clone(&preview);
        move || preview.now().to_string()
    };
    let Ok(first) = tokio::task::spawn_blocking(now.clone()).await else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "The preview stumbled; this is a bug.\n");
    };
    let told = told.map(move |event| match event {
        Ok(event) => event,
        // Who could not follow is told where things stand.
        Err(_) => now(),
    });
    let all = tokio_stream::once(first).chain(told).map(|data| Ok::<_, Infallible>(Event::default().data(data)));
    let first = Duration::from_millis(300);
    let all = all.map(move |event| event.map(|event| event.retry(first)));
    Sse::new(all).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response()
}

/// What the author should know of a page: `at=` and its path, as in an address.
async fn about(preview: Arc<Preview>, query: String) -> Response<Body> {
    let path = query.split('&').find_map(|part| part.strip_prefix("at=")).unwrap_or("/").to_owned();
    let path = crate::base::path::percent_decoded(&path);
    aside(move || {
        let edition = preview.shelf.edition();
        let file = file_of(&path, edition.base());
        json_answer(StatusCode::OK, &preview.about(&edition, &file))
    })
    .await
}

async fn edit(preview: Arc<Preview>, local: SocketAddr, request: Request<Incoming>) -> Response<Body> {
    let refused = |status, why: &str| json_answer(status, &json!({ "error": why }));
    if request.method() != Method::POST {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "");
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    let is_json = request.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes() == b"application/json");
    if !is_own_origin(request.headers(), local, true) || !is_json {
        return refused(StatusCode::FORBIDDEN, "Edits come from the pages of the preview only.");
    }
    let token = request.headers().get("x-throughline-token").cloned();
    if !token.is_some_and(|token| preview.has_token(token.as_bytes())) {
        return refused(StatusCode::FORBIDDEN, "This page belongs to an earlier preview: load it again.");
    }
    let body = Body::new(request.into_body());
    let read = tokio::time::timeout(PATIENCE, to_bytes(body, LARGEST_EDIT)).await;
    let Ok(Ok(body)) = read else { return refused(StatusCode::BAD_REQUEST, "This is not an edit.") };
    aside(move || match preview.edit(&body) {
        Ok(done) => json_answer(StatusCode::OK, &done),
        Err(why) => json_answer(StatusCode::CONFLICT, &json!({ "error": why })),
    })
    .await
}

fn json_answer(status: StatusCode, value: &serde_json::Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A channel for what is told to all browsers; who falls behind by more is told where things stand.
pub(super) fn channel() -> broadcast::Sender<String> {
    broadcast::Sender::new(64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_address_of_the_connection_is_a_host() {
        let local: SocketAddr = "127.0.0.1:4747".parse().expect("an address");
        for host in ["127.0.0.1:4747", "localhost:4747"] {
            assert!(is_own_host(host, local), "{host}");
        }
        for host in [
            "",
            "localhost",
            "127.0.0.1",
            "evil.example:4747",
            "localhost:4748",
            "[::1]:4747",
            "LOCALHOST:4747",
            "127.0.0.1:4747.evil.example",
            "127.0.0.2:4747",
            "localhost@evil.example:4747",
        ] {
            assert!(!is_own_host(host, local), "{host}");
        }
        let lan: SocketAddr = "192.168.1.7:80".parse().expect("an address");
        assert!(is_own_host("192.168.1.7", lan) && is_own_host("192.168.1.7:80", lan));
        assert!(!is_own_host("localhost", lan));
    }

    #[test]
    fn the_script_stands_first_in_the_head_and_nothing_else_changes() {
        for page in ["<html><head><title>x</title>", "<html>\n<HEAD lang=\"a\">\n<title>x</title>", "no head"] {
            let with = String::from_utf8(with_script(page.as_bytes())).expect("text");
            assert_eq!(with.replacen(SCRIPT, "", 1), page);
            assert!(!with.contains("<title>") || with.contains(&format!("{SCRIPT}<title>")), "{with}");
        }
    }
}
