//! Which templates a page may be made of: its own, and all that those name. Knows no page.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::fingerprint::Fingerprint;
use crate::model::source::Source;

/// How a template begins that defines what any other may use without naming it.
const SHARED: &str = "component";

/// For each template that a page may ask for, the fingerprint of all templates that it can reach. Each name that stands anywhere
/// in a template counts as one that it reaches, in whatever layer: what is too much costs time and nothing else.
pub(super) fn fingerprints(templates: &[(String, Source)]) -> BTreeMap<String, Fingerprint> {
    let mut layers: BTreeMap<&str, Vec<&(String, Source)>> = BTreeMap::new();
    for template in templates {
        layers.entry(own_name(&template.0)).or_default().push(template);
    }
    let names_of = |name: &str| -> BTreeSet<&str> {
        let texts = layers.get(name).into_iter().flatten().map(|(_, source)| source.held());
        // A name may be written with backslashes: then it stands nowhere as it is.
        let is_named = |text: &str, other: &str| text.contains(other) || text.contains('\\');
        texts.flat_map(|text| layers.keys().copied().filter(move |other| is_named(text, other))).collect()
    };
    let named: BTreeMap<&str, BTreeSet<&str>> = layers.keys().map(|name| (*name, names_of(name))).collect();
    let is_shared = |name: &&str| layers[name].iter().any(|(_, source)| source.held().contains(SHARED));
    let shared: Vec<&str> = layers.keys().copied().filter(is_shared).collect();
    let print = |name: &&str| {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = shared.iter().copied().chain([*name]).collect();
        while let Some(next) = open.pop() {
            if reached.insert(next) {
                open.extend(&named[next]);
            }
        }
        let all: Vec<_> =
            reached.iter().flat_map(|name| &layers[name]).map(|(name, source)| (name, source.fingerprint)).collect();
        ((*name).to_owned(), Fingerprint::of(format!("{all:?}").as_bytes()))
    };
    layers.keys().map(print).collect()
}

/// The name of a template without that of its layer.
fn own_name(name: &str) -> &str {
    name.split_once('/').map_or(name, |(_, own)| own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::path::SitePath;

    fn prints(templates: &[(&str, &str)]) -> BTreeMap<String, Fingerprint> {
        let source = |(name, text): &(&str, &str)| {
            let path = SitePath::new(&format!("themes/{name}")).expect("clean");
            ((*name).to_owned(), Source::new(path, (*text).to_owned()))
        };
        fingerprints(&templates.iter().map(source).collect::<Vec<_>>())
    }

    /// Names of the templates whose fingerprint another text of one changes.
    fn changed(templates: &[(&str, &str)], edited: &str) -> Vec<String> {
        let before = prints(templates);
        let text = |(name, text): &(&str, &str)| if *name == edited { format!("{text} ") } else { (*text).to_owned() };
        let texts: Vec<String> = templates.iter().map(text).collect();
        let edited: Vec<_> = templates.iter().zip(&texts).map(|((name, _), text)| (*name, text.as_str())).collect();
        let after = prints(&edited);
        before.into_iter().filter(|(name, print)| after[name] != *print).map(|(name, _)| name).collect()
    }

    #[test]
    fn a_template_counts_for_those_that_reach_it_and_no_others() {
        let book = [
            ("default/base.html", "x"),
            ("default/card.html", "x"),
            ("default/essay.html", "{% extends \"base.html\" %}"),
            ("default/home.html", "{% extends \"base.html\" %}{% include \"card.html\" %}"),
            ("own/essay.html", "{% extends \"default/essay.html\" %}"),
        ];
        assert_eq!(changed(&book, "default/base.html"), ["base.html", "essay.html", "home.html"]);
        assert_eq!(changed(&book, "default/card.html"), ["card.html", "home.html"]);
        assert_eq!(changed(&book, "own/essay.html"), ["essay.html"]);
        assert_eq!(changed(&book, "default/essay.html"), ["essay.html"], "the book's own template builds on it");
    }

    #[test]
    fn what_anyone_may_use_without_naming_it_counts_for_all() {
        let book = [("default/parts.html", "{% component Note() %}x{% endcomponent %}"), ("default/essay.html", "x")];
        assert_eq!(changed(&book, "default/parts.html"), ["essay.html", "parts.html"]);
    }

    #[test]
    fn a_template_that_comes_or_goes_counts() {
        let (one, two) = (("default/card.html", "x"), ("own/card.html", "x"));
        let home = ("default/home.html", "{% include \"card.html\" %}");
        assert_ne!(prints(&[one, home])["home.html"], prints(&[one, two, home])["home.html"]);
    }

    #[test]
    fn a_name_with_a_backslash_may_be_that_of_any() {
        let book = [("own/parts/card.html", "x"), ("own/home.html", r#"{% include "parts\/card.html" %}"#)];
        assert_eq!(changed(&book, "own/parts/card.html"), ["home.html", "parts/card.html"]);
    }

    #[test]
    fn templates_that_name_each_other_end() {
        let book = [("a/x.html", "y.html"), ("a/y.html", "x.html")];
        assert_eq!(changed(&book, "a/x.html"), ["x.html", "y.html"]);
    }
}
