//! `serve`.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;

use super::leaves;
use crate::base::words::counted;
use crate::cli;
use crate::io::error::Error;
use crate::io::terminal::{Format, Terminal};
use crate::io::{disk, net, process};
use crate::load::Options;
use crate::model::source::Holds;
use crate::serve::{News, Settings, serve};

pub(super) fn run(options: &cli::Serve, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    let ip = options.host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let listener = net::listen(ip, options.port)?;
    let address = listener.local_addr().map_err(|source| Error::Listen { address: ip.to_string(), source })?;
    if address.port() != options.port && options.port != 0 {
        terminal.say(&format!("Port {} is taken, so this is port {}.", options.port, address.port()));
    }
    let seen_from = if ip.is_unspecified() { net::address_in_network().unwrap_or(ip) } else { ip };
    let url = format!("http://{}/", std::net::SocketAddr::new(seen_from, address.port()));
    // A day that is named asks what readers see on it; without one, the author sees all that is being written.
    let with_drafts = options.drafts || options.as_of.is_none();
    // Whoever writes changes files all the time: what is shown is made of what was read.
    let load = Options {
        with_drafts,
        as_of: options.as_of,
        holds: Holds { sources: usize::MAX, ..Holds::default() },
        ..Options::default()
    };
    let what = match (with_drafts, options.as_of) {
        (true, None) => ", drafts and scheduled essays too".to_owned(),
        (true, Some(day)) => format!(" as of {day}, drafts and scheduled essays too"),
        (false, Some(day)) => format!(" as readers see them on {day}"),
        (false, None) => " as readers see them".to_owned(),
    };
    let is_read_only = !ip.is_loopback();
    let settings = Settings {
        leaves: Arc::new(leaves::open(options.no_cache, &root, terminal)),
        root,
        options: load,
        is_polled: options.poll,
        follows: options.follow,
        is_read_only,
        editor: editor(&options.editor)?,
    };
    let mut tell = |news: News<'_>| match news {
        News::Ready { essays, concepts } => {
            if terminal.format == Format::Human {
                terminal.say(&format!(
                    "Showing {} and {}{what}: {url} (Ctrl-C ends it)",
                    counted(essays, "essay"),
                    counted(concepts, "concept"),
                ));
            } else {
                let line = serde_json::json!({ "address": url, "essays": essays, "concepts": concepts });
                terminal.write_out(&line.to_string());
            }
            if is_read_only {
                terminal.say(&format!(
                    "Anyone in your network can read it there; nobody can edit from there.\n{}",
                    code(&url)
                ));
            }
            if options.open && !process::open_in_browser(&url) {
                terminal.say("No browser could be started: open the address yourself.");
            }
        }
        News::Report(report, text) => terminal.report(report, text),
        News::Mended => terminal.say("Mended: everything is shown as it is again."),
        News::Unkept(error) => terminal.say(&format!("The next run computes all of this anew: {error}")),
        News::Behind(why) => terminal.say(&format!("The last good version stays: {why}")),
        News::Polled(why) => {
            terminal
                .say(&format!("The system does not notify of changes, so the book is looked at twice a second: {why}"));
        }
    };
    serve(settings, listener, &mut tell)?;
    Ok(0)
}

/// Names of editors and the addresses by which they open a file at a place.
const EDITORS: [(&str, &str); 6] = [
    ("vscode", "vscode://file{path}:{line}:{column}"),
    ("vscodium", "vscodium://file{path}:{line}:{column}"),
    ("cursor", "cursor://file{path}:{line}:{column}"),
    ("zed", "zed://file{path}:{line}:{column}"),
    ("idea", "idea://open?file={path}&line={line}&column={column}"),
    ("textmate", "txmt://open?url=file://{path}&line={line}&column={column}"),
];

/// The address by which an editor opens a file; empty for none.
fn editor(name: &str) -> Result<String, Error> {
    if let Some((_, address)) = EDITORS.iter().find(|(known, _)| *known == name) {
        return Ok((*address).to_owned());
    }
    let scheme = name.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_word = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let runs_script = ["javascript", "data", "vbscript"].iter().any(|bad| scheme.eq_ignore_ascii_case(bad));
    if name.is_empty() || is_word && !runs_script && name.contains("{path}") {
        return Ok(name.to_owned());
    }
    let known: Vec<&str> = EDITORS.iter().map(|(known, _)| *known).collect();
    let known = known.join(", ");
    let example = "such as `myeditor://open?file={path}&line={line}`";
    Err(Error::Usage(format!("`{name}` is no editor that is known; write one of {known}, or an address {example}")))
}

/// The address as a QR code for the camera of a phone, drawn in half blocks.
fn code(url: &str) -> String {
    qrcode::QrCode::new(url).map_or_else(
        |_| String::new(),
        |code| code.render::<qrcode::render::unicode::Dense1x2>().quiet_zone(true).build(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_editor_is_one_that_is_known_or_an_address_that_names_the_file() {
        assert!(editor("zed").is_ok_and(|address| address.starts_with("zed://")));
        for address in ["", "mine://open?file={path}", "x-mine:{path}"] {
            assert_eq!(editor(address).ok().as_deref(), Some(address));
        }
        for wrong in ["emacs", "mine://open", "javascript:alert('{path}')", "{path}", "JavaScript:{path}", "1x:{path}"]
        {
            assert!(editor(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_code_for_a_phone_holds_the_address() {
        let drawn = code("http://192.168.1.7:4747/");
        assert!(drawn.lines().count() > 10 && drawn.contains('\u{2588}'), "{drawn}");
    }
}
