//! The manifest that is there against the new one: what is sent and what is taken away. Knows no host.

use std::collections::BTreeSet;

use super::manifest::Manifest;

/// When a file is sent. A page never comes before what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Style sheets, scripts, fonts, pictures.
    Assets,
    /// Pages.
    Pages,
    /// Feeds, the site map, and whatever else names pages.
    Indexes,
}

impl Stage {
    /// All of them, in their order.
    pub const ALL: [Self; 3] = [Self::Assets, Self::Pages, Self::Indexes];

    /// The stage of a file.
    #[must_use]
    pub fn of(name: &str) -> Self {
        // A compressed copy goes with its file.
        let name = name.strip_suffix(".br").or_else(|| name.strip_suffix(".gz")).unwrap_or(name);
        let is_in = |extensions: &[&str]| extensions.iter().any(|extension| name.ends_with(extension));
        if is_in(&[".html"]) {
            Self::Pages
        } else if is_in(&[".xml", ".epub", ".opml", "feed.json"])
            || matches!(name, "robots.txt" | "llms.txt" | "graph.json" | "_redirects" | "_headers")
        {
            Self::Indexes
        } else {
            Self::Assets
        }
    }
}

/// What brings a place from one release to the next. All lists are sorted by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Files that are not there yet.
    pub added: Vec<String>,
    /// Files with other bytes, or nobody knows which.
    pub changed: Vec<String>,
    /// Files of the former release that the new one lacks.
    pub removed: Vec<String>,
    /// How many files stay as they are.
    pub unchanged: usize,
}

impl Plan {
    /// What brings a place that holds `old` to `new`.
    #[must_use]
    pub fn of(old: &Manifest, new: &Manifest) -> Self {
        let mut plan = Self::default();
        for (name, entry) in &new.files {
            match old.files.get(name) {
                Some(known) if known == entry && !old.is_outdated => plan.unchanged += 1,
                Some(_) => plan.changed.push(name.clone()),
                None if old.uncertain.binary_search(name).is_ok() => plan.changed.push(name.clone()),
                None => plan.added.push(name.clone()),
            }
        }
        let there = old.files.keys().chain(&old.uncertain);
        plan.removed = there.filter(|name| !new.files.contains_key(*name)).cloned().collect();
        plan.removed.sort();
        plan
    }

    /// Whether nothing is to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }

    /// What is sent at a stage.
    #[must_use]
    pub fn sent(&self, stage: Stage) -> Vec<&str> {
        self.all_sent().filter(|name| Stage::of(name) == stage).collect()
    }

    /// What is removed of those that are sent at a stage.
    #[must_use]
    pub fn gone(&self, stage: Stage) -> Vec<&str> {
        self.removed.iter().map(String::as_str).filter(|name| Stage::of(name) == stage).collect()
    }

    /// Everything that is sent.
    pub fn all_sent(&self) -> impl Iterator<Item = &str> {
        self.added.iter().chain(&self.changed).map(String::as_str)
    }

    /// What is removed and stands in the way of what is sent: a file where a folder is to be, or in a folder where a file is to be.
    #[must_use]
    pub fn blocking(&self) -> Vec<&str> {
        let sent: BTreeSet<&str> = self.all_sent().collect();
        let is_folder = |name: &str| {
            let below = format!("{name}/");
            sent.range(below.as_str()..).next().is_some_and(|other| other.starts_with(&below))
        };
        let is_in_file = |name: &str| name.match_indices('/').any(|(at, _)| sent.contains(&name[..at]));
        self.removed.iter().map(String::as_str).filter(|name| is_folder(name) || is_in_file(name)).collect()
    }

    /// Everything that is sent or removed.
    pub fn touched(&self) -> impl Iterator<Item = &str> {
        self.all_sent().chain(self.removed.iter().map(String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::super::release::{File, Release};
    use super::*;

    fn manifest(files: &[(&str, &str)]) -> Manifest {
        let mut release = Release::default();
        files.iter().for_each(|(name, text)| release.insert(File::new(*name, text.as_bytes())));
        release.manifest
    }

    #[test]
    fn a_plan_names_what_differs() {
        let old = manifest(&[("a.css", "1"), ("gone.html", "1"), ("index.html", "1"), ("same.html", "1")]);
        let new = manifest(&[("a.css", "2"), ("index.html", "2"), ("new.html", "1"), ("same.html", "1")]);
        let plan = Plan::of(&old, &new);
        assert_eq!(plan.added, ["new.html"]);
        assert_eq!(plan.changed, ["a.css", "index.html"]);
        assert_eq!(plan.removed, ["gone.html"]);
        assert_eq!(plan.unchanged, 1);
        assert_eq!(plan.sent(Stage::Assets), ["a.css"]);
        assert_eq!(plan.sent(Stage::Pages), ["new.html", "index.html"]);
        assert!(Plan::of(&new, &new).is_empty());
    }

    #[test]
    fn a_file_in_the_place_of_a_folder_goes_first() {
        let old = manifest(&[("gone.html", "1"), ("thing", "1"), ("pile/a.html", "1"), ("pile/b/c.html", "1")]);
        let new = manifest(&[("thing/one.html", "1"), ("pile", "1")]);
        assert_eq!(Plan::of(&old, &new).blocking(), ["pile/a.html", "pile/b/c.html", "thing"]);
    }

    #[test]
    fn what_a_cut_publish_touched_is_sent_again_or_removed() {
        let old = manifest(&[("index.html", "1"), ("same.html", "1")]).unsettled(["index.html", "half.html"]);
        let plan = Plan::of(&old, &manifest(&[("index.html", "1"), ("same.html", "1")]));
        assert_eq!((plan.changed, plan.removed), (vec!["index.html".to_owned()], vec!["half.html".to_owned()]));
    }
}
