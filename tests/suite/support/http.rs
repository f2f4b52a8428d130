//! A server of HTTP/1.1 on this machine, in plain threads: connections stay open, and may be cut on demand.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use throughline::base::path::percent_decoded;

/// A request as it came.
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path as it was written, without the query.
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    /// By names in small letters.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The parts of the path, each with its percent signs undone.
    pub(crate) fn parts(&self) -> Vec<String> {
        self.path.trim_start_matches('/').split('/').map(percent_decoded).collect()
    }

    pub(crate) fn number(&self, key: &str, otherwise: usize) -> usize {
        self.query.get(key).map_or(otherwise, |text| text.parse().unwrap())
    }
}

/// An answer; `None` in its place cuts the connection.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn json(status: u16, value: &serde_json::Value) -> Self {
        Self::new(status, value.to_string()).with("Content-Type", "application/json")
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

type Answer = dyn Fn(&Request) -> Option<Reply> + Send + Sync;

/// A server that ends with the test.
pub(crate) struct Server {
    address: SocketAddr,
    answer: Arc<Mutex<Option<Arc<Answer>>>>,
}

impl Server {
    pub(crate) fn start(answer: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answer: Arc<Mutex<Option<Arc<Answer>>>> = Arc::new(Mutex::new(Some(Arc::new(answer))));
        let shared = Arc::clone(&answer);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Some(answer) = shared.lock().unwrap().clone() else { return };
                let Ok(stream) = stream else { continue };
                thread::spawn(move || converse(&stream, &*answer));
            }
        });
        Self { address, answer }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        *self.answer.lock().unwrap() = None;
        // Wakes the thread that waits for the next connection; it may be gone already.
        drop(TcpStream::connect(self.address));
    }
}

fn converse(stream: &TcpStream, answer: &Answer) {
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    while let Some(request) = read(&mut reader) {
        let Some(reply) = answer(&request) else { return };
        let mut head = format!("HTTP/1.1 {} X\r\nContent-Length: {}\r\n", reply.status, reply.body.len());
        for (name, value) in &reply.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let sent = writer.write_all(format!("{head}\r\n").as_bytes()).and_then(|()| writer.write_all(&reply.body));
        if sent.is_err() {
            return;
        }
    }
}

fn read(reader: &mut impl BufRead) -> Option<Request> {
    let first = line(reader)?;
    let mut words = first.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    while let Some((name, value)) = line(reader)?.split_once(':') {
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = query.split('&').filter_map(|pair| pair.split_once('='));
    let query = query.map(|(key, value)| (key.to_owned(), percent_decoded(value))).collect();
    let mut body = vec![0; headers.get("content-length").map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, path: path.to_owned(), query, headers, body })
}

fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut text = String::new();
    reader.read_line(&mut text).ok().filter(|length| *length > 0)?;
    Some(text.trim_end().to_owned())
}

/// What goes wrong on demand.
#[derive(Clone)]
pub(crate) enum Trouble {
    /// The connection breaks before anything is done.
    Cut,
    /// The connection breaks after all is done.
    Lost,
    /// This is answered, and nothing is done.
    Says(u16, &'static str, Fields),
}

/// Header fields.
pub(crate) type Fields = &'static [(&'static str, &'static str)];

/// A trouble that waits for its requests.
struct Waiting {
    /// How method and path of the requests begin.
    begins: String,
    /// How many of them pass before.
    after: usize,
    /// How many it meets.
    times: usize,
    trouble: Trouble,
}

/// Troubles that wait for their requests, and what was asked so far.
#[derive(Clone, Default)]
pub(crate) struct Troubles {
    waiting: Arc<Mutex<Vec<Waiting>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Troubles {
    /// The requests whose method and path begin like this: after the first so many, that many go wrong.
    pub(crate) fn add(&self, begins: &str, after: usize, times: usize, trouble: Trouble) {
        self.waiting.lock().unwrap().push(Waiting { begins: begins.to_owned(), after, times, trouble });
    }

    /// Whether all that should go wrong has.
    pub(crate) fn are_over(&self) -> bool {
        self.waiting.lock().unwrap().iter().all(|waiting| waiting.times == 0)
    }

    /// The host works again.
    pub(crate) fn clear(&self) {
        self.waiting.lock().unwrap().clear();
    }

    /// Method and path of every request since the last time this was called.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// Answers, or goes wrong.
    pub(crate) fn answer(&self, request: &Request, work: impl FnOnce() -> Reply) -> Option<Reply> {
        let what = format!("{} {}", request.method, request.path);
        self.asked.lock().unwrap().push(what.clone());
        let mut due = None;
        for waiting in self.waiting.lock().unwrap().iter_mut() {
            if !what.starts_with(&waiting.begins) || waiting.times == 0 {
                continue;
            }
            if waiting.after > 0 {
                waiting.after -= 1;
            } else if due.is_none() {
                waiting.times -= 1;
                due = Some(waiting.trouble.clone());
            }
        }
        match due {
            None => Some(work()),
            Some(Trouble::Cut) => None,
            Some(Trouble::Lost) => {
                drop(work());
                None
            }
            Some(Trouble::Says(status, text, headers)) => {
                let reply = Reply::new(status, text);
                Some(headers.iter().fold(reply, |reply, (name, value)| reply.with(name, *value)))
            }
        }
    }
}
