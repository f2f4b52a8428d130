//! Files that a host wants beside the site: what GitHub, Codeberg, Netlify and Cloudflare read, and compressed copies for
//! servers that send such. Knows what they look like, and sends nothing.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;

use rayon::prelude::*;

use super::git::Host;
use super::release::{File, Release, cache_control};
use crate::base::media;
use crate::io::transfer::host_of;
use crate::model::publish::{Place, Target};

/// What host files tell of a site.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Where it is published.
    pub base_url: Option<String>,
    /// Old addresses and where they lead, both below the root of the site and percent-encoded; with the file of the page that
    /// leads on.
    pub redirects: Vec<Redirect>,
}

/// An old address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The file of the page that leads on.
    pub file: String,
    /// The old address, `/old/`.
    pub from: String,
    /// The new one.
    pub to: String,
}

/// Rules beyond this are not read by Cloudflare.
const MOST_REDIRECTS: usize = 2_000;
const MOST_HEADERS: usize = 90;
/// Texts below this are sent as fast without compression.
const SMALLEST: usize = 256;

/// Adds what the target's host wants. `host` runs the remote of a branch.
pub fn add(release: &mut Release, target: &Target, about: &About, host: Host) {
    match &target.to {
        Place::Git { .. } => add_pages_files(release, about, host),
        Place::Netlify { .. } | Place::Cloudflare { .. } => {
            add_redirects(release, about);
            add_headers(release);
        }
        _ if target.precompress => add_compressed(release),
        _ => {}
    }
}

/// For hosts of branches: no Jekyll, and the domain where it is the author's own. They are no part of the release: they stay
/// when it changes.
fn add_pages_files(release: &mut Release, about: &About, host: Host) {
    beside(release, ".nojekyll", Vec::new());
    let Some(domain) = about.base_url.as_deref().map(host_of) else { return };
    let wanted = match host {
        Host::GitHub => Some(("CNAME", "github.io")),
        Host::Codeberg => Some((".domains", "codeberg.page")),
        Host::GitLab | Host::Other => None,
    };
    if let Some((name, _)) = wanted.filter(|(_, own)| !domain.ends_with(own)) {
        beside(release, name, format!("{domain}\n").into_bytes());
    }
}

/// Adds a file beside the release, unless the author has one of that name.
fn beside(release: &mut Release, name: &str, bytes: Vec<u8>) {
    if !release.files.contains_key(name) {
        release.beside.push(File::new(name, bytes));
    }
}

/// Redirects that the host carries out itself, instead of pages that lead on.
fn add_redirects(release: &mut Release, about: &About) {
    // What the author wrote comes first: of two rules for one address, the first counts.
    let mut text = release.files.get("_redirects").map_or_else(String::new, |own| {
        let text = String::from_utf8_lossy(&own.bytes);
        format!("{}\n", text.trim_end())
    });
    for Redirect { file, from, to } in about.redirects.iter().take(MOST_REDIRECTS) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{from} {to} 301");
        release.remove(file);
    }
    if !text.is_empty() {
        release.insert(File::new("_redirects", text.into_bytes()));
    }
}

/// What the host says along with each file, unless the author has said so.
fn add_headers(release: &mut Release) {
    if release.files.contains_key("_headers") {
        return;
    }
    let mut text = String::from("/*\n");
    let policies: BTreeSet<&str> = release
        .files
        .values()
        .filter(|file| file.name.ends_with(".html"))
        .filter_map(|file| policy(std::str::from_utf8(&file.bytes).ok()?))
        .collect();
    // Where pages differ in their policies, each brings its own in its head; all of them must not be framed.
    let common = policies.first().filter(|_| policies.len() == 1).map_or(String::new(), |policy| format!("{policy}; "));
    let _ = writeln!(text, "  Content-Security-Policy: {common}frame-ancestors 'self'");
    text.push_str("  Referrer-Policy: strict-origin-when-cross-origin\n  X-Content-Type-Options: nosniff\n");
    let lasting: Vec<&str> =
        release.files.keys().map(String::as_str).filter(|name| cache_control(name).contains("immutable")).collect();
    let is_listed = lasting.len() <= MOST_HEADERS;
    let rules = if is_listed { lasting } else { vec!["assets/*"] };
    for name in rules {
        let _ = writeln!(text, "/{name}\n  Cache-Control: public, max-age=31536000, immutable");
    }
    release.insert(File::new("_headers", text.into_bytes()));
}

/// The policy that a page states in its head; that of a page which leads on is its own.
fn policy(page: &str) -> Option<&str> {
    if page.contains("<meta http-equiv=\"refresh\"") {
        return None;
    }
    let rest = page.split_once("<meta http-equiv=\"Content-Security-Policy\" content=\"")?.1;
    let policy = rest.split_once('"')?.0;
    (!policy.contains(['\n', '&'])).then_some(policy)
}

