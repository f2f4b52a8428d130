//! `serve`.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use super::build::counted;
use crate::cli;
use crate::io::error::Error;
use crate::io::terminal::Terminal;
use crate::io::{disk, net, process};
use crate::load::Options;
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
    let load = Options { with_drafts, as_of: options.as_of, ..Options::default() };
    let what = if with_drafts { ", drafts and scheduled essays too" } else { ", as readers see it" };
    let day = options.as_of.map_or_else(String::new, |day| format!(" on {day}"));
    let is_read_only = !ip.is_loopback();
    let settings = Settings {
        root,
        options: load,
        is_polled: options.poll,
        follows: options.follow,
        is_read_only,
        editor: editor(&options.editor),
    };
    let mut tell = |news: News<'_>| match news {
        News::Ready { essays, concepts } => {
            terminal.say(&format!(
                "Showing {} and {}{what}{day}: {url} (Ctrl-C ends it)",
                counted(essays, "essay"),
                counted(concepts, "concept"),
            ));
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

fn editor(name: &str) -> String {
    EDITORS
        .iter()
        .find(|(known, _)| *known == name)
        .map_or_else(|| name.to_owned(), |(_, address)| (*address).to_owned())
}

/// The address as a QR code for the camera of a phone, drawn in half blocks.
fn code(url: &str) -> String {
    qrcode::QrCode::new(url).map_or_else(
        |_| String::new(),
        |code| code.render::<qrcode::render::unicode::Dense1x2>().quiet_zone(true).build(),
    )
}
