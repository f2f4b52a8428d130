//! A store that speaks S3, in memory, on a port of this machine. It refuses what a store refuses, by Amazon's description of
//! the interface and of "Signature Calculations for the Authorization Header"; it shares nothing with the program.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use md5::Md5;
use sha2::{Digest, Sha256};

pub(crate) const KEY: &str = "AKTEST";
pub(crate) const SECRET: &str = "s3cr/et+key";
pub(crate) const BUCKET: &str = "site";

/// An object with what was said of it when it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) bytes: Vec<u8>,
    pub(crate) kind: String,
    pub(crate) cache: String,
}

/// What a store does with `If-None-Match: *`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    Kept,
    Ignored,
    Refused,
}

/// An answer in the place of the right one.
#[derive(Clone)]
pub(crate) struct Instead {
    /// How the line of the log begins that it answers.
    pub(crate) on: &'static str,
    pub(crate) times: usize,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    /// Whether what was asked for is done all the same.
    pub(crate) is_done: bool,
}

impl Instead {
    /// An answer of this code, always.
    pub(crate) fn code(on: &'static str, status: u16, code: &str) -> Self {
        Self { on, times: usize::MAX, status, headers: Vec::new(), body: error(code, ""), is_done: false }
    }
}

pub(crate) struct State {
    pub(crate) objects: BTreeMap<String, Object>,
    /// What was asked: method and key, in order.
    pub(crate) log: Vec<String>,
    /// How many connections were opened.
    pub(crate) connections: usize,
    pub(crate) region: String,
    pub(crate) token: Option<String>,
    pub(crate) page: usize,
    pub(crate) condition: Condition,
    pub(crate) has_batches: bool,
    pub(crate) has_bucket: bool,
    /// Entity tags that are no digests.
    pub(crate) is_encrypted: bool,
    /// A byte of what is kept is another than the one that came.
    pub(crate) is_damaged: bool,
    /// Keys that a request for many leaves there, with the code of the reason.
    pub(crate) kept_back: BTreeMap<String, &'static str>,
    /// How far the clock is ahead.
    pub(crate) ahead: Duration,
    pub(crate) instead: Vec<Instead>,
}

pub(crate) struct Server {
    pub(crate) endpoint: String,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            objects: BTreeMap::new(),
            log: Vec::new(),
            connections: 0,
            region: "us-east-1".to_owned(),
            token: None,
            page: 1000,
            condition: Condition::Kept,
            has_batches: true,
            has_bucket: true,
            is_encrypted: false,
            is_damaged: false,
            kept_back: BTreeMap::new(),
            ahead: Duration::ZERO,
            instead: Vec::new(),
        }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                shared.lock().unwrap().connections += 1;
                let state = Arc::clone(&shared);
                std::thread::spawn(move || serve(&stream, &state));
            }
        });
        Self { endpoint, state }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The log since the last time.
    pub(crate) fn taken_log(&self) -> Vec<String> {
        std::mem::take(&mut self.state().log)
    }
}

struct Asked {
    method: String,
    path: String,
    query: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

struct Said {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Said {
    fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    fn xml(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type", "application/xml".to_owned())], body: body.into() }
    }
}

fn error(code: &str, more: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>The {code} message.</Message>{more}\
         <StringToSign>AWS4 {SECRET}</StringToSign><RequestId>1</RequestId></Error>"
    )
}

fn serve(stream: &TcpStream, state: &Mutex<State>) {
    // Without this, an answer waits for the receipt of the one before.
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    while let Some(asked) = receive(&mut reader) {
        let mut state = state.lock().unwrap();
        let now = SystemTime::now() + state.ahead;
        let said = answer(&asked, &mut state, now);
        drop(state);
        let mut head = format!("HTTP/1.1 {} Said\r\n", said.status);
        let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&Timestamp::try_from(now).unwrap()).unwrap();
        let is_head = asked.method == "HEAD";
        let has_length = said.headers.iter().any(|(name, _)| *name == "content-length");
        let length = (!has_length && said.status != 204).then(|| ("content-length", said.body.len().to_string()));
        for (name, value) in said.headers.iter().chain(&length).chain(&[("date", date)]) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut bytes = format!("{head}\r\n").into_bytes();
        if !is_head && said.status != 204 {
            bytes.extend_from_slice(&said.body);
        }
        if writer.write_all(&bytes).is_err() {
            return;
        }
    }
}

fn receive(reader: &mut BufReader<&TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut parts = line.split_whitespace();
    let (method, target) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { method, path: path.to_owned(), query: query.to_owned(), headers, body })
}

