//! The built-in theme, inside the binary. A test compares the list with the folder.

use std::sync::Arc;

use crate::base::path::SitePath;
use crate::model::source::{Layer, Source};

/// Name of the built-in theme.
pub const NAME: &str = "default";

/// A file of the theme and its name below `templates/` or `assets/`.
macro_rules! files {
    ($folder:literal $($name:literal)*) => {
        [$(($name, include_bytes!(concat!("../../themes/default/", $folder, "/", $name)).as_slice())),*]
    };
}

const TEMPLATES: &[(&str, &[u8])] = &files!("templates"
    "base.html" "home.html" "essay.html" "archive.html" "concept.html" "concepts.html" "series.html" "page.html"
    "missing.html" "replies.html" "card.html" "notes.html" "backlinks.html" "reply.html");

const ASSETS: &[(&str, &[u8])] = &files!("assets"
    "style.css" "feed.css" "script.js" "favicon.svg" "literata-roman.woff2" "literata-italic.woff2" "OFL.txt");

/// Names of the files of the built-in theme, below its folder.
#[must_use]
pub fn names() -> Vec<String> {
    let templates = TEMPLATES.iter().map(|(name, _)| format!("templates/{name}"));
    let assets = ASSETS.iter().map(|(name, _)| format!("assets/{name}"));
    templates.chain(assets).collect()
}

/// The built-in theme as a layer.
#[must_use]
pub fn layer() -> Layer {
    let template = |(name, bytes): &(&str, &[u8])| {
        let path = SitePath::new(&format!("{NAME}/{name}")).expect("clean names");
        let text: Arc<str> = std::str::from_utf8(bytes).expect("our templates are UTF-8").into();
        ((*name).to_owned(), Source { path, text })
    };
    Layer {
        name: NAME.to_owned(),
        templates: TEMPLATES.iter().map(template).collect(),
        assets: ASSETS.iter().map(|(name, bytes)| ((*name).to_owned(), Arc::from(*bytes))).collect(),
    }
}
