//! Assets of a theme: digests in names, so that they may be kept for ever; `url()` and `@import` inside CSS follow.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::settings::Settings;
use super::styles::{Address, addresses, first_rule};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::base::fingerprint::Fingerprint;
use crate::base::path::SitePath;
use crate::base::span::Span;
use crate::model::source::{Artifact, Layer};

/// The sheet before which settings and the sheets of choices are put.
const MAIN: &str = "style.css";
/// The sheet of feeds that somebody opens in a browser: it has the settings, and no faces of its own.
const FEED: &str = "feed.css";

/// The assets of all layers.
pub(super) struct Assets {
    pub(super) artifacts: Vec<Artifact>,
    /// Name in the theme to address from the site's root.
    pub(super) names: Arc<BTreeMap<String, String>>,
}

/// Collects the assets of the layers; the first layer that has a name wins.
pub(super) fn collect(layers: &[Layer], settings: &Settings) -> (Assets, Diagnostics) {
    let mut files: BTreeMap<&str, File<'_>> = BTreeMap::new();
    for layer in layers.iter().rev() {
        let of_layer = layer.assets.iter().map(|(name, bytes)| (name.as_str(), File { layer, bytes }));
        files.extend(of_layer);
    }
    let heads: Vec<String> = settings.heads.iter().filter(|name| files.contains_key(name.as_str())).cloned().collect();
    let mut press = Press {
        left_out: &settings.left_out,
        heads,
        files: &files,
        css: &settings.css,
        names: BTreeMap::new(),
        artifacts: Vec::new(),
        open: Vec::new(),
        diagnostics: Diagnostics::default(),
    };
    let is_head = |name: &str| settings.heads.iter().any(|head| head == name);
    for name in files.keys().copied().filter(|name| !settings.left_out.contains(*name) && !is_head(name)) {
        press.put(name);
    }
    let mut artifacts = press.artifacts;
    artifacts.sort_by(|a, b| a.file.cmp(&b.file));
    (Assets { artifacts, names: Arc::new(press.names) }, press.diagnostics)
}

/// A file of a theme.
#[derive(Clone, Copy)]
struct File<'a> {
    layer: &'a Layer,
    bytes: &'a Arc<[u8]>,
}

impl File<'_> {
    fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes).into_owned()
    }
}

/// Gives files their names, those that a style sheet names before the sheet.
struct Press<'a> {
    files: &'a BTreeMap<&'a str, File<'a>>,
    left_out: &'a BTreeSet<String>,
    heads: Vec<String>,
    css: &'a str,
    names: BTreeMap<String, String>,
    artifacts: Vec<Artifact>,
    /// Sheets that wait for the files they name.
    open: Vec<String>,
    diagnostics: Diagnostics,
}

impl Press<'_> {
    fn put(&mut self, name: &str) {
        if self.names.contains_key(name) {
            return;
        }
        let file = self.files[name];
        // A licence is read by people under its own name.
        let (target, bytes) = if name.ends_with(".txt") {
            (format!("assets/{name}"), Arc::clone(file.bytes))
        } else if name.ends_with(".css") {
            let css = self.sheet(name, file);
            (digested(name, css.as_bytes()), css.into_bytes().into())
        } else {
            (digested(name, file.bytes), Arc::clone(file.bytes))
        };
        self.names.insert(name.to_owned(), target.clone());
        self.artifacts.push(Artifact { file: target, bytes });
    }

    fn sheet(&mut self, name: &str, file: File<'_>) -> String {
        self.open.push(name.to_owned());
        let text = file.text();
        let written = if name == MAIN {
            let rules = first_rule(&text);
            let mut written = self.follow(&text[..rules], 0, name, name, file);
            written.push_str(self.css);
            for head in self.heads.clone() {
                let file = self.files[head.as_str()];
                written.push_str(&self.follow(&file.text(), 0, &head, name, file));
            }
            written + &self.follow(&text[rules..], rules, name, name, file)
        } else if name == FEED {
            let rules = first_rule(&text);
            let imports = self.follow(&text[..rules], 0, name, name, file);
            imports + self.css + &self.follow(&text[rules..], rules, name, name, file)
        } else {
            self.follow(&text, 0, name, name, file)
        };
        self.open.pop();
        written
    }

    /// Puts digested names into the addresses of a part of `sheet`, which begins at `offset` and is written into `target`.
    fn follow(&mut self, css: &str, offset: usize, sheet: &str, target: &str, file: File<'_>) -> String {
        let up = "../".repeat(target.matches('/').count());
        let mut written = String::with_capacity(css.len());
        let mut done = 0;
        for address in addresses(css) {
            let Some(wanted) = beside(sheet, &address.file) else { continue };
            if self.left_out.contains(&wanted) {
                continue;
            }
            if let Err(found) = self.reach(&wanted, &address, offset, file.layer.path_of(sheet)) {
                self.diagnostics.push(*found);
                continue;
            }
            let below = self.names[&wanted].trim_start_matches("assets/");
            written.push_str(&css[done..address.range.start]);
            written.push_str(&format!("\"{up}{below}{}\"", address.rest));
            done = address.range.end;
        }
        written.push_str(&css[done..]);
        written
    }

    /// Gives a file its name before a sheet that names it gets its own.
    fn reach(
        &mut self,
        wanted: &str,
        address: &Address,
        offset: usize,
        sheet: SitePath,
    ) -> Result<(), Box<Diagnostic>> {
        let span = Span::bytes(&sheet, address.range.start + offset..address.range.end + offset);
        let fail = |message: String, help: String| {
            Err(Box::new(Diagnostic::new(Code::StyleError, span.clone(), message).help(help)))
        };
        if self.open.iter().any(|open| open == wanted) {
            let way: Vec<&str> = self.open.iter().map(String::as_str).skip_while(|open| *open != wanted).collect();
            let way = format!("{} → {wanted}", way.join(" → "));
            return fail(
                format!("style sheets name each other in a circle: {way}"),
                "take one of them out of the circle".to_owned(),
            );
        }
        if !self.files.contains_key(wanted) {
            let near = nearest(wanted, self.files.keys().copied());
            let help = near.map_or_else(
                || format!("put the file at `assets/{wanted}` of the theme"),
                |near| format!("did you mean `{near}`?"),
            );
            return fail(format!("the theme has no file `{wanted}`"), help);
        }
        self.put(wanted);
        Ok(())
    }
}

