//! One run of the program, with its time, processor time and peak memory.

use std::fmt;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a run cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figure {
    /// From start to end.
    pub(crate) seconds: f64,
    /// On all cores together.
    pub(crate) processor: f64,
    /// The most memory it held, in MiB.
    pub(crate) peak: f64,
}

/// How often a second the process is looked at; its peak is kept by the system, so only the last look counts.
const LOOK: Duration = Duration::from_millis(2);

/// Runs the program in a book to its end.
pub(crate) fn run(book: &Path, arguments: &[&str]) -> Figure {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_throughline"))
        .arg("-C")
        .arg(book)
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let (mut peak, mut ticks) = (0.0_f64, 0.0_f64);
    let status = loop {
        peak = peak.max(peak_of(child.id()).unwrap_or(0.0));
        ticks = ticks.max(ticks_of(child.id()).unwrap_or(0.0));
        match child.try_wait().expect("a child of ours") {
            Some(status) => break status,
            None => std::thread::sleep(LOOK),
        }
    };
    let seconds = start.elapsed().as_secs_f64();
    assert!(status.code().is_some_and(|code| code < 2), "{arguments:?} ended with {status}");
    Figure { seconds, processor: ticks / 100.0, peak }
}

fn peak_of(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
}

/// User and system time in hundredths of a second.
fn ticks_of(process: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some(fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?)
}

/// Rows of figures under a title.
pub(crate) struct Table {
    text: String,
}

impl Table {
    pub(crate) fn new(title: &str) -> Self {
        let head = format!("{:<24} {:>9} {:>9} {:>10}", "", "seconds", "CPU", "peak MiB");
        Self { text: format!("{title}\n{head}\n") }
    }

    pub(crate) fn row(&mut self, name: &str, figure: &Figure, more: &str) {
        let Figure { seconds, processor, peak } = figure;
        let row = format!("{name:<24} {seconds:>9.2} {processor:>9.2} {peak:>10.0}  {more}");
        self.text.push_str(row.trim_end());
        self.text.push('\n');
    }
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}
