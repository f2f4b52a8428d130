//! Which templates a page is made with: its own, those that it extends and those that it includes, from whichever layer.

use crate::base::path::SitePath;
use crate::model::source::{Layer, Source};

/// How a template comes to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// It is the template of the page.
    Page,
    /// Another one extends it.
    Extended,
    /// Another one includes it.
    Included,
}

impl How {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Extended => "extended",
            Self::Included => "included",
        }
    }
}

/// A template that a page is made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// Its name with its layer, such as `default/essay.html`.
    pub name: String,
    /// Where it stands, as reports name it.
    pub path: SitePath,
    /// How it comes to be used.
    pub how: How,
}

/// The templates behind the template of this name, each once, in the order in which they are met.
#[must_use]
pub fn chain(layers: &[Layer], name: &str) -> Vec<Used> {
    let mut used: Vec<Used> = Vec::new();
    let mut open = vec![(name.to_owned(), How::Page)];
    while let Some((name, how)) = open.pop() {
        let Some((full, source)) = find(layers, &name) else { continue };
        if used.iter().any(|known| known.name == full) {
            continue;
        }
        used.push(Used { name: full, path: source.path.clone(), how });
        let mut named = named_in(source.held());
        // The last one is taken first.
        named.reverse();
        open.extend(named);
    }
    used
}

/// A template by its name, with its layer or without: then the first layer that has it is meant.
fn find<'a>(layers: &'a [Layer], name: &str) -> Option<(String, &'a Source)> {
    let all = layers.iter().flat_map(|layer| layer.templates.iter().map(move |template| (layer, template)));
    let whole = |layer: &Layer, own: &str| format!("{}/{own}", layer.name);
    let exact = all.clone().find(|(layer, (own, _))| whole(layer, own) == name);
    let (layer, (own, source)) = exact.or_else(|| all.clone().find(|(_, (own, _))| own == name))?;
    Some((whole(layer, own), source))
}

/// The templates that a text names in its statements.
fn named_in(text: &str) -> Vec<(String, How)> {
    let mut named = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("{%") {
        let after = &rest[start + 2..];
        let end = after.find("%}").unwrap_or(after.len());
        let statement = after[..end].trim_start_matches('-').trim_start();
        let how = match statement.split_whitespace().next() {
            Some("extends") => Some(How::Extended),
            Some("include" | "import") => Some(How::Included),
            _ => None,
        };
        if let Some(how) = how {
            let quoted = statement.split(['"', '\'', '`']).skip(1).step_by(2);
            named.extend(quoted.map(|name| (name.to_owned(), how)));
        }
        rest = &after[end..];
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(name: &str, templates: &[(&str, &str)]) -> Layer {
        let template = |(own, text): &(&str, &str)| {
            let path = SitePath::new(&format!("{name}/{own}")).expect("clean");
            ((*own).to_owned(), Source::new(path, *text))
        };
        let folder = SitePath::new(name).expect("clean");
        Layer { templates: templates.iter().map(template).collect(), ..Layer::new(name, &folder) }
    }

    #[test]
    fn templates_are_followed_through_the_layers() {
        let layers = [
            layer("mine", &[("essay.html", "{% extends \"default/essay.html\" %}"), ("card.html", "")]),
            layer(
                "default",
                &[
                    ("essay.html", "{% extends \"base.html\" %}{%- include 'card.html' -%}{% include \"gone.html\" %}"),
                    ("base.html", "{# {% include \"no.html\" %} #}{% include \"essay.html\" %}"),
                    ("card.html", ""),
                ],
            ),
        ];
        let found: Vec<(String, &str)> =
            chain(&layers, "essay.html").into_iter().map(|used| (used.name, used.how.word())).collect();
        let wanted = [
            ("mine/essay.html", "page"),
            ("default/essay.html", "extended"),
            ("default/base.html", "extended"),
            ("mine/card.html", "included"),
        ];
        assert_eq!(found, wanted.map(|(name, how)| (name.to_owned(), how)));
        assert!(chain(&layers, "none.html").is_empty());
    }
}