fn answer(asked: &Asked, state: &mut State, now: SystemTime) -> Said {
    let path = String::from_utf8(decoded(&asked.path, false)).unwrap();
    let query: BTreeMap<String, String> = pairs(&asked.query).into_iter().collect();
    let (bucket, key) = path[1..].split_once('/').unwrap_or((&path[1..], ""));
    let what = if key.is_empty() { query.keys().next().map_or("", String::as_str) } else { key };
    let line = format!("{} {what}", asked.method);
    state.log.push(line.clone());
    let instead = state.instead.iter_mut().find(|instead| instead.times > 0 && line.starts_with(instead.on));
    if let Some(instead) = instead {
        instead.times -= 1;
        let said = Said { status: instead.status, headers: instead.headers.clone(), body: instead.body.clone().into() };
        if instead.is_done {
            carry_out(asked, key, &query, state);
        }
        return said;
    }
    if let Err((status, code, more)) = check(asked, state, now) {
        return Said::xml(status, error(code, &more));
    }
    if bucket != BUCKET || !state.has_bucket {
        return Said::xml(404, error("NoSuchBucket", ""));
    }
    carry_out(asked, key, &query, state)
}

fn carry_out(asked: &Asked, key: &str, query: &BTreeMap<String, String>, state: &mut State) -> Said {
    match (asked.method.as_str(), key) {
        ("GET", "") => list(query, state),
        ("POST", "") if query.contains_key("delete") => remove(asked, state),
        ("GET" | "HEAD", key) => match state.objects.get(key) {
            Some(object) => Said {
                status: 200,
                headers: vec![
                    ("etag", tag(object, state)),
                    ("content-type", object.kind.clone()),
                    ("content-length", object.bytes.len().to_string()),
                ],
                body: object.bytes.clone(),
            },
            None => Said::xml(404, error("NoSuchKey", "")),
        },
        ("PUT", key) => put(asked, key, state),
        ("DELETE", key) => {
            state.objects.remove(key);
            Said::new(204)
        }
        _ => Said::xml(405, error("MethodNotAllowed", "")),
    }
}

fn put(asked: &Asked, key: &str, state: &mut State) -> Said {
    let header = |name: &str| asked.headers.get(name).cloned().unwrap_or_default();
    if asked.headers.contains_key("if-none-match") {
        match state.condition {
            Condition::Kept if state.objects.contains_key(key) => {
                return Said::xml(412, error("PreconditionFailed", ""));
            }
            Condition::Refused => return Said::xml(501, error("NotImplemented", "")),
            _ => {}
        }
    }
    let mut object = Object { bytes: asked.body.clone(), kind: header("content-type"), cache: header("cache-control") };
    if state.is_damaged
        && let Some(first) = object.bytes.first_mut()
    {
        *first ^= 1;
    }
    let mut said = Said::new(200);
    said.headers.push(("etag", tag(&object, state)));
    if state.is_encrypted {
        said.headers.push(("x-amz-server-side-encryption", "aws:kms".to_owned()));
    }
    state.objects.insert(key.to_owned(), object);
    said
}

fn tag(object: &Object, state: &State) -> String {
    let digest = hex(&Md5::digest(&object.bytes));
    if state.is_encrypted {
        format!("\"{}\"", digest.chars().rev().collect::<String>())
    } else {
        format!("\"{digest}\"")
    }
}

