//! A server on this machine that answers as it is told, and remembers what it was asked.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// What the server does when a path is asked for; one after the other, the last one again and again.
#[derive(Clone)]
pub(crate) enum Answer {
    Json(Value),
    Raw(&'static str),
    /// Takes the question and says nothing until the other side goes away.
    Silence,
    /// Closes the connection.
    Close,
    /// Never stops.
    Endless,
}

pub(crate) struct Server {
    pub(crate) address: String,
    heard: Arc<Heard>,
}

#[derive(Default)]
struct Heard {
    asked: Mutex<Vec<String>>,
    /// What was sent, by the path it was sent to.
    sent: Mutex<Vec<(String, String)>>,
}

impl Server {
    pub(crate) fn start(answers: Vec<(&str, Vec<Answer>)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Heard::default());
        let answers: BTreeMap<String, Vec<Answer>> =
            answers.into_iter().map(|(path, answers)| (path.to_owned(), answers)).collect();
        let state = Arc::new((answers, Mutex::new(BTreeMap::<String, usize>::new())));
        let shared = Arc::clone(&heard);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (state, heard) = (Arc::clone(&state), Arc::clone(&shared));
                thread::spawn(move || serve(stream, &state.0, &state.1, &heard));
            }
        });
        Self { address, heard }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.heard.asked.lock().unwrap().clone()
    }

    /// Paths and what was sent to them, in order.
    pub(crate) fn sent(&self) -> Vec<(String, String)> {
        self.heard.sent.lock().unwrap().clone()
    }
}

/// One request for each connection: nothing hangs on a connection that is kept.
fn serve(
    mut stream: TcpStream,
    answers: &BTreeMap<String, Vec<Answer>>,
    counts: &Mutex<BTreeMap<String, usize>>,
    heard: &Heard,
) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    let mut length = 0;
    let mut line = String::new();
    reader.read_line(&mut first).unwrap();
    let mut token = String::new();
    while reader.read_line(&mut line).unwrap_or(0) > 2 {
        let lower = line.to_lowercase();
        if let Some(rest) = lower.strip_prefix("content-length:") {
            length = rest.trim().parse().unwrap();
        }
        if lower.starts_with("authorization:") {
            token = format!(" {}", line.trim());
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let path = first.split_whitespace().nth(1).unwrap_or("").to_owned();
    heard.asked.lock().unwrap().push(format!("{path}{token}"));
    if first.starts_with("POST") {
        heard.sent.lock().unwrap().push((path.clone(), String::from_utf8(body).unwrap()));
    }
    let answer = {
        let mut counts = counts.lock().unwrap();
        let count = counts.entry(path.clone()).or_default();
        *count += 1;
        answers.get(&path).map(|list| list[(*count - 1).min(list.len() - 1)].clone())
    };
    let reply = |kind: &str, body: &str| {
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
    };
    let text = match answer {
        None => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned(),
        Some(Answer::Json(value)) => reply("application/json", &value.to_string()),
        Some(Answer::Raw(text)) => text.to_owned(),
        Some(Answer::Close) => return,
        Some(Answer::Silence) => {
            let mut byte = [0];
            drop(stream.read(&mut byte));
            return;
        }
        Some(Answer::Endless) => {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n[";
            let mut sent = stream.write_all(head.as_bytes());
            while sent.is_ok() {
                sent = stream.write_all(&[b' '; 1 << 16]);
            }
            return;
        }
    };
    // A client that has gone is no failure of the server.
    drop(stream.write_all(text.as_bytes()));
}
