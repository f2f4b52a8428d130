//! Programs that are started by name. Knows the browser, and nothing else.

use std::process::{Command, Stdio};

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
