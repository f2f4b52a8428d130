//! A book from one text with `-- path --` lines, and the program run on it.

pub(crate) mod cloudflare;
pub(crate) mod exports;
pub(crate) mod hosts;
pub(crate) mod http;
pub(crate) mod manual;
pub(crate) mod netlify;
pub(crate) mod preview;
pub(crate) mod publish;
pub(crate) mod s3;
pub(crate) mod server;
pub(crate) mod threads;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) struct Book {
    pub(crate) root: tempfile::TempDir,
}

pub(crate) const ESSAY: &str = "+++\ntitle = \"One\"\ndate = 2020-01-02\n+++\n";

impl Book {
    pub(crate) fn new(files: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        let mut name: Option<PathBuf> = None;
        let mut text = String::new();
        let mut special = String::new();
        for line in files.lines().chain(["-- end --"]) {
            let Some(header) = line.strip_prefix("-- ").and_then(|line| line.strip_suffix(" --")) else {
                text.push_str(line);
                text.push('\n');
                continue;
            };
            if let Some(path) = name.take() {
                write(&path, &text, &special);
            }
            text.clear();
            let (path, kind) =
                header.split_once(" (").map_or((header, ""), |(path, kind)| (path, kind.trim_end_matches(')')));
            special = kind.to_owned();
            if path != "end" {
                name = Some(root.path().join(path));
            }
        }
        if !root.path().join("book.toml").exists() {
            fs::write(root.path().join("book.toml"), "title = \"Test\"\n").unwrap();
        }
        Self { root }
    }

    pub(crate) fn path(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_throughline"))
            .args(["--color", "never"])
            .args(arguments)
            .current_dir(self.path())
            .env("RUST_BACKTRACE", "0")
            .output()
            .unwrap()
    }

    /// Builds as of 2026-01-01 and returns the report.
    pub(crate) fn build(&self) -> String {
        let output = self.run(&["build", "--as-of", "2026-01-01"]);
        let report = String::from_utf8(output.stderr).unwrap();
        assert!(!report.contains("panicked"), "{report}");
        report
    }

    /// Builds without any finding.
    pub(crate) fn build_clean(&self) -> &Self {
        assert_eq!(self.build(), "");
        self
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join("public").join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    pub(crate) fn has(&self, file: &str) -> bool {
        self.path().join("public").join(file).exists()
    }
}

fn write(path: &Path, text: &str, special: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    match special.split_once(' ').unwrap_or((special, "")) {
        ("", _) => fs::write(path, text).unwrap(),
        ("symlink", target) => std::os::unix::fs::symlink(target, path).unwrap(),
        ("fifo", _) => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
        ("hex", _) => {
            let digits: String = text.split_whitespace().collect();
            let bytes: Vec<u8> =
                (0..digits.len() / 2).map(|at| u8::from_str_radix(&digits[at * 2..at * 2 + 2], 16).unwrap()).collect();
            fs::write(path, bytes).unwrap();
        }
        ("size", size) => fs::File::create(path).unwrap().set_len(size.parse().unwrap()).unwrap(),
        (other, _) => panic!("unknown kind of file: {other}"),
    }
}

/// Every file below a folder with its bytes.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}
