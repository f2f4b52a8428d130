//! Programs of this machine, and what tells it from others. Knows nothing of what programs say.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::base::fingerprint::Fingerprint;

/// What a program is started with.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Its name, looked for where the system looks.
    pub name: String,
    /// Its arguments. Secrets do not belong here: every process of the machine can read them.
    pub arguments: Vec<OsString>,
    /// What is set in its environment besides everything that is set in ours.
    pub environment: Vec<(String, String)>,
    /// What of our environment it does not see.
    pub hidden: Vec<String>,
    /// What it reads from standard input.
    pub input: Vec<u8>,
}

impl Program {
    /// A program with its arguments.
    pub fn new<A: Into<OsString>>(name: impl Into<String>, arguments: impl IntoIterator<Item = A>) -> Self {
        Self { name: name.into(), arguments: arguments.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// The same with something set in its environment.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// The same without these of our environment.
    #[must_use]
    pub fn without(mut self, names: &[&str]) -> Self {
        self.hidden.extend(names.iter().map(|name| (*name).to_owned()));
        self
    }

    /// The same with something to read.
    #[must_use]
    pub fn reading(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its exit status; `None` where a signal ended it.
    pub status: Option<i32>,
    /// What it wrote to standard output.
    pub output: Vec<u8>,
    /// What it wrote to standard error.
    pub errors: String,
}

impl Ended {
    /// Whether it did what it was asked.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.status == Some(0)
    }
}

/// Runs a program to its end, in a folder. It is never asked anything on a terminal that it could not answer from its own
/// settings: its standard input is what `input` says.
///
/// # Errors
/// It is not installed, or cannot be started; as a sentence.
pub fn run(program: &Program, folder: &Path) -> Result<Ended, String> {
    follow(program, folder, &mut |_| {})
}

/// Runs a program as `run` does, and hands over each line that it writes to standard output as soon as it is whole.
///
/// # Errors
/// As with `run`.
pub fn follow(program: &Program, folder: &Path, line: &mut dyn FnMut(&str)) -> Result<Ended, String> {
    let mut command = Command::new(&program.name);
    for name in &program.hidden {
        command.env_remove(name);
    }
    command
        .args(&program.arguments)
        .current_dir(folder)
        .envs(program.environment.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("the program `{}` is not installed", program.name),
        _ => format!("the program `{}` cannot be started: {error}", program.name),
    })?;
    let (mut input, mut errors) = (child.stdin.take(), child.stderr.take());
    // All three at once: a program that waits for one of them to be read or written would wait for ever.
    let (output, errors) = std::thread::scope(|scope| {
        scope.spawn(move || {
            if let Some(input) = &mut input {
                // A program that reads no further says why by its status.
                drop(input.write_all(&program.input));
            }
        });
        let errors = scope.spawn(move || {
            let mut bytes = Vec::new();
            // What was written before a broken pipe is all there is.
            errors.as_mut().map(|errors| errors.read_to_end(&mut bytes));
            bytes
        });
        let mut output = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            let mut stdout = BufReader::new(stdout);
            let mut from = 0;
            // What was written before a broken pipe is all there is.
            while stdout.read_until(b'\n', &mut output).is_ok_and(|count| count > 0) {
                line(String::from_utf8_lossy(&output[from..]).trim_end_matches(['\n', '\r']));
                from = output.len();
            }
        }
        (output, errors.join().unwrap_or_default())
    });
    let status = child.wait().map_err(|error| format!("the program `{}` was lost: {error}", program.name))?;
    Ok(Ended { status: status.code(), output, errors: String::from_utf8_lossy(&errors).into_owned() })
}

/// The variable that carries a password to this very program where ssh calls it back to ask for one.
pub const ANSWER: &str = "THROUGHLINE_ANSWER";

/// Answers ssh, which asks its question by the first argument, where this program was named to it as the one to ask; `None` where
/// the program was started for anything else. Only a password is told, whatever else may be asked: a host that is not known must
/// not be agreed to, and the passphrase of a key is not what we have.
///
/// # Errors
/// The question is another one, or nobody reads the answer.
#[must_use]
pub fn answer(question: Option<&std::ffi::OsStr>) -> Option<Result<(), ()>> {
    let password = std::env::var(ANSWER).ok()?;
    let question = question.unwrap_or_default().to_string_lossy().to_lowercase();
    if !question.contains("password") {
        return Some(Err(()));
    }
    Some(writeln!(std::io::stdout(), "{password}").map_err(|_| ()))
}

/// The path of this very program, for programs that call back.
#[must_use]
pub fn own_path() -> Option<String> {
    std::env::current_exe().ok()?.into_os_string().into_string().ok()
}

/// Digits that tell this machine from others, so that its processes can be told from theirs: machines of one name are told apart
/// by when they were started, and containers by the processes that they see. Nothing of it can be read from the digits.
#[must_use]
pub fn machine() -> String {
    #[cfg(unix)]
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").unwrap_or_default();
    // Other systems than Linux have neither, and are known by name.
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let processes = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    Fingerprint::of(format!("{name}\n{boot}\n{}", processes.display()).as_bytes()).to_short_hex()
}

/// Whether no process of this machine has this number any more; never where that cannot be told.
#[must_use]
pub fn is_gone(process: u32) -> bool {
    #[cfg(unix)]
    {
        let Some(process) = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw) else { return true };
        rustix::process::test_kill_process(process) == Err(rustix::io::Errno::SRCH)
    }
    #[cfg(not(unix))]
    {
        let _ = process;
        false
    }
}

/// Opens an address in the browser of this machine; false where none can be started.
#[must_use]
pub fn open_in_browser(address: &str) -> bool {
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    let mut command = Command::new(program);
    command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return false };
    // Some openers stay as long as the browser does: somebody must hear of their end, or they remain as zombies.
    std::thread::spawn(move || child.wait());
    true
}
