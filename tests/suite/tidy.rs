//! House rules that no linter knows: layers, sizes of files, lists that must agree.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut open: Vec<PathBuf> = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                files.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn imports_point_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("base", &[] as &[&str]),
        ("model", &["base"]),
        ("memo", &["base"]),
        ("io", &["base", "model", "memo"]),
        ("import", &["base", "model"]),
        ("highlight", &["base", "memo"]),
        ("parse", &["base", "model", "memo", "highlight"]),
        ("link", &["base", "model"]),
        ("view", &["base", "model", "memo", "link", "highlight"]),
        ("theme", &["base", "model", "parse", "view"]),
        ("load", &["base", "model", "io", "parse", "theme"]),
        ("render", &["base", "model", "memo", "parse", "link", "view", "theme"]),
        ("publish", &["base", "model", "io"]),
        ("promise", &["base", "model", "parse", "link", "view", "render"]),
        ("timings", &["base", "link", "view", "render"]),
        ("build", &["base", "model", "memo", "parse", "link", "view", "theme", "render", "promise", "timings"]),
        ("check", &["base", "model", "import", "parse", "link", "view", "theme", "render", "promise"]),
        ("serve", &["base", "model", "memo", "io", "load", "parse", "link", "view", "theme", "render", "promise"]),
        ("schedule", &["base", "model"]),
        ("status", &["base", "model", "link", "schedule"]),
        ("tell", &["base", "model", "link", "import"]),
        ("cli", &["base", "io"]),
    ]);
    for (file, text) in sources() {
        let module = file.split(['/', '.']).next().unwrap();
        let Some(allowed) = allowed.get(module) else { continue };
        for (at, _) in text.match_indices("crate::") {
            let used: String = text[at + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            assert!(used == module || allowed.contains(&used.as_str()), "{file} uses crate::{used}");
        }
    }
}

#[test]
fn a_file_keeps_to_one_subject() {
    for (file, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 600, "{file} has {lines} lines");
        assert!(text.starts_with("//!"), "{file} does not say its duty");
    }
}

#[test]
fn every_file_of_the_built_in_themes_is_in_the_binary() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes");
    let mut on_disk: Vec<String> = walkdir::WalkDir::new(&root)
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().strip_prefix(&root).unwrap().to_string_lossy().into_owned())
        .collect();
    on_disk.sort();
    let themes = throughline::theme::builtin::names();
    let mut embedded: Vec<String> = themes
        .into_iter()
        .flat_map(|theme| {
            throughline::theme::builtin::files(theme).iter().map(move |(name, _)| format!("{theme}/{name}"))
        })
        .collect();
    embedded.sort();
    assert_eq!(embedded, on_disk);
}

#[test]
fn every_code_has_its_page_in_the_manual() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/content/pages/checks");
    let mut pages: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    pages.sort();
    let mut codes: Vec<String> =
        throughline::base::codes::Code::ALL.iter().map(|code| code.name().to_owned()).collect();
    codes.sort();
    assert_eq!(pages, codes);
}

#[test]
fn every_source_of_replies_has_its_fuzz_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let targets: Vec<String> = fs::read_dir(folder.join("targets"))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy();
            assert!(manifest.contains(&format!("path = \"targets/{name}\"")), "{name} is not in its manifest");
            fs::read_to_string(&path).unwrap()
        })
        .collect();
    for source in throughline::import::sources::ALL {
        let line = format!("throughline_fuzz::reader!(\"{}\");", source.what);
        assert!(targets.iter().any(|target| target.contains(&line)), "no target says {line}");
    }
}