/// A `.br` and a `.gz` beside each text that gets smaller by it.
fn add_compressed(release: &mut Release) {
    let is_text = |name: &str| media::type_of(name).contains("charset");
    let texts: Vec<&File> =
        release.files.values().filter(|file| file.bytes.len() >= SMALLEST && is_text(&file.name)).collect();
    let made: Vec<File> = texts
        .par_iter()
        .flat_map_iter(|file| {
            let copies = [(".br", brotli(&file.bytes)), (".gz", gzip(&file.bytes))];
            let smaller = copies.into_iter().filter(|(_, bytes)| bytes.len() < file.bytes.len());
            smaller.map(|(suffix, bytes)| File::new(format!("{}{suffix}", file.name), bytes)).collect::<Vec<_>>()
        })
        .collect();
    for file in made {
        if !release.files.contains_key(&file.name) {
            release.insert(file);
        }
    }
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    // Quality 9: a tenth of the time of 11, for three hundredths more bytes.
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, 9, 22);
    // Writing to memory cannot fail.
    let _ = writer.write_all(bytes);
    writer.into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let _ = writer.write_all(bytes);
    writer.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(files: &[(&str, &str)]) -> Release {
        let mut release = Release::default();
        files.iter().for_each(|(name, text)| release.insert(File::new(*name, text.as_bytes())));
        release
    }

    fn target(to: Place) -> Target {
        Target { name: "live".to_owned(), to, secret_command: Vec::new(), precompress: true }
    }

    fn text(release: &Release, name: &str) -> String {
        String::from_utf8_lossy(&release.files[name].bytes).into_owned()
    }

    #[test]
    fn a_branch_gets_its_domain_where_that_is_the_authors_own() {
        let git = target(Place::Git { remote: "origin".to_owned(), branch: "gh-pages".to_owned() });
        for (url, host, wanted) in [
            ("https://essays.example/", Host::GitHub, vec![".nojekyll", "CNAME"]),
            ("https://essays.example/", Host::Codeberg, vec![".nojekyll", ".domains"]),
            ("https://me.github.io/essays/", Host::GitHub, vec![".nojekyll"]),
            ("https://essays.example/", Host::Other, vec![".nojekyll"]),
        ] {
            let mut release = release(&[("index.html", "x")]);
            let about = About { base_url: Some(url.to_owned()), ..About::default() };
            add(&mut release, &git, &about, host);
            let names: Vec<&str> = release.beside.iter().map(|file| file.name.as_str()).collect();
            assert_eq!(names, wanted, "{url} {host:?}");
            assert_eq!(release.manifest.files.len(), 1);
        }
    }

    #[test]
    fn hosts_that_redirect_need_no_pages_for_it() {
        let netlify = target(Place::Netlify { site: "s".to_owned(), api: String::new() });
        let page = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">";
        let mut release = release(&[("old/index.html", "x"), ("index.html", page), ("assets/a.1a2b3c4d.css", "")]);
        let redirect = Redirect { file: "old/index.html".into(), from: "/old/".into(), to: "/new/".into() };
        add(&mut release, &netlify, &About { base_url: None, redirects: vec![redirect] }, Host::Other);
        assert!(!release.files.contains_key("old/index.html"));
        assert_eq!(text(&release, "_redirects"), "/old/ /new/ 301\n");
        assert_eq!(
            text(&release, "_headers"),
            "/*\n  Content-Security-Policy: default-src 'none'; frame-ancestors 'self'\n  \
             Referrer-Policy: strict-origin-when-cross-origin\n  X-Content-Type-Options: nosniff\n\
             /assets/a.1a2b3c4d.css\n  Cache-Control: public, max-age=31536000, immutable\n"
        );
    }

    #[test]
    fn what_the_author_wrote_for_a_host_stays() {
        let netlify = target(Place::Netlify { site: "s".to_owned(), api: String::new() });
        let mut release =
            release(&[("_headers", "/*\n  X-Own: 1\n"), ("_redirects", "/a /b 302\n"), ("CNAME", "own.example\n")]);
        let redirect = Redirect { file: "old/index.html".into(), from: "/old/".into(), to: "/new/".into() };
        let about = About { base_url: Some("https://other.example/".to_owned()), redirects: vec![redirect] };
        add(&mut release, &netlify, &about, Host::Other);
        assert_eq!(text(&release, "_headers"), "/*\n  X-Own: 1\n");
        assert_eq!(text(&release, "_redirects"), "/a /b 302\n/old/ /new/ 301\n");
        let git = target(Place::Git { remote: "origin".to_owned(), branch: "gh-pages".to_owned() });
        add(&mut release, &git, &about, Host::GitHub);
        assert!(release.beside.iter().all(|file| file.name != "CNAME"));
    }

    #[test]
    fn compressed_copies_are_the_same_text() {
        use std::io::Read as _;
        let folder = target(Place::Folder { path: "www".to_owned() });
        let long = "Trust arrives on foot. ".repeat(40);
        let mut release = release(&[("index.html", &long), ("short.html", "x"), ("pic.png", &long)]);
        add(&mut release, &folder, &About::default(), Host::Other);
        let names: Vec<&str> = release.files.keys().map(String::as_str).collect();
        assert_eq!(names, ["index.html", "index.html.br", "index.html.gz", "pic.png", "short.html"]);
        let mut plain = String::new();
        flate2::read::GzDecoder::new(&*release.files["index.html.gz"].bytes).read_to_string(&mut plain).unwrap();
        assert_eq!(plain, long);
        let mut plain = String::new();
        brotli::Decompressor::new(&*release.files["index.html.br"].bytes, 4096).read_to_string(&mut plain).unwrap();
        assert_eq!(plain, long);
    }
}