/// The name in the theme of a file that a sheet names; `None` where it stands outside the assets.
fn beside(sheet: &str, address: &str) -> Option<String> {
    let mut parts: Vec<&str> = sheet.split('/').collect();
    parts.pop();
    for part in address.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn digested(name: &str, bytes: &[u8]) -> String {
    let digest = Fingerprint::of(bytes).to_short_hex();
    let stem = name.rfind('/').map_or(0, |slash| slash + 1);
    match name[stem..].rsplit_once('.') {
        Some((last, extension)) => format!("assets/{}{last}.{digest}.{extension}", &name[..stem]),
        None => format!("assets/{name}.{digest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(files: &[(&str, &str)], settings: &Settings) -> (BTreeMap<String, String>, Vec<String>) {
        let assets = files.iter().map(|(name, text)| ((*name).to_owned(), Arc::from(text.as_bytes()))).collect();
        let folder = SitePath::new("themes/x").expect("clean");
        let layer = Layer { name: "x".to_owned(), folder, manifest: None, templates: Vec::new(), assets };
        let (assets, found) = collect(&[layer], settings);
        let text = |file: &str| {
            let artifact = assets.artifacts.iter().find(|artifact| artifact.file == file).expect("named and made");
            String::from_utf8_lossy(&artifact.bytes).into_owned()
        };
        let texts = assets.names.iter().map(|(name, file)| (name.clone(), text(file))).collect();
        let found = found.iter().map(|found| format!("{} {:?}", found.message, found.help)).collect();
        (texts, found)
    }

    #[test]
    fn a_style_sheet_names_the_digested_font() {
        let files = [("style.css", "a{src:url(\"f.woff2\")}b{c:url(data:x)}"), ("f.woff2", "font")];
        let digest = Fingerprint::of(b"font").to_short_hex();
        let (texts, found) = made(&files, &Settings::default());
        assert_eq!(texts["style.css"], format!("a{{src:url(\"f.{digest}.woff2\")}}b{{c:url(data:x)}}"));
        assert!(found.is_empty());
    }

    #[test]
    fn sheets_are_followed_through_sheets_in_the_order_of_what_they_need() {
        let files = [
            ("a/first.css", "@import '../z.css';b{c:url(./d.png)}"),
            ("a/d.png", "picture"),
            ("z.css", "e{f:url(a/d.png#g)}"),
        ];
        let digest = |text: &str| Fingerprint::of(text.as_bytes()).to_short_hex();
        let (texts, found) = made(&files, &Settings::default());
        let picture = digest("picture");
        let z = format!("e{{f:url(\"a/d.{picture}.png#g\")}}");
        assert_eq!(texts["z.css"], z);
        assert_eq!(
            texts["a/first.css"],
            format!("@import \"../z.{}.css\";b{{c:url(\"../a/d.{picture}.png\")}}", digest(&z))
        );
        assert!(found.is_empty());
    }

    #[test]
    fn circles_and_files_that_are_not_there_are_told() {
        let (_, found) = made(&[("a.css", "@import 'b.css';"), ("b.css", "@import 'a.css';")], &Settings::default());
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("a.css → b.css → a.css"), "{found:?}");
        let (_, found) =
            made(&[("a.css", "b{c:url(pictrue.png) url(../out.png)}"), ("picture.png", "")], &Settings::default());
        assert_eq!(found, ["the theme has no file `pictrue.png` Some(\"did you mean `picture.png`?\")"]);
    }

    #[test]
    fn settings_and_sheets_of_choices_stand_before_the_rules() {
        let settings = Settings {
            css: ":root{--theme-x:1}".to_owned(),
            heads: vec!["faces/one.css".to_owned()],
            left_out: BTreeSet::from(["two.css".to_owned()]),
            ..Settings::default()
        };
        let files = [
            ("style.css", "@import \"more.css\";a{}"),
            ("more.css", "b{}"),
            ("faces/one.css", "c{d:url(e.png)}"),
            ("faces/e.png", "picture"),
            ("two.css", "f{}"),
        ];
        let (texts, found) = made(&files, &settings);
        let (more, picture) = (Fingerprint::of(b"b{}").to_short_hex(), Fingerprint::of(b"picture").to_short_hex());
        let wanted =
            format!("@import \"more.{more}.css\";:root{{--theme-x:1}}c{{d:url(\"faces/e.{picture}.png\")}}a{{}}");
        assert_eq!(texts["style.css"], wanted);
        assert!(
            found.is_empty() && !texts.contains_key("two.css") && !texts.contains_key("faces/one.css"),
            "{texts:?}"
        );
    }
}
