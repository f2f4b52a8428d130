//! Books that grow: no page grows with them without bound, and everything stays within reach.

use std::collections::{BTreeMap, BTreeSet};

use throughline::Snapshot;
use throughline::build::{Build, build};
use throughline::link::PageId;

use crate::support::{Book, tree};

/// The largest page of a book of short essays, in bytes, whatever their number.
const LARGEST: usize = 160_000;

/// Short essays over four years that all use one concept; each forty-fifth has no date, `series` of them stand in a series.
fn essays(count: usize, series: usize) -> Vec<(String, String)> {
    let essay = |at: usize| {
        let date = match at % 45 {
            44 => String::new(),
            _ => format!("date = {}-{:02}-{:02}\n", 2019 + at % 4, 1 + at % 12, 1 + at % 28),
        };
        let place = if at < series { format!("series = \"Crossings\"\npart = {}\n", at + 1) } else { String::new() };
        let text = "Trust crosses the river. Nobody asks the ferry for more.\n\nAnd trust comes back. So does trust.";
        let link = if at > 0 { "\n\nWe met this in [the first crossing](e-000.md)." } else { "" };
        let file =
            format!("+++\ntitle = \"Crossing {at:03}\"\n{date}{place}concepts = [\"trust\"]\n+++\n{text}{link}\n");
        (format!("content/essays/e-{at:03}.md"), file)
    };
    (0..count).map(essay).collect()
}

fn built(files: &[(String, String)], settings: &str) -> Build {
    let files = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    let settings = format!("title = \"T\"\nbase_url = \"https://example.org/\"\n{settings}");
    let (snapshot, found) = Snapshot::from_texts(&settings, files, jiff::civil::date(2026, 1, 1));
    let build = build(&snapshot, found);
    assert!(!build.report.has_errors(), "{:?}", build.report);
    build
}

fn page(build: &Build, file: &str) -> String {
    let found = build.artifacts.iter().find(|artifact| artifact.file == file);
    String::from_utf8(found.unwrap_or_else(|| panic!("there is no {file}")).bytes.to_vec()).unwrap()
}

fn has(build: &Build, file: &str) -> bool {
    build.artifacts.iter().any(|artifact| artifact.file == file)
}

/// Files to which links of a page lead, each as often as it is linked; pages stand where they do in this book.
fn links(html: &str, from: &str) -> Vec<String> {
    let main = html.split("<main").nth(1).unwrap();
    let targets = main.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let resolve = |target: &str| {
        let mut folders: Vec<&str> = from.split('/').collect();
        folders.pop();
        let mut rest = target.split('#').next().unwrap();
        rest = rest.strip_prefix("./").unwrap_or(rest);
        while let Some(up) = rest.strip_prefix("../") {
            folders.pop();
            rest = up;
        }
        let folder = folders.iter().map(|folder| format!("{folder}/")).collect::<String>();
        if rest.is_empty() || rest.ends_with('/') {
            format!("{folder}{rest}index.html")
        } else {
            format!("{folder}{rest}")
        }
    };
    targets.filter(|target| !target.starts_with('#') && !target.contains(':')).map(resolve).collect()
}

