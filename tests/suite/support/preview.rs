//! A preview that runs, and requests to it over plain sockets.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The line that the preview adds to every page.
pub(crate) const SCRIPT: &str = "<script src=\"/_throughline/client.js\" defer></script>\n";

/// Whatever takes longer than this does not happen at all.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

pub(crate) struct Preview {
    child: Child,
    pub(crate) address: SocketAddr,
    /// What it said until it was ready.
    pub(crate) said: String,
    connection: Option<BufReader<TcpStream>>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

impl Preview {
    /// Starts a preview of the book in this folder on a free port.
    pub(crate) fn start(book: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_throughline"))
            .args(["--color", "never", "serve"])
            .args(if arguments.contains(&"--port") { &[][..] } else { &["--port", "0"][..] })
            .args(arguments)
            .current_dir(book)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        let address = loop {
            let before = said.len();
            assert!(lines.read_line(&mut said).unwrap() > 0, "the preview ended: {said}");
            let found = said[before..].split("http://").nth(1).and_then(|rest| rest.split('/').next()?.parse().ok());
            if let Some(address) = found {
                break address;
            }
        };
        // What it says later must not fill the pipe.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Self { child, address, said, connection: None }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the end of the process.
    pub(crate) fn wait(&mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }

    /// Sends these bytes on a connection of their own and reads to its end.
    pub(crate) fn raw(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        read(&mut BufReader::new(stream)).unwrap()
    }

    /// Asks with further header lines, each with its line break.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &str) -> Answer {
        let address = self.address;
        self.raw(&format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n"))
    }

    /// Asks for a page, on a connection that is kept.
    pub(crate) fn get(&mut self, path: &str) -> Answer {
        for _ in 0..2 {
            let address = self.address;
            let connection = self.connection.get_or_insert_with(|| {
                let stream = TcpStream::connect(address).unwrap();
                stream.set_read_timeout(Some(LIMIT)).unwrap();
                BufReader::new(stream)
            });
            let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n");
            if connection.get_mut().write_all(request.as_bytes()).is_ok()
                && let Ok(answer) = read(connection)
            {
                return answer;
            }
            // A connection that nothing is said on for a while is closed by the other side.
            self.connection = None;
        }
        panic!("the preview does not answer for {path}")
    }

    /// Asks until the answer is as wanted.
    pub(crate) fn wait_for(&mut self, path: &str, what: &str, is_wanted: impl Fn(&Answer) -> bool) -> Answer {
        let start = Instant::now();
        loop {
            let answer = self.get(path);
            if is_wanted(&answer) {
                return answer;
            }
            assert!(start.elapsed() < LIMIT, "{path} never shows {what}, but {}: {}", answer.status, answer.text());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn read(stream: &mut BufReader<TcpStream>) -> std::io::Result<Answer> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| std::io::Error::other(format!("no answer but {line:?}")))?;
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let mut body = Vec::new();
    if let Some(length) = headers.get("content-length") {
        body.resize(length.parse().unwrap(), 0);
        stream.read_exact(&mut body)?;
    }
    Ok(Answer { status, headers, body })
}
