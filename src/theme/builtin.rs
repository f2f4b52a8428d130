//! The built-in themes, inside the binary. A test compares the list with the folder.

use std::sync::{Arc, LazyLock};

use crate::base::path::SitePath;
use crate::model::source::{Layer, Source};

/// Name of the theme that every other stands on.
pub const NAME: &str = "default";

/// A file of a theme: its name below the theme's folder, and its bytes.
type File = (&'static str, &'static [u8]);

/// The files of a theme.
macro_rules! files {
    ($theme:literal $($name:literal)*) => {
        &[$(($name, include_bytes!(concat!("../../themes/", $theme, "/", $name)).as_slice())),*]
    };
}

const THEMES: &[(&str, &[File])] = &[
    (
        NAME,
        files!("default"
        "theme.toml"
        "templates/base.html" "templates/home.html" "templates/essay.html" "templates/archive.html"
        "templates/concept.html" "templates/concepts.html" "templates/series.html" "templates/page.html"
        "templates/year.html" "templates/years.html" "templates/steps.html"
        "templates/missing.html" "templates/print.html" "templates/replies.html" "templates/card.html"
        "templates/notes.html" "templates/endnotes.html" "templates/backlinks.html" "templates/reply.html"
        "assets/style.css" "assets/print.css" "assets/feed.css" "assets/script.js" "assets/missing.js"
        "assets/favicon.svg"
        "assets/literata.css" "assets/literata-roman.woff2" "assets/literata-italic.woff2" "assets/OFL.txt"
        "assets/atkinson.css" "assets/atkinson-roman.woff2" "assets/atkinson-italic.woff2" "assets/OFL-Atkinson.txt"
        "assets/system.css"),
    ),
    (
        "manual",
        files!("manual"
        "theme.toml"
        "templates/base.html" "templates/sidebar.html" "templates/home.html" "templates/essay.html"
        "templates/archive.html" "templates/headings.html"
        "assets/style.css"),
    ),
];

/// The names of the built-in themes.
#[must_use]
pub fn names() -> Vec<&'static str> {
    THEMES.iter().map(|(name, _)| *name).collect()
}

/// The files of a built-in theme, below its folder; none where there is no such theme.
#[must_use]
pub fn files(theme: &str) -> &'static [(&'static str, &'static [u8])] {
    THEMES.iter().find(|(name, _)| *name == theme).map_or(&[], |(_, files)| files)
}

/// The layers of a built-in theme: itself, and the one that every other stands on. `None` where there is no such theme.
#[must_use]
pub fn layers(theme: &str) -> Option<Vec<Layer>> {
    let find = |wanted: &str| LAYERS.iter().find(|layer| layer.name == wanted).cloned();
    let layer = find(theme)?;
    let below = if theme == NAME { None } else { find(NAME) };
    Some([layer].into_iter().chain(below).collect())
}

/// All built-in themes, made once: a preview asks for them again and again.
static LAYERS: LazyLock<Vec<Layer>> = LazyLock::new(|| THEMES.iter().map(|(name, files)| layer(name, files)).collect());

fn layer(theme: &str, files: &[File]) -> Layer {
    let source = |name: &str, bytes: &[u8]| {
        let path = SitePath::new(&format!("{theme}/{name}")).expect("clean names");
        let text: Arc<str> = std::str::from_utf8(bytes).expect("our templates are UTF-8").into();
        Source::new(path, text)
    };
    let mut layer = Layer::new(theme, &SitePath::new(theme).expect("a clean name"));
    for (name, bytes) in files {
        if let Some(template) = name.strip_prefix("templates/") {
            layer.templates.push((template.to_owned(), source(template, bytes)));
        } else if let Some(asset) = name.strip_prefix("assets/") {
            layer.assets.push((asset.to_owned(), Arc::from(*bytes)));
        } else {
            layer.manifest = Some(source(name, bytes));
        }
    }
    layer
}