/// The essays that the pages below `list` hold which it leads to, each as often as it stands there.
fn listed_below(build: &Build, list: &str) -> BTreeMap<String, usize> {
    let folder = list.strip_suffix("index.html").unwrap();
    let is_part = |file: &str| {
        let name = file.strip_prefix(folder).and_then(|rest| rest.split('/').next()).unwrap_or("");
        name == "undated" || !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut open = vec![list.to_owned()];
    let (mut seen, mut essays) = (BTreeSet::new(), BTreeMap::new());
    while let Some(file) = open.pop() {
        for target in links(&page(build, &file), &file) {
            if is_part(&target) {
                if seen.insert(target.clone()) {
                    open.push(target);
                }
            } else if file != list && target.starts_with("essays/e-") {
                *essays.entry(target).or_default() += 1;
            }
        }
    }
    essays
}

fn every(count: usize) -> BTreeMap<String, usize> {
    (0..count).map(|at| (format!("essays/e-{at:03}/index.html"), 1)).collect()
}

#[test]
fn every_essay_is_reached_from_its_concept_and_from_the_list_of_essays_by_one_page_of_its_year() {
    let build = built(&essays(450, 0), "");
    for list in ["concepts/trust/index.html", "essays/index.html"] {
        assert!(listed_below(&build, list) == every(450), "{list} leads to other essays than it should");
    }
}

#[test]
fn no_page_grows_with_the_book() {
    let weigh = |count: usize| -> BTreeMap<String, usize> {
        let build = built(&essays(count, count), "");
        let pages = build.artifacts.iter().filter(|artifact| artifact.file.ends_with(".html"));
        pages.map(|page| (page.file.clone(), page.bytes.len())).collect()
    };
    let (small, large) = (weigh(450), weigh(900));
    for (file, size) in &large {
        assert!(*size < LARGEST, "{file} has {size} bytes");
        // Home, lists, concepts and what everybody links to: twice the essays are a few links to further years and pages. The last page of a series, pages of
        // years and the one for missing addresses have room left.
        let Some(before) = small.get(file) else { continue };
        let has_room = file.contains("/20")
            || file.contains("undated")
            || file == "404.html"
            || file == "series/crossings/3/index.html";
        assert!(*size < before + 1_000 || has_room, "{file}: {before}, {size}");
    }
}

#[test]
fn up_to_two_hundred_essays_stand_on_one_page() {
    for (count, is_long) in [(200, false), (201, true)] {
        let build = built(&essays(count, 0), "");
        for file in ["concepts/trust/2019/index.html", "essays/2019/index.html", "essays/undated/index.html"] {
            assert_eq!(has(&build, file), is_long, "{count} essays, {file}");
        }
        let archive = links(&page(&build, "essays/index.html"), "essays/index.html");
        assert_eq!(archive.iter().filter(|link| link.starts_with("essays/e-")).count(), if is_long { 60 } else { 200 });
        let concept = page(&build, "concepts/trust/index.html");
        assert_eq!(concept.contains("Also in"), !is_long);
        let essay = page(&build, "essays/e-001/index.html");
        assert_eq!(essay.contains("more than 200 essays"), is_long);
        assert_eq!(essay.contains(">200 essays"), !is_long);
    }
}

#[test]
fn a_year_of_more_than_two_hundred_essays_has_numbered_pages_that_lead_on() {
    let mut files = essays(450, 0);
    for (_, text) in &mut files {
        *text = text.replace("date = 2020", "date = 2019").replace("date = 2021", "date = 2019");
    }
    let build = built(&files, "");
    let first = page(&build, "concepts/trust/2019/index.html");
    assert!(first.contains("rel=\"next\" href=\"../../../concepts/trust/2019/2/\""), "{first}");
    assert!(first.contains("rel=\"prev\" href=\"../../../concepts/trust/undated/\""), "{first}");
    let second = page(&build, "concepts/trust/2019/2/index.html");
    assert!(second.contains("<title>trust in 2019, page 2 \u{b7} T</title>"), "{second}");
    assert!(
        second.contains("<link rel=\"canonical\" href=\"https://example.org/concepts/trust/2019/2/\">"),
        "{second}"
    );
    assert!(second.contains("\"name\":\"trust\",\"item\":\"https://example.org/concepts/trust/\""), "{second}");
    assert!(second.contains("rel=\"next\" href=\"../../../../concepts/trust/2022/\""), "{second}");
    assert!(page(&build, "sitemap.xml").contains("<loc>https://example.org/essays/2019/2/</loc>"));
    for list in ["concepts/trust/index.html", "essays/index.html"] {
        assert!(listed_below(&build, list) == every(450), "{list} leads to other essays than it should");
    }
}

#[test]
fn a_page_of_a_year_shows_the_first_sentence_and_how_many_mentions_come_behind_it() {
    let build = built(&essays(450, 0), "");
    let year = page(&build, "concepts/trust/2019/index.html");
    let first = year.split("<dt>").nth(1).unwrap();
    assert!(first.contains("<mark>Trust</mark> crosses the river.</dd>"), "{first}");
    assert!(first.contains("and 2 more</span>") && first.contains("/#p-trust-crosses"), "{first}");
}

#[test]
fn what_an_author_wrote_keeps_its_address_and_the_page_of_the_year_gives_way() {
    let mut files = essays(450, 0);
    let own =
        |slug: &str| format!("+++\ntitle = \"My year\"\nslug = \"{slug}\"\ndate = 2019-05-05\n+++\nIt was good.\n");
    files.push(("content/essays/mine.md".to_owned(), own("2019")));
    files.push((
        "content/pages/about.md".to_owned(),
        "+++\ntitle = \"About\"\naliases = [\"/concepts/trust/2020/\"]\n+++\nx\n".to_owned(),
    ));
    let build = built(&files, "");
    assert!(page(&build, "essays/2019/index.html").contains("It was good."));
    assert!(page(&build, "concepts/trust/2020/index.html").contains("This page has moved"));
    let archive = page(&build, "essays/index.html");
    assert!(
        archive.contains("href=\"../essays/in-2019/\">2019</a>") && has(&build, "essays/in-2019/index.html"),
        "{archive}"
    );
    assert!(page(&build, "concepts/trust/index.html").contains("href=\"../../concepts/trust/in-2020/\">2020</a>"));
}

#[test]
fn pages_of_years_follow_the_pattern_of_a_concept_and_are_promised_to_nobody() {
    let build = built(&essays(450, 0), "[urls]\nconcept = \"/ideas/{slug}.html\"\n");
    assert!(page(&build, "ideas/trust/2019/index.html").contains("href=\"../../../ideas/trust.html\">trust</a>"));
    let address = build.addresses.iter().find(|address| address.file == "ideas/trust/2019/index.html").unwrap();
    assert!(!address.what.is_promised());
}

#[test]
fn a_long_series_goes_on_by_number_and_counts_on() {
    let build = built(&essays(450, 450), "");
    let of = |file: &str| -> Vec<String> {
        links(&page(&build, file), file).into_iter().filter(|link| link.starts_with("essays/e-")).collect()
    };
    let pages = ["series/crossings/index.html", "series/crossings/2/index.html", "series/crossings/3/index.html"];
    let all: Vec<String> = pages.iter().flat_map(|file| of(file)).collect();
    assert_eq!(all, every(450).into_keys().collect::<Vec<_>>());
    let second = page(&build, pages[1]);
    assert!(second.contains("<ol class=\"cards\" start=\"201\">"), "{second}");
    assert!(second.contains("rel=\"prev\" href=\"../../../series/crossings/\""), "{second}");
    assert!(!has(&build, "series/crossings/4/index.html"));
}

#[test]
fn of_many_pages_that_link_to_one_those_that_do_so_most_often_are_shown() {
    let mut files = essays(450, 0);
    files[7].1.push_str("\nAgain, [it](e-000.md) is met.\n");
    let build = built(&files, "");
    let first = page(&build, "essays/e-000/index.html");
    let shown = first.split("that mention this one").nth(1).unwrap();
    assert_eq!(shown.matches("We met this in").count(), 200);
    assert!(shown.contains("and 249 more") && shown.contains("Crossing 007"), "{shown}");
}

#[test]
fn the_replies_of_a_large_book_have_numbered_pages_on_which_each_stands_once() {
    let mut files = essays(3, 0);
    let replies = |essay: usize, count: usize| {
        let one = |at: usize| {
            format!(
                "[[reply]]\nid = \"mail:{at}\"\nauthor = \"Ada\"\ndate = 2021-03-02\ntext = \"Said {essay}-{at}.\"\nstate = \"shown\"\n"
            )
        };
        (format!("content/replies/e-{essay:03}.toml"), (0..count).map(one).collect::<String>())
    };
    files.extend([replies(0, 150), replies(1, 120), replies(2, 160)]);
    let build = built(&files, "");
    let pages = ["replies/index.html", "replies/2/index.html", "replies/3/index.html"].map(|file| page(&build, file));
    for (essay, count) in [(0, 150), (1, 120), (2, 160)] {
        for at in 0..count {
            let words = format!("Said {essay}-{at}.");
            assert_eq!(pages.iter().map(|page| page.matches(&words).count()).sum::<usize>(), 1, "{words}");
        }
    }
    assert_eq!(pages.map(|page| page.matches("Said ").count()), [200, 200, 30]);
}

#[test]
fn an_index_of_more_than_a_thousand_concepts_has_numbered_pages() {
    let concept = |at: usize| {
        (format!("content/concepts/c-{at:04}.md"), format!("+++\ntitle = \"idea {at:04}\"\nsummary = \"One.\"\n+++\n"))
    };
    let files: Vec<(String, String)> = essays(1, 0).into_iter().chain((0..1_001).map(concept)).collect();
    let build = built(&files, "");
    let terms = |file: &str| page(&build, file).matches("<dt>").count();
    // With the concept that the essay names.
    assert_eq!([terms("concepts/index.html"), terms("concepts/2/index.html")], [1_000, 2]);
    assert!(page(&build, "concepts/2/index.html").contains("rel=\"prev\" href=\"../../concepts/\""));
}

#[test]
fn a_word_in_one_essay_changes_no_page_of_another_one() {
    let mut files = essays(450, 0);
    let before = built(&files, "");
    files[13].1 = files[13].1.replace("And trust comes back.", "And it comes back.");
    let after = built(&files, "");
    let changed: Vec<&str> = before
        .artifacts
        .iter()
        .zip(&after.artifacts)
        .filter(|(old, new)| old.bytes != new.bytes && old.file.ends_with(".html") && old.file != "print/index.html")
        .map(|(old, _)| old.file.as_str())
        .collect();
    assert_eq!(changed, ["concepts/trust/2020/index.html", "concepts/trust/index.html", "essays/e-013/index.html"]);
}

#[test]
fn the_manual_theme_shows_what_is_around_a_page_of_a_large_book() {
    for (count, is_long) in [(200, false), (201, true)] {
        let build = built(&essays(count, count), "theme = \"manual\"\n");
        let essay = page(&build, "essays/e-100/index.html");
        let side = essay.split("class=\"side\"").nth(1).unwrap().split("</nav>").next().unwrap();
        let essays = side.matches("/essays/e-").count();
        assert_eq!(essays, if is_long { 3 } else { 200 });
        assert!(side.contains("aria-current=\"page\">Crossing 100</a>"), "{side}");
        assert_eq!(page(&build, "concepts/index.html").contains("class=\"side\""), !is_long);
    }
}

#[test]
fn a_theme_that_knows_nothing_of_long_lists_is_built_with_them() {
    let files: String = essays(201, 0).iter().map(|(path, text)| format!("-- {path} --\n{text}")).collect();
    let book = Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\n-- themes/own/templates/concept.html --\n{{{{ concept.passage_count }}}} in \
         {{{{ concept.essay_count }}}}{{% for card in concept.further %}}{{{{ card.url }}}}{{% endfor %}}\n\
         -- themes/own/templates/archive.html --\n{{% for year in archive.years %}}{{% for card in year.essays %}}\
         {{{{ card.title }}}}{{% endfor %}}{{% endfor %}}\n-- themes/own/templates/page.html --\n\
         {{% set backlinks = single.backlinks %}}{{% set backlinks_title = \"L\" %}}{{% include \"backlinks.html\" %}}\n\
         -- content/pages/about.md --\n+++\ntitle = \"About\"\n+++\nx\n{files}"
    ));
    std::fs::write(book.path().join("book.toml"), "title = \"T\"\ntheme = \"own\"\n").unwrap();
    let report = book.build();
    assert!(!report.contains("error"), "{report}");
    assert_eq!(book.read("concepts/trust/index.html").trim(), "603 in 201");
    assert!(book.read("essays/2019/index.html").contains("Crossing 000"));
    let why = book.run(&["why", "/concepts/trust/2019/", "--as-of", "2026-01-01"]);
    let why = String::from_utf8(why.stdout).unwrap() + &String::from_utf8(why.stderr).unwrap();
    assert!(
        why.contains("trust in 2019") && why.contains("year.html") && why.contains("content/essays/e-000.md"),
        "{why}"
    );
}

#[test]
fn a_large_book_is_built_the_same_each_time() {
    let text: String = essays(230, 230).iter().map(|(path, text)| format!("-- {path} --\n{text}")).collect();
    let book = Book::new(&text);
    let made = |book: &Book| {
        book.build();
        tree(&book.path().join("public"))
    };
    let first = made(&book);
    std::fs::remove_dir_all(book.path().join("public")).unwrap();
    assert!(made(&book) == first);
}

#[test]
fn pages_of_years_have_their_names_and_lists_in_the_joined_book() {
    let build = built(&essays(450, 0), "");
    let site = &build.site;
    let trust = PageId::Concept(site.find_concept("trust").unwrap());
    let titles: Vec<&str> = site.stretches_of(trust).map(|id| site.stretch(id).title.as_str()).collect();
    assert_eq!(titles, ["trust, undated", "trust in 2019", "trust in 2020", "trust in 2021", "trust in 2022"]);
    let essays: usize = site.stretches_of(trust).map(|id| site.essays_on(id).count()).sum();
    assert_eq!(essays, 450);
    let titles: Vec<&str> = site.stretches_of(PageId::Archive).map(|id| site.stretch(id).title.as_str()).collect();
    assert_eq!((titles[0], titles[4]), ("Essays of 2022", "Essays without a date"));
}
