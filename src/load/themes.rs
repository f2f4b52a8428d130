//! The layers of a theme: the book's own folder over the built-in themes that it stands on. Knows no template.

use std::path::Path;

use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::base::path::SitePath;
use crate::base::span::Span;
use crate::io::disk;
use crate::model::book::ThemeChoice;
use crate::model::source::{Layer, Source};
use crate::theme::{about, builtin};

/// The layers of the theme that the book has; those of the built-in one where it does not exist.
pub(super) fn layers(root: &Path, choice: &ThemeChoice, diagnostics: &mut Diagnostics) -> Vec<Layer> {
    let own = own_folder(root, &choice.name).map(|folder| own_layer(root, &folder, diagnostics));
    chosen(own, choice, || own_themes(root), diagnostics)
}

/// The layers of the theme that the book chose, `own` being its own one of that name.
pub(super) fn chosen(
    own: Option<Layer>,
    choice: &ThemeChoice,
    own_themes: impl FnOnce() -> Vec<String>,
    diagnostics: &mut Diagnostics,
) -> Vec<Layer> {
    if let Some(layers) = stacked(own, &choice.name, diagnostics) {
        return layers;
    }
    let path = SitePath::new("book.toml").expect("clean");
    let span = Span { path, range: choice.range };
    let own = own_themes();
    let theme = &choice.name;
    let names: Vec<&str> = own.iter().map(String::as_str).chain(builtin::names()).collect();
    let help = match nearest(theme, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let built_in: Vec<String> = builtin::names().iter().map(|name| format!("`{name}`")).collect();
            format!("make a folder `themes/{theme}/`, or use a built-in theme, {}", built_in.join(" or "))
        }
    };
    diagnostics.push(Diagnostic::new(Code::UnknownTheme, span, format!("there is no theme `{theme}`")).help(help));
    builtin::layers(builtin::NAME).expect("it is built in")
}

/// The layers of a theme, by its name; `None` where there is none.
#[must_use]
pub fn layers_of(root: &Path, theme: &str, diagnostics: &mut Diagnostics) -> Option<Vec<Layer>> {
    let own = own_folder(root, theme).map(|folder| own_layer(root, &folder, diagnostics));
    stacked(own, theme, diagnostics)
}

/// A theme of the book over the built-in one that it stands on, or the built-in one alone.
fn stacked(own: Option<Layer>, theme: &str, diagnostics: &mut Diagnostics) -> Option<Vec<Layer>> {
    let Some(own) = own else { return builtin::layers(theme) };
    let below = base(&own, theme, diagnostics);
    let built_in = builtin::layers(&below).expect("it is built in");
    Some(std::iter::once(own).chain(built_in).collect())
}

fn own_folder(root: &Path, theme: &str) -> Option<SitePath> {
    SitePath::new(&format!("themes/{theme}")).filter(|folder| disk::has_folder(root, folder.as_str()))
}

/// The names of the book's own themes, sorted.
#[must_use]
pub fn own_themes(root: &Path) -> Vec<String> {
    disk::folders_in(root, "themes")
}

/// The built-in theme that the book's own one stands on: the one that it names, the one of the same name, or the default.
fn base(own: &Layer, theme: &str, diagnostics: &mut Diagnostics) -> String {
    let same = builtin::names().into_iter().find(|name| *name == theme).unwrap_or(builtin::NAME);
    let Some(manifest) = &own.manifest else { return same.to_owned() };
    let Some(wanted) = about(manifest).extends else { return same.to_owned() };
    if builtin::names().iter().any(|name| *name == wanted.value) {
        return wanted.value;
    }
    let names: Vec<String> = builtin::names().iter().map(|name| format!("`{name}`")).collect();
    let help = nearest(&wanted.value, builtin::names())
        .map_or_else(|| format!("write {}", names.join(" or ")), |near| format!("did you mean `{near}`?"));
    let message = format!("there is no built-in theme `{}`", wanted.value);
    let span = Span { path: manifest.path.clone(), range: Some(wanted.range) };
    diagnostics.push(Diagnostic::new(Code::UnknownTheme, span, message).help(help));
    same.to_owned()
}

fn own_layer(root: &Path, folder: &SitePath, diagnostics: &mut Diagnostics) -> Layer {
    let mut layer = Layer::new(Layer::OWN, folder);
    for file in disk::list_folder(root, folder.as_str(), None, diagnostics) {
        let (bytes, found) = file.read(root);
        diagnostics.append(found);
        if let Some(bytes) = bytes {
            add(&mut layer, folder, &file.path, bytes, diagnostics);
        }
    }
    layer
}

/// Puts a file of a theme's folder where it belongs in its layer.
pub(super) fn add(
    layer: &mut Layer,
    folder: &SitePath,
    path: &SitePath,
    bytes: Vec<u8>,
    diagnostics: &mut Diagnostics,
) {
    let Some(name) = path.below(folder.as_str()) else { return };
    if let Some(asset) = name.strip_prefix("assets/") {
        layer.assets.push((asset.to_owned(), bytes.into()));
    } else if let Some(template) = name.strip_prefix("templates/") {
        let source = text_of(path, &bytes, "template", diagnostics);
        layer.templates.extend(source.map(|source| (template.to_owned(), source)));
    } else if name == "theme.toml" {
        layer.manifest = text_of(path, &bytes, "file", diagnostics);
    }
}

fn text_of(path: &SitePath, bytes: &[u8], what: &str, diagnostics: &mut Diagnostics) -> Option<Source> {
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let text = text.strip_prefix('\u{feff}').unwrap_or(text);
            Some(Source::new(path.clone(), text))
        }
        Err(_) => {
            let message = format!("this {what} is not UTF-8");
            diagnostics.push(Diagnostic::new(Code::NotUtf8, Span::file(path), message).help("save it as UTF-8"));
            None
        }
    }
}