fn list(query: &BTreeMap<String, String>, state: &State) -> Said {
    assert_eq!(query.get("list-type").map(String::as_str), Some("2"));
    let prefix = query.get("prefix").cloned().unwrap_or_default();
    let after = query.get("continuation-token").and_then(|token| token.strip_prefix("after+ ")).unwrap_or_default();
    let mut found = state.objects.iter().filter(|(key, _)| key.starts_with(&prefix) && key.as_str() > after);
    let mut xml =
        String::from("<?xml version=\"1.0\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    let mut last = String::new();
    for (key, object) in found.by_ref().take(state.page) {
        let (size, tag) = (object.bytes.len(), tag(object, state).replace('"', "&quot;"));
        xml.push_str(&format!("<Contents><Key>{}</Key><ETag>{tag}</ETag><Size>{size}</Size></Contents>", escaped(key)));
        last.clone_from(key);
    }
    if found.next().is_some() {
        let token = escaped(&format!("after+ {last}"));
        xml.push_str(&format!("<NextContinuationToken>{token}</NextContinuationToken><IsTruncated>true</IsTruncated>"));
    }
    xml.push_str("</ListBucketResult>");
    Said::xml(200, xml)
}

fn remove(asked: &Asked, state: &mut State) -> Said {
    if !state.has_batches {
        return Said::xml(501, error("NotImplemented", ""));
    }
    if !asked.headers.contains_key("content-md5") {
        return Said::xml(400, error("InvalidRequest", ""));
    }
    let body = String::from_utf8(asked.body.clone()).unwrap();
    let mut xml = String::from("<DeleteResult>");
    let mut count = 0;
    for part in body.split("<Key>").skip(1) {
        let key = part.split("</Key>").next().unwrap();
        let key = key.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        count += 1;
        state.log.push(format!("- {key}"));
        match state.kept_back.get(&key) {
            Some(code) => {
                xml.push_str(&format!("<Error><Key>{}</Key><Code>{code}</Code><Message/></Error>", escaped(&key)));
            }
            None => drop(state.objects.remove(&key)),
        }
    }
    if count > 1000 {
        return Said::xml(400, error("MalformedXML", ""));
    }
    Said::xml(200, xml + "</DeleteResult>")
}

/// What a store checks before it does anything.
fn check(asked: &Asked, state: &State, now: SystemTime) -> Result<(), (u16, &'static str, String)> {
    let refused = |status, code| (status, code, String::new());
    let header = |name: &str| asked.headers.get(name).cloned().unwrap_or_default();
    let signed = header("authorization");
    let part = |name: &str| {
        let (_, rest) = signed.split_once(&format!("{name}="))?;
        Some(rest.split(',').next().unwrap_or(rest).trim().to_owned())
    };
    let (Some(credential), Some(names), Some(signature), true) =
        (part("Credential"), part("SignedHeaders"), part("Signature"), signed.starts_with("AWS4-HMAC-SHA256 "))
    else {
        return Err(refused(403, "AccessDenied"));
    };
    let scope: Vec<&str> = credential.split('/').collect();
    let [key, day, region, "s3", "aws4_request"] = scope[..] else {
        return Err(refused(400, "AuthorizationHeaderMalformed"));
    };
    let date = header("x-amz-date");
    let sent: jiff::civil::DateTime = date.trim_end_matches('Z').parse().map_err(|_| refused(403, "AccessDenied"))?;
    let sent = jiff::tz::TimeZone::UTC.to_timestamp(sent).unwrap();
    if (Timestamp::try_from(now).unwrap().as_second() - sent.as_second()).abs() > 900 {
        return Err(refused(403, "RequestTimeTooSkewed"));
    }
    if !date.starts_with(day) || key != KEY {
        return Err(refused(403, if key == KEY { "SignatureDoesNotMatch" } else { "InvalidAccessKeyId" }));
    }
    if region != state.region {
        let more = format!("<Region>{}</Region>", state.region);
        return Err((400, "AuthorizationHeaderMalformed", more));
    }
    if state.token.as_deref().unwrap_or_default() != header("x-amz-security-token") {
        return Err(refused(400, "ExpiredToken"));
    }
    // Whatever a store looks at must be covered.
    let names_list: Vec<&str> = names.split(';').collect();
    let is_covered = |name: &String| {
        let matters = name.starts_with("x-amz-") || matches!(name.as_str(), "host" | "content-type" | "content-md5");
        !matters || names_list.contains(&name.as_str())
    };
    if !asked.headers.keys().all(is_covered) || !names_list.is_sorted() {
        return Err(refused(403, "SignatureDoesNotMatch"));
    }
    let digest = hex(&Sha256::digest(&asked.body));
    let fields: String = names_list.iter().map(|name| format!("{name}:{}\n", header(name))).collect();
    let mut query: Vec<String> = pairs(&asked.query)
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name, ""), encoded(value, "")))
        .collect();
    query.sort();
    let path = encoded(std::str::from_utf8(&decoded(&asked.path, false)).unwrap(), "/");
    let canonical = [&asked.method, &path, &query.join("&"), &fields, &names, &header("x-amz-content-sha256")]
        .map(String::as_str)
        .join("\n");
    let scope = format!("{day}/{region}/s3/aws4_request");
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let seed = format!("AWS4{SECRET}").into_bytes();
    let own = [day, region, "s3", "aws4_request", &text].iter().fold(seed, |key, text| keyed(&key, text.as_bytes()));
    if signature != hex(&own) {
        return Err(refused(403, "SignatureDoesNotMatch"));
    }
    if header("x-amz-content-sha256") != digest {
        return Err(refused(400, "XAmzContentSHA256Mismatch"));
    }
    let md5 = header("content-md5");
    if !md5.is_empty() && md5 != STANDARD.encode(Md5::digest(&asked.body)) {
        return Err(refused(400, "BadDigest"));
    }
    Ok(())
}

/// HMAC with SHA-256, by RFC 2104.
fn keyed(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = Sha256::digest([&block.map(|byte| byte ^ 0x36), text].concat());
    Sha256::digest([&block.map(|byte| byte ^ 0x5c), inner.as_slice()].concat()).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let plain = |text: &str| String::from_utf8(decoded(text, true)).unwrap();
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (plain(name), plain(value)))
        .collect()
}

fn decoded(text: &str, is_query: bool) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut plain = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let code = text.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (bytes[at], code) {
            (b'%', Some(byte)) => {
                plain.push(byte);
                at += 3;
                continue;
            }
            (b'+', _) if is_query => plain.push(b' '),
            (byte, _) => plain.push(byte),
        }
        at += 1;
    }
    plain
}

fn encoded(text: &str, kept: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ if kept.as_bytes().contains(&byte) => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
