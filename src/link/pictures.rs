//! Pictures as written to the files they name, with the nearest match where there is none.

use std::collections::BTreeMap;

use super::names::{Found, Names};
use super::resolve::relative;
use super::{LinkInput, Picture, Site, WritingId, index};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::base::path::{Route, SitePath, percent_decoded};
use crate::base::span::Span;
use crate::model::source::Asset;

/// Kinds of pictures that other sites show, by the ends of their names.
const SHARED: [&str; 5] = ["jpg", "jpeg", "png", "webp", "gif"];

/// Fills `Site::pictures`, `Site::covers` and `Site::cover`.
pub(super) fn find(site: &mut Site, names: &Names, input: &LinkInput<'_>, diagnostics: &mut Diagnostics) {
    let settings = SitePath::new("book.toml").expect("clean");
    let content = SitePath::new("content/book.toml").expect("clean");
    let finder = Finder {
        names,
        assets: input.assets.iter().map(|asset| (&asset.path, asset)).collect(),
        routes: site.files.iter().map(|(route, path)| (path, route)).collect(),
        by_address: site.files.iter().map(|(route, path)| (route.as_str(), path)).collect(),
    };
    let mut all = Vec::with_capacity(site.writings.len());
    let mut covers = BTreeMap::new();
    for (at, writing) in site.writings.iter().enumerate() {
        let images = &writing.facts.images;
        let mut own = Vec::with_capacity(images.len());
        for image in images {
            let span = Span { path: writing.path.clone(), range: Some(image.source) };
            if image.alt.trim().is_empty() {
                diagnostics.push(
                    Diagnostic::new(Code::MissingAlt, span.clone(), "this image has no description")
                        .help("describe it between the square brackets, for readers who cannot see it"),
                );
            }
            own.push(finder.find(&writing.path, &image.target, &span, diagnostics));
        }
        if let Some(image) = &writing.meta.image {
            let span = Span { path: writing.path.clone(), range: Some(image.range) };
            covers.insert(WritingId(index(at)), finder.find_cover(&writing.path, &image.value, &span, diagnostics));
        }
        all.push(own);
    }
    let cover = input.book.image.as_ref().map(|image| {
        let span = Span { path: settings.clone(), range: Some(image.range) };
        let below = if image.value.starts_with("content/") { &settings } else { &content };
        finder.find_cover(below, &image.value, &span, diagnostics)
    });
    (site.pictures, site.covers, site.cover) = (all, covers, cover);
}

/// Whether other sites show this picture for a page: by the end of its name, and only where it is a picture at all.
#[must_use]
pub fn is_shared(picture: &Picture) -> bool {
    let Picture::File(route, Some(_)) = picture else { return false };
    let end = route.as_str().rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    SHARED.contains(&end.as_str())
}

struct Finder<'a> {
    names: &'a Names,
    assets: BTreeMap<&'a SitePath, &'a Asset>,
    routes: BTreeMap<&'a SitePath, &'a Route>,
    by_address: BTreeMap<&'a str, &'a SitePath>,
}

impl Finder<'_> {
    /// The picture that stands in a text.
    fn find(&self, file: &SitePath, written: &str, span: &Span, diagnostics: &mut Diagnostics) -> Picture {
        let (picture, asset) = self.look(file, written, span, diagnostics);
        if let Some(asset) = asset.filter(|asset| asset.size.is_none() && asset.path.extension() != "svg") {
            let message = format!("`{}` is not an image that browsers know", asset.path);
            diagnostics.push(
                Diagnostic::new(Code::BadImage, span.clone(), message).help("save it again as PNG, JPEG, WebP or SVG"),
            );
        }
        picture
    }

    /// The picture that stands for a page where it is shared: not every kind that browsers know is shown there.
    fn find_cover(&self, file: &SitePath, written: &str, span: &Span, diagnostics: &mut Diagnostics) -> Picture {
        let (picture, asset) = self.look(file, written, span, diagnostics);
        if let Some(asset) = asset.filter(|_| !is_shared(&picture)) {
            let message = match asset.size {
                None if asset.path.extension() != "svg" => {
                    format!("`{}` is not an image that browsers know", asset.path)
                }
                _ => format!("`{}` is not shown where the page is shared: others show no such image", asset.path),
            };
            let help = "save it as PNG, JPEG or WebP, and name that file";
            diagnostics.push(Diagnostic::new(Code::BadImage, span.clone(), message).help(help));
        }
        picture
    }

    /// The picture, and its file where there is one.
    fn look(
        &self,
        file: &SitePath,
        written: &str,
        span: &Span,
        diagnostics: &mut Diagnostics,
    ) -> (Picture, Option<&Asset>) {
        let first = written.split('/').next().unwrap_or("");
        if first.contains(':') || written.starts_with("//") {
            diagnostics.push(
                Diagnostic::new(Code::ExternalImage, span.clone(), "this image would be fetched from another server")
                    .help("copy it beside the essay and name the copy"),
            );
            return (Picture::Missing, None);
        }
        let target = percent_decoded(written.split(['?', '#']).next().unwrap_or(""));
        let path = match self.by_address.get(target.as_str()) {
            Some(path) => Some((*path).clone()),
            None => file.resolve(&target),
        };
        let found = path.as_ref().and_then(|path| Some((*self.assets.get(path)?, *self.routes.get(path)?)));
        let Some((asset, route)) = found else {
            diagnostics.push(self.missing(file, &target, path.as_ref(), span));
            return (Picture::Missing, None);
        };
        (Picture::File(route.clone(), asset.size), Some(asset))
    }

    fn missing(&self, file: &SitePath, target: &str, path: Option<&SitePath>, span: &Span) -> Diagnostic {
        if let Some(Found::Hidden(left)) = path.map(|path| self.names.find_path(path)) {
            let message = format!("this image belongs to `{}`, which is {}", left.path, left.why.to_words());
            return Diagnostic::new(Code::LinkToDraft, span.clone(), message)
                .help("publish that essay first, or copy the image beside this one");
        }
        let name = target.rsplit('/').next().unwrap_or(target);
        let near = nearest(name, self.routes.keys().map(|path| path.file_name()));
        let known = near.and_then(|near| self.routes.keys().find(|path| path.file_name() == near));
        let is_settings = span.path.as_str() == "book.toml";
        let help = match known {
            Some(known) if is_settings => format!("did you mean `{known}`?"),
            Some(known) => format!("did you mean `{}`?", relative(file, known.as_str())),
            None if is_settings => "put the file into `content/static/` and name it `static/NAME`".to_owned(),
            None => "put the file beside the essay".to_owned(),
        };
        Diagnostic::new(Code::MissingImage, span.clone(), format!("there is no image `{target}`")).help(help)
    }
}
