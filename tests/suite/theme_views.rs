//! The contract with theme authors: the manual describes every field that a template may show, and a template may show it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Book, tree};

/// A struct that templates get.
struct View {
    name: String,
    about: String,
    /// Name, type and description.
    fields: Vec<(String, String, String)>,
}

/// Every struct of `src/view/` that is written for templates, in the order of the files.
fn views() -> Vec<View> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/view");
    let mut views = Vec::new();
    for (name, bytes) in tree(&folder) {
        if !name.ends_with(".rs") {
            continue;
        }
        let text = String::from_utf8(bytes).unwrap();
        let mut about: Vec<&str> = Vec::new();
        let mut is_written = false;
        let mut open: Option<View> = None;
        for line in text.lines().map(str::trim) {
            if let Some(words) = line.strip_prefix("/// ") {
                about.push(words);
                continue;
            }
            if line.starts_with("#[derive(") {
                is_written = line.contains("Serialize");
                continue;
            }
            if line.starts_with("#[") {
                continue;
            }
            let described = std::mem::take(&mut about).join(" ");
            match &mut open {
                None => {
                    let name = line.strip_prefix("pub struct ").and_then(|line| line.strip_suffix(" {"));
                    if let Some(name) = name.filter(|_| is_written) {
                        open = Some(View { name: name.to_owned(), about: described, fields: Vec::new() });
                    }
                    is_written = false;
                }
                Some(_) if line == "}" => views.extend(open.take()),
                Some(view) => {
                    let field = line.strip_prefix("pub ").and_then(|line| line.strip_suffix(',')?.split_once(": "));
                    let (field, kind) = field.unwrap_or_else(|| panic!("{name}: `{line}` is no public field"));
                    assert!(!described.is_empty(), "`{}.{field}` is not described", view.name);
                    view.fields.push((field.to_owned(), kind.to_owned(), described));
                }
            }
        }
    }
    assert!(views.len() > 30, "the views are not where this test looks for them");
    views
}

/// A type of the source in the words of a theme's author.
fn in_words(kind: &str) -> String {
    let inner = |start: &str| kind.strip_prefix(start).and_then(|rest| rest.strip_suffix('>'));
    if let Some(of) = inner("Option<") {
        return format!("{}, or `null`", in_words(of));
    }
    if let Some(of) = inner("Vec<") {
        return format!("list of {}", in_words(of));
    }
    if let Some(of) = inner("Box<").or_else(|| inner("super::shared::Shared<")) {
        return in_words(of);
    }
    match kind.rsplit("::").next().unwrap_or(kind) {
        "String" | "str" => "text".to_owned(),
        "bool" => "yes/no".to_owned(),
        "usize" | "u64" | "u32" | "u16" | "u8" | "i16" | "i32" | "i64" | "f64" => "number".to_owned(),
        _ if kind.starts_with("Map<") => "values by name".to_owned(),
        view => view.trim_start_matches("&'static ").trim_start_matches("&").to_owned(),
    }
}

