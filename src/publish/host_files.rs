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

impl About {
    /// What stands before every address of the site on its host, `/` or `/essays/`.
    fn base_path(&self) -> &str {
        let rest = self.base_url.as_deref().and_then(|url| url.split_once("://")).map_or("", |(_, rest)| rest);
        rest.find('/').map_or("/", |at| &rest[at..])
    }
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
/// Rules beyond this are not read by GitLab, those that the author wrote among them.
const MOST_AT_GITLAB: usize = 900;
const MOST_HEADERS: usize = 90;
/// Texts below this are sent as fast without compression.
const SMALLEST: usize = 256;

/// Adds what the target's host wants. `remote` runs the remote of a branch, and shows it unless the settings name another.
pub fn add(release: &mut Release, target: &Target, about: &About, remote: Host) {
    match &target.to {
        Place::Git { host, .. } => add_pages_files(release, about, host.unwrap_or(remote)),
        Place::Netlify { .. } | Place::Cloudflare { .. } => add_rules(release, about),
        _ if target.precompress => add_compressed(release),
        _ => {}
    }
}

/// For hosts that carry out redirects and send headers as they are told.
fn add_rules(release: &mut Release, about: &About) {
    add_redirects(release, about, MOST_REDIRECTS, |old| vec![(old.from.clone(), old.to.clone())]);
    add_headers(release);
}

/// For hosts of branches: redirects where they read such, no Jekyll, and the domain where it is the author's own. The last two
/// are no part of the release: they stay when it changes.
fn add_pages_files(release: &mut Release, about: &About, host: Host) {
    match host {
        Host::Cloudflare | Host::Netlify => add_rules(release, about),
        Host::GitLab => add_redirects(release, about, MOST_AT_GITLAB, |old| both_forms(&old.from, &old.to)),
        Host::Codeberg => {
            // Rules there begin behind the name of the repository, and lead to whole addresses.
            let base = about.base_path();
            let below = |old: &Redirect| {
                old.from.strip_prefix(base).map_or_else(|| old.from.clone(), |rest| format!("/{rest}"))
            };
            add_redirects(release, about, MOST_REDIRECTS, |old| both_forms(&below(old), &old.to));
        }
        Host::GitHub | Host::Other => {}
    }
    beside(release, ".nojekyll", Vec::new());
    let Some(domain) = about.base_url.as_deref().map(host_of) else { return };
    let wanted = match host {
        Host::GitHub => Some(("CNAME", "github.io")),
        Host::Codeberg => Some((".domains", "codeberg.page")),
        _ => None,
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

/// The rules for an old address: these hosts take `/old` and `/old/` for two.
fn both_forms(from: &str, to: &str) -> Vec<(String, String)> {
    let bare = from.strip_suffix('/').filter(|bare| !bare.is_empty());
    [Some(from), bare].into_iter().flatten().map(|from| (from.to_owned(), to.to_owned())).collect()
}

/// Redirects that the host carries out itself, instead of pages that lead on: those pages would be shown first. `most` is how
/// many rules it reads, and `rules` are those of one old address.
fn add_redirects(
    release: &mut Release,
    about: &About,
    most: usize,
    rules: impl Fn(&Redirect) -> Vec<(String, String)>,
) {
    // What the author wrote comes first: of two rules for one address, the first counts.
    let mut text = release.files.get("_redirects").map_or_else(String::new, |own| {
        let text = String::from_utf8_lossy(&own.bytes);
        format!("{}\n", text.trim_end())
    });
    let mut count = 0;
    for redirect in &about.redirects {
        let rules = rules(redirect);
        count += rules.len();
        if count > most {
            break;
        }
        for (from, to) in rules {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{from} {to} 301");
        }
        release.remove(&redirect.file);
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
        let git = target(Place::Git { remote: "origin".to_owned(), branch: "gh-pages".to_owned(), host: None });
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
    fn a_branch_gets_the_rules_that_its_host_reads() {
        let redirect = Redirect { file: "old/index.html".into(), from: "/sub/old/".into(), to: "/sub/new/".into() };
        let about = About { base_url: Some("https://e.org/sub/".to_owned()), redirects: vec![redirect] };
        let plain = Some("/sub/old/ /sub/new/ 301\n");
        for (chosen, remote, rules, has_headers) in [
            (None, Host::GitHub, None, false),
            (None, Host::Other, None, false),
            (None, Host::GitLab, Some("/sub/old/ /sub/new/ 301\n/sub/old /sub/new/ 301\n"), false),
            (None, Host::Codeberg, Some("/old/ /sub/new/ 301\n/old /sub/new/ 301\n"), false),
            (Some(Host::Cloudflare), Host::GitHub, plain, true),
            (Some(Host::Netlify), Host::GitLab, plain, true),
            (Some(Host::GitHub), Host::GitLab, None, false),
        ] {
            let to = Place::Git { remote: "origin".to_owned(), branch: "gh-pages".to_owned(), host: chosen };
            let mut release = release(&[("old/index.html", "x"), ("index.html", "y")]);
            add(&mut release, &target(to), &about, remote);
            let made = release.files.contains_key("_redirects").then(|| text(&release, "_redirects"));
            assert_eq!(made.as_deref(), rules, "{chosen:?} {remote:?}");
            assert_eq!(release.files.contains_key("old/index.html"), rules.is_none(), "{chosen:?} {remote:?}");
            assert_eq!(release.files.contains_key("_headers"), has_headers, "{chosen:?} {remote:?}");
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
        let git = target(Place::Git { remote: "origin".to_owned(), branch: "gh-pages".to_owned(), host: None });
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
