//! One run of a program, with its time, processor time and peak memory as the system accounts for them.
//!
//! The system counts the memory of whoever starts a process as that of the process, too. So each run is started by a small
//! process of its own: this program again, with the part `watched`.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use rustix::process::{Resource, Rlimit, setrlimit};
use wait4::Wait4;

/// What a run cost.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figure {
    /// From start to end.
    pub(crate) seconds: f64,
    /// On all cores together.
    pub(crate) processor: f64,
    /// The most memory it held, in MiB.
    pub(crate) peak: f64,
}

impl Figure {
    /// The run in the middle, by its time, with the processor time and the memory in the middle.
    pub(crate) fn median(runs: &[Self]) -> Self {
        let middle = |of: fn(&Self) -> f64| median(runs.iter().map(of).collect());
        Self {
            seconds: middle(|run| run.seconds),
            processor: middle(|run| run.processor),
            peak: middle(|run| run.peak),
        }
    }
}

/// The number in the middle; of an even count the lower of the two.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[(numbers.len() - 1) / 2]
}

/// The program that is measured: `THROUGHLINE` in the environment, or the one that was compiled with this.
pub(crate) fn program() -> PathBuf {
    std::env::var_os("THROUGHLINE").map_or_else(|| env!("CARGO_BIN_EXE_throughline").into(), PathBuf::from)
}

/// Runs the program in a book to its end.
pub(crate) fn run(book: &Path, arguments: &[&str]) -> Figure {
    let place = [OsStr::new("-C"), book.as_os_str()];
    let arguments: Vec<&OsStr> = place.into_iter().chain(arguments.iter().map(OsStr::new)).collect();
    run_any(&program(), &arguments, None)
}

/// Runs any program to its end, with so many open files allowed.
pub(crate) fn run_any(program: &Path, arguments: &[&OsStr], open_files: Option<u64>) -> Figure {
    let output = Command::new(std::env::current_exe().expect("this program has a file"))
        .arg("watched")
        .arg(open_files.unwrap_or(0).to_string())
        .arg(program)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .expect("this program starts again");
    assert!(output.status.success(), "{} {arguments:?} failed", program.display());
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [seconds, processor, peak] = numbers[..] else { panic!("`watched` said {text:?}") };
    Figure { seconds, processor, peak }
}

/// The part `watched`: runs a program and prints what it cost.
pub(crate) fn watch(arguments: &[OsString]) {
    let [open_files, program, arguments @ ..] = arguments else { panic!("`watched` wants a limit and a program") };
    let open_files: u64 = open_files.to_string_lossy().parse().expect("a number of files");
    if open_files > 0 {
        let limit = Rlimit { current: Some(open_files), maximum: Some(open_files) };
        setrlimit(Resource::Nofile, limit).expect("a limit can be lowered");
    }
    let start = Instant::now();
    let ended = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .and_then(Wait4::wait4)
        .unwrap_or_else(|why| panic!("{} does not run: {why}", program.display()));
    let seconds = start.elapsed().as_secs_f64();
    assert!(ended.status.code().is_some_and(|code| code < 2), "{arguments:?} ended with {}", ended.status);
    let processor = (ended.rusage.utime + ended.rusage.stime).as_secs_f64();
    println!("{seconds:.6} {processor:.6} {:.3}", ended.rusage.maxrss as f64 / f64::from(1 << 20));
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