/// `SNAPSHOTS=overwrite` puts in what the source says now; read it before it is kept.
#[test]
fn the_manual_describes_every_field_of_every_view_in_the_words_of_the_source() {
    let mut wanted = String::from("## Fields\n");
    for view in views() {
        wanted.push_str(&format!("\n### {}\n\n{}\n\n| field | type | means |\n|---|---|---|\n", view.name, view.about));
        for (field, kind, described) in view.fields {
            wanted.push_str(&format!("| `{field}` | {} | {described} |\n", in_words(&kind)));
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/content/essays/themes.md");
    let chapter = fs::read_to_string(&path).unwrap();
    let start = chapter.find("## Fields\n").expect("the chapter has the section");
    if chapter[start..] != wanted && std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
        fs::write(&path, format!("{}{wanted}", &chapter[..start])).unwrap();
    }
    let differing = chapter[start..].lines().zip(wanted.lines()).find(|(old, new)| old != new);
    assert!(chapter[start..] == wanted, "the chapter on themes differs, first at {differing:?}");
}

/// The kinds of pages with the name and type of what they show.
const KINDS: [(&str, &str, &str); 11] = [
    ("home", "home", "HomeView"),
    ("essay", "essay", "EssayView"),
    ("archive", "archive", "ArchiveView"),
    ("concept", "concept", "ConceptView"),
    ("concepts", "concepts", "ConceptsView"),
    ("series", "series", "SeriesView"),
    ("year", "year", "YearPageView"),
    ("replies", "replies", "RepliesView"),
    ("page", "single", "SingleView"),
    ("print", "print", "PrintView"),
    ("missing", "missing", "MissingView"),
];

/// A template that shows every field of a view, and below it of the views it holds; each says that it was reached.
fn shown(value: &str, view: &View, all: &BTreeMap<&str, &View>, depth: usize) -> String {
    let mut written = format!("{}reached {}\n", "  ".repeat(depth), view.name);
    for (field, kind, _) in &view.fields {
        let path = format!("{value}.{field}");
        let inner = |kind: &str| {
            let kind =
                kind.trim_start_matches("Box<").trim_start_matches("super::shared::Shared<").trim_end_matches('>');
            kind.rsplit("::").next().unwrap_or(kind).to_owned()
        };
        if let Some(of) = kind.strip_prefix("Vec<").map(inner) {
            let each = format!("{field}{depth}");
            let below = all
                .get(of.as_str())
                .map_or_else(|| format!("{{{{ {each} }}}}\n"), |below| shown(&each, below, all, depth + 1));
            written.push_str(&format!("{{% for {each} in {path} %}}{below}{{% endfor %}}\n"));
        } else if let Some(of) = kind.strip_prefix("Option<").map(inner) {
            let below = all
                .get(of.as_str())
                .map_or_else(|| format!("{{{{ {path} }}}}\n"), |below| shown(&path, below, all, depth + 1));
            written.push_str(&format!("{{% if {path} is not none %}}{below}{{% endif %}}\n"));
        } else if kind.starts_with("Map<") {
            written.push_str(&format!(
                "{{% for key{depth}, value{depth} in {path} %}}{{{{ key{depth} }}}}{{% endfor %}}\n"
            ));
        } else if let Some(below) = all.get(kind.as_str()) {
            written.push_str(&shown(&path, below, all, depth + 1));
        } else {
            written.push_str(&format!("{{{{ {path} }}}}\n"));
        }
    }
    written
}

/// The templates in `tests/themes/probe/` name every field, as themes out in the world do: who renames a field, breaks them.
/// `SNAPSHOTS=overwrite` writes them anew.
#[test]
fn a_theme_that_shows_every_field_of_every_view_renders_the_book_of_this_repository() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("tests/themes/probe/templates");
    let views = views();
    let all: BTreeMap<&str, &View> = views.iter().map(|view| (view.name.as_str(), view)).collect();
    let always =
        [("book", "BookView"), ("page", "PageView")].map(|(value, view)| shown(value, all[view], &all, 0)).concat();
    let of_kind = |(kind, value, view): (&str, &str, &str)| {
        (kind.to_owned(), format!("{{% include \"every.html\" %}}\n{}", shown(value, all[view], &all, 0)))
    };
    for (name, wanted) in [("every".to_owned(), always)].into_iter().chain(KINDS.map(of_kind)) {
        let path = folder.join(format!("{name}.html"));
        if std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &wanted).unwrap();
        }
        let template = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(template, wanted, "{} does not show what the views hold", path.display());
    }
    let book = Book::new("-- content/static/none.txt --\nx\n");
    let copy = |from: &Path, to: &str| {
        let status = Command::new("cp").arg("-r").arg(from).arg(book.path().join(to)).status().unwrap();
        assert!(status.success());
    };
    fs::remove_dir_all(book.path().join("content")).unwrap();
    fs::create_dir(book.path().join("themes")).unwrap();
    copy(&root.join("content"), "content");
    copy(&root.join("tests/themes/probe"), "themes/probe");
    copy(&root.join("tests/books/manual/content/static"), "content/static");
    let settings = "title = \"T\"\nauthor = \"A\"\nbase_url = \"https://example.org/\"\ntheme = \"probe\"\nimage = \"static/share.png\"\n[extra]\na = 1\n[replies]\nheadlines = true\nremoval = \"mailto:a@example.org\"\n";
    fs::write(book.path().join("book.toml"), settings).unwrap();
    fs::write(book.path().join("content/essays/more.md"), MORE).unwrap();
    let replies: String = (1..6)
        .map(|at| {
            let parent = if at > 1 { format!("parent = \"mail:{}\"\n", at - 1) } else { String::new() };
            format!("[[reply]]\nid = \"mail:{at}\"\n{parent}author = \"Ada\"\ntext = \"Words.\"\nstate = \"shown\"\n")
        })
        .collect();
    fs::write(book.path().join("content/replies/more.toml"), replies).unwrap();
    let build = || -> Vec<String> {
        let output = book.run(&["build", "--as-of", "2027-01-01"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let files = tree(&book.path().join("public")).into_iter().filter(|(name, _)| name.ends_with(".html"));
        files.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect()
    };
    let mut pages = build();
    // As many as a list must have to go on on further pages.
    for at in 0..201 {
        let file = book.path().join(format!("content/essays/many-{at}.md"));
        fs::write(file, format!("+++\ntitle = \"{at}\"\ndate = 2019-01-01\nconcepts = [\"many\"]\n+++\nMany.\n"))
            .unwrap();
    }
    pages.extend(build());
    for view in &views {
        let line = format!("reached {}\n", view.name);
        assert!(pages.iter().any(|page| page.contains(&line)), "no page of the book shows a {}", view.name);
    }
}

/// What the book of this repository lacks.
const MORE: &str = "+++\ntitle = \"More\"\ndate = 2020-01-02\nsyndication = [\"https://medium.com/x\"]\n[extra]\na = 1\n+++\nA note.[^1]\n\n[^1]: Here.\n";
