//! Pages to bytes. Knows no folder to put them in.

use rayon::prelude::*;

use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::path::SitePath;
use crate::base::span::Span;
use crate::link::Site;
use crate::model::book::Book;
use crate::model::source::{Artifact, Asset};
use crate::theme::Theme;
use crate::view::{PageKey, Viewer};

/// Renders every page and collects the files that go out as they are. Sorted by file name.
#[must_use]
pub fn render(
    site: &Site,
    book: &Book,
    assets: &[Asset],
    viewer: &Viewer<'_>,
    theme: &Theme,
) -> (Vec<Artifact>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let keys: Vec<PageKey> = viewer.keys();
    let rendered: Vec<_> = keys
        .par_iter()
        .map(|key| {
            let page = viewer.page(*key);
            theme.render(&page).map(|bytes| Artifact { file: page.route.to_file(), bytes: bytes.into() })
        })
        .collect();
    let mut artifacts = Vec::with_capacity(rendered.len() + assets.len());
    for result in rendered {
        match result {
            Ok(artifact) => artifacts.push(artifact),
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    for redirect in &site.redirects {
        let html = redirect_page(site, book, redirect);
        artifacts.push(Artifact { file: redirect.from.to_file(), bytes: html.into_bytes().into() });
    }
    let by_path: std::collections::BTreeMap<&SitePath, &Asset> =
        assets.iter().map(|asset| (&asset.path, asset)).collect();
    for (route, path) in &site.files {
        artifacts.push(Artifact { file: route.to_file(), bytes: by_path[path].bytes.clone() });
    }
    for asset in &theme.assets {
        let taken = site.files.iter().find(|(route, _)| route.to_file() == asset.file);
        if let Some((route, path)) = taken {
            let message = format!("`{path}` and the theme both want the address `{route}`");
            diagnostics.push(
                Diagnostic::new(Code::DuplicateRoute, Span::file(path), message).help("give the file another name"),
            );
        } else {
            artifacts.push(asset.clone());
        }
    }
    artifacts.sort_by(|a, b| a.file.cmp(&b.file));
    (artifacts, diagnostics)
}

/// A page at an old address that leads on to the new one, without a script.
fn redirect_page(site: &Site, book: &Book, redirect: &crate::link::Redirect) -> String {
    let root = redirect.from.to_root();
    let url = site.route(redirect.to).to_url();
    let title = crate::view::prose::escaped(site.title(redirect.to, book));
    let target = crate::view::prose::escaped(&format!("{root}{url}")).replace('"', "%22");
    let canonical = book.base_url.as_ref().map_or_else(|| target.clone(), |base| format!("{base}{url}"));
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; base-uri 'none'; form-action 'none'\">\n<title>{title}</title>\n\
         <link rel=\"canonical\" href=\"{canonical}\">\n<meta http-equiv=\"refresh\" content=\"0; url={target}\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         </head>\n<body>\n<main>\n<h1>{title}</h1>\n<p>This page has moved to <a href=\"{target}\">{title}</a>.</p>\n</main>\n</body>\n</html>\n",
        lang = book.language
    )
}
