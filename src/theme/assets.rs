//! Assets of a theme: digests in names, so that they may be kept for ever; `url()` inside CSS follows.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::fingerprint::Fingerprint;
use crate::model::source::{Artifact, Layer};

/// The assets of all layers.
pub(super) struct Assets {
    pub(super) artifacts: Vec<Artifact>,
    /// Name in the theme to address from the site's root.
    pub(super) names: Arc<BTreeMap<String, String>>,
}

/// Collects the assets of the layers; the first layer that has a name wins.
pub(super) fn collect(layers: &[Layer]) -> Assets {
    let mut files: BTreeMap<&str, &Arc<[u8]>> = BTreeMap::new();
    for layer in layers.iter().rev() {
        files.extend(layer.assets.iter().map(|(name, bytes)| (name.as_str(), bytes)));
    }
    let mut names = BTreeMap::new();
    let mut artifacts = Vec::new();
    let (styles, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|(name, _)| name.ends_with(".css"));
    for (name, bytes) in others {
        // A licence is read by people under its own name.
        let target = if name.ends_with(".txt") { format!("assets/{name}") } else { digested(name, bytes) };
        names.insert(name.to_owned(), target.clone());
        artifacts.push(Artifact { file: target, bytes: Arc::clone(bytes) });
    }
    for (name, bytes) in styles {
        let css = rewrite(&String::from_utf8_lossy(bytes), name, &names);
        let target = digested(name, css.as_bytes());
        names.insert(name.to_owned(), target.clone());
        artifacts.push(Artifact { file: target, bytes: css.into_bytes().into() });
    }
    Assets { artifacts, names: Arc::new(names) }
}

fn digested(name: &str, bytes: &[u8]) -> String {
    let digest = Fingerprint::of(bytes).to_short_hex();
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("assets/{stem}.{digest}.{extension}"),
        None => format!("assets/{name}.{digest}"),
    }
}

/// Puts digested names into `url("…")`, relative to the style sheet.
fn rewrite(css: &str, sheet: &str, names: &BTreeMap<String, String>) -> String {
    let folder = sheet.rsplit_once('/').map_or("", |(folder, _)| folder);
    let up = "../".repeat(sheet.matches('/').count());
    let mut written = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find("url(") {
        let (before, after) = rest.split_at(at + 4);
        written.push_str(before);
        let end = after.find(')').unwrap_or(after.len());
        let address = after[..end].trim().trim_matches(['"', '\'']);
        let wanted = if folder.is_empty() { address.to_owned() } else { format!("{folder}/{address}") };
        match names.get(wanted.trim_start_matches("./")) {
            Some(target) => {
                let below = target.strip_prefix("assets/").unwrap_or(target);
                written.push_str(&format!("\"{up}{below}\""));
            }
            None => written.push_str(&after[..end]),
        }
        rest = &after[end..];
    }
    written.push_str(rest);
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_sheet_names_the_digested_font() {
        let layer = Layer {
            name: "x".to_owned(),
            templates: Vec::new(),
            assets: vec![
                ("style.css".to_owned(), b"a{src:url(\"f.woff2\")}b{c:url(data:x)}".as_slice().into()),
                ("f.woff2".to_owned(), b"font".as_slice().into()),
            ],
        };
        let assets = collect(&[layer]);
        let font = assets.names["f.woff2"].trim_start_matches("assets/").to_owned();
        let css = assets.artifacts.iter().find(|artifact| artifact.file.ends_with(".css")).expect("a style sheet");
        let css = String::from_utf8_lossy(&css.bytes);
        assert_eq!(css, format!("a{{src:url(\"{font}\")}}b{{c:url(data:x)}}"));
    }
}
