//! Imports into files in memory.

use super::*;
use crate::import::foreign::{Basket, Body, ForeignReply, Format, Key, State, Unreadable};
use crate::import::input::Input;
use crate::import::matching::Essay;

#[derive(Default)]
struct Drawer {
    files: BTreeMap<String, String>,
    writes: usize,
}

impl Desk for Drawer {
    fn read(&mut self, name: &str) -> Result<Option<String>, String> {
        Ok(self.files.get(name).cloned())
    }

    fn write(&mut self, name: &str, text: &str) -> Result<(), String> {
        self.writes += 1;
        self.files.insert(name.to_owned(), text.to_owned());
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Result<(), String> {
        self.files.remove(name);
        Ok(())
    }

    fn choose(&mut self, _: &str, _: &[&str]) -> Option<usize> {
        None
    }
}

fn essays() -> Essays {
    let essay = |name: &str, title: &str| Essay {
        name: name.to_owned(),
        title: title.to_owned(),
        slug: name.to_owned(),
        route: format!("/essays/{name}/"),
        text: "Trust arrives on foot and leaves on horseback.\nMore.".to_owned(),
        ..Essay::default()
    };
    Essays::new(vec![essay("trust", "On Trust"), essay("vision", "On Vision")])
}

fn reply(id: &str, parent: Option<&str>, text: &str, state: State) -> ForeignReply {
    ForeignReply {
        id: Some(id.to_owned()),
        parent: parent.map(str::to_owned),
        body: Body { text: text.to_owned(), format: Format::Plain },
        state,
        ..ForeignReply::default()
    }
}

fn thread(title: &str) -> ForeignThread {
    ForeignThread {
        key: Key { id: Some("t1".to_owned()), title: Some(title.to_owned()), ..Key::default() },
        replies: vec![
            reply("1", None, "", State::Deleted),
            reply("2", Some("1"), "> Trust arrives on foot and leaves on horseback.\n\nYes.", State::Live),
            reply("3", None, "Buy now", State::Spam),
            reply("4", None, "Wait.", State::Waiting),
        ],
        ..ForeignThread::default()
    }
}

fn import(drawer: &mut Drawer, threads: &[ForeignThread]) -> Summary {
    let essays = essays();
    let wishes = Wishes { source: "disqus".to_owned(), is_whole: true, ..Wishes::default() };
    let mut importer = Importer::new(drawer, &essays, wishes);
    threads.iter().for_each(|thread| importer.thread(thread.clone()));
    let (summary, failure) = importer.finish();
    assert_eq!(failure, None);
    summary
}

#[test]
fn a_thread_goes_to_its_essay_and_nothing_else_is_written_the_second_time() {
    let mut drawer = Drawer::default();
    let summary = import(&mut drawer, &[thread("on trust")]);
    let text = &drawer.files["content/replies/trust.toml"];
    for part in [
        "# Replies to “On Trust”.",
        "id = \"disqus:1\"\nat_source = \"deleted\"\n",
        "id = \"disqus:2\"\nparent = \"disqus:1\"\npassage = \"Trust arrives on foot and leaves on horseback\"\n",
        "id = \"disqus:4\"\nat_source = \"waiting\"\ntext = \"Wait.\"\n",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains("Buy"), "{text}");
    assert_eq!((summary.matched, summary.sum(|thread| thread.added)), (1, 3));
    assert_eq!(summary.left, BTreeMap::from([("removed at its source".to_owned(), 1), ("spam".to_owned(), 1)]));
    let writes = drawer.writes;
    let summary = import(&mut drawer, &[thread("on trust")]);
    assert_eq!((drawer.writes, summary.sum(|thread| thread.unchanged)), (writes, 3));
}

#[test]
fn a_thread_without_an_essay_waits_and_moves_when_it_is_assigned() {
    let mut drawer = Drawer::default();
    let summary = import(&mut drawer, &[thread("Elsewhere")]);
    assert_eq!((summary.matched, summary.unmatched), (0, 1));
    let (name, text) = drawer.files.pop_first().expect("kept aside");
    assert!(name.starts_with("content/replies/unmatched/disqus-t1-"), "{name}");
    let assigned = text.replace("key = \"t1\"", "key = \"t1\"\nessay = \"vision\"").replace("\"Wait.\"", "\"Wait!\"");
    drawer.files.insert(name, assigned);
    import(&mut drawer, &[thread("Elsewhere")]);
    assert_eq!(drawer.files.keys().map(String::as_str).collect::<Vec<_>>(), ["content/replies/vision.toml"]);
    assert!(drawer.files["content/replies/vision.toml"].contains("\"Wait!\""), "an edit by hand moves too");
}

#[test]
fn what_was_forgotten_does_not_come_back() {
    let mut drawer = Drawer::default();
    let essays = essays();
    let wishes =
        Wishes { source: "disqus".to_owned(), forgotten: BTreeSet::from(["disqus:2".to_owned()]), ..Wishes::default() };
    let mut importer = Importer::new(&mut drawer, &essays, wishes);
    importer.thread(thread("On Trust"));
    assert_eq!(importer.finish().0.left.get("forgotten here"), Some(&1));
    assert!(!drawer.files["content/replies/trust.toml"].contains("horseback"));
    // A reply that had no id when it was forgotten is known again by its words.
    let mut thread = thread("On Trust");
    thread.replies[1].author.name = Some("Ada".to_owned());
    let made = format!("disqus:{}", made_id(&thread.replies[1]));
    let wishes = Wishes { source: "disqus".to_owned(), forgotten: BTreeSet::from([made]), ..Wishes::default() };
    let mut importer = Importer::new(&mut drawer, &essays, wishes);
    importer.thread(thread);
    assert_eq!(importer.finish().0.left.get("forgotten here"), Some(&1));
}

#[test]
fn a_second_import_of_a_part_marks_nothing_as_gone() {
    let post = |id: u64| {
        format!(
            "<post dsq:id=\"{id}\"><message>Words.</message><createdAt>2016-01-02T03:04:05Z</createdAt><thread dsq:id=\"7\"/></post>"
        )
    };
    let disqus = format!(
        "<disqus xmlns=\"http://disqus.com\"><thread dsq:id=\"7\"><id>trust</id></thread>{}{}</disqus>",
        post(1),
        post(2)
    );
    let comment = |id: u64| {
        format!(
            "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_content>Words.</wp:comment_content></wp:comment>"
        )
    };
    let wordpress = format!(
        "<rss><channel><item><wp:post_name>trust</wp:post_name>{}{}</item></channel></rss>",
        comment(1),
        comment(2)
    );
    let status = |id: u64| {
        format!(
            "{{\"id\": \"{id}\", \"in_reply_to_id\": \"trust\", \"content\": \"<p>Words.</p>\", \"account\": {{\"acct\": \"ada\"}}}}"
        )
    };
    let mastodon = format!("{{\"ancestors\": [], \"descendants\": [{}, {}]}}", status(1), status(2));
    for (read, text) in [
        (crate::import::disqus::read as fn(&Input, &mut dyn Harvest) -> Result<(), Unreadable>, disqus),
        (crate::import::wordpress::read, wordpress),
        (crate::import::mastodon::read, mastodon),
    ] {
        let threads = |text: &str| Basket::of(read, text).map(|found| found.threads).unwrap_or_default();
        let mut drawer = Drawer::default();
        assert_eq!(import(&mut drawer, &threads(&text)).sum(|thread| thread.added), 2, "{text}");
        let before = drawer.files.clone();
        for end in 0..text.len() {
            let summary = import(&mut drawer, &threads(&text[..end]));
            assert_eq!((summary.sum(|thread| thread.gone), &drawer.files), (0, &before), "{end} of {text}");
        }
        assert_eq!(import(&mut drawer, &threads(&text)).sum(|thread| thread.unchanged), 2);
    }
}

#[test]
fn a_thread_that_brings_nothing_leaves_no_trace_beside_one_that_does() {
    let mut drawer = Drawer::default();
    let keyed = |id: &str, replies: Vec<ForeignReply>| ForeignThread {
        key: Key { id: Some(id.to_owned()), title: Some("On Trust".to_owned()), ..Key::default() },
        replies,
        ..ForeignThread::default()
    };
    let threads = [
        keyed("t1", vec![reply("3", None, "Buy now", State::Spam)]),
        keyed("t2", vec![reply("5", None, "Well said.", State::Live)]),
    ];
    import(&mut drawer, &threads);
    let files = drawer.files.clone();
    assert_eq!(files["content/replies/trust.toml"].matches("[[thread]]").count(), 1);
    import(&mut drawer, &threads);
    assert_eq!((drawer.files, drawer.writes), (files, 1));
}

#[test]
fn signs_that_nobody_sees_break_no_file() {
    let mut drawer = Drawer::default();
    let odd = ForeignThread {
        key: Key {
            id: Some("t\u{1b}1".to_owned()),
            title: Some("Else\u{7}where\u{202e}".to_owned()),
            ..Key::default()
        },
        address: Some("https://example.org/\u{1}t".to_owned()),
        ..thread("")
    };
    import(&mut drawer, std::slice::from_ref(&odd));
    let files = drawer.files.clone();
    let (_, text) = files.first_key_value().expect("kept aside");
    assert!(text.contains("key = \"t 1\"\ntitle = \"Else where\"\n") && !text.contains("address"), "{text}");
    import(&mut drawer, &[odd]);
    assert_eq!(drawer.files, files);
}

#[test]
fn a_reply_with_the_id_of_another_thread_is_another_reply() {
    let mut drawer = Drawer::default();
    let keyed = |id: &str, replies: Vec<ForeignReply>| ForeignThread {
        key: Key { id: Some(id.to_owned()), title: Some("On Trust".to_owned()), ..Key::default() },
        replies,
        ..ForeignThread::default()
    };
    let threads = [
        keyed("t1", vec![reply("1", None, "Ann says.", State::Live)]),
        keyed(
            "t2",
            vec![reply("1", None, "Bob says.", State::Live), reply("2", Some("1"), "So he does.", State::Live)],
        ),
    ];
    let summary = import(&mut drawer, &threads);
    assert_eq!((summary.sum(|thread| thread.added), summary.sum(|thread| thread.updated)), (3, 0));
    let files = drawer.files.clone();
    let text = &files["content/replies/trust.toml"];
    let own = text.split("id = \"").nth(2).and_then(|rest| rest.split('"').next()).expect("a second id");
    assert!(
        own.starts_with("disqus:") && own.ends_with(".1") && text.contains(&format!("parent = \"{own}\"")),
        "{text}"
    );
    let summary = import(&mut drawer, &threads);
    assert_eq!((summary.sum(|thread| thread.unchanged), drawer.files), (3, files));
}

#[test]
fn a_name_that_a_part_does_not_say_is_kept() {
    let mut drawer = Drawer::default();
    let mut whole = thread("On Trust");
    whole.replies[1].author.name = Some("Ada".to_owned());
    import(&mut drawer, std::slice::from_ref(&whole));
    let cut = ForeignThread { gaps: vec!["the rest is cut off".to_owned()], ..thread("On Trust") };
    let before = drawer.files.clone();
    import(&mut drawer, &[cut]);
    assert_eq!(drawer.files, before);
}

#[test]
fn replies_of_a_renamed_essay_are_not_brought_in_beside_their_old_file() {
    let mut drawer = Drawer::default();
    let lost = BTreeMap::from([(("disqus".to_owned(), "t1".to_owned()), "content/replies/old.toml".to_owned())]);
    let essays = essays().with_orphans(lost);
    let wishes = Wishes { source: "disqus".to_owned(), ..Wishes::default() };
    let mut importer = Importer::new(&mut drawer, &essays, wishes);
    importer.thread(thread("On Trust"));
    let why = importer.finish().1.expect("refused");
    assert!(why.contains("`content/replies/old.toml`") && drawer.files.is_empty(), "{why}");
}

#[test]
fn a_reply_that_waited_stands_once_beside_another_thread_of_its_essay() {
    let mut drawer = Drawer::default();
    let keyed = |id: &str, title: &str, replies: Vec<ForeignReply>| ForeignThread {
        key: Key { id: Some(id.to_owned()), title: Some(title.to_owned()), ..Key::default() },
        replies,
        ..ForeignThread::default()
    };
    let waiting = keyed("t2", "Elsewhere", vec![reply("9", None, "It waited.", State::Live)]);
    import(&mut drawer, std::slice::from_ref(&waiting));
    let (name, text) = drawer.files.pop_first().expect("kept aside");
    drawer.files.insert(name, text.replace("key = \"t2\"", "key = \"t2\"\nessay = \"trust\""));
    let first = keyed("t1", "On Trust", vec![reply("1", None, "The first.", State::Live)]);
    import(&mut drawer, std::slice::from_ref(&first));
    import(&mut drawer, &[first, waiting]);
    let text = &drawer.files["content/replies/trust.toml"];
    assert_eq!(text.matches("It waited.").count(), 1, "{text}");
}

#[test]
fn replies_of_a_renamed_essay_are_not_brought_in_beside_their_old_file_by_name_either() {
    let mut drawer = Drawer::default();
    let lost = BTreeMap::from([(("disqus".to_owned(), "t1".to_owned()), "content/replies/old.toml".to_owned())]);
    let essays = essays().with_orphans(lost);
    let wishes = Wishes { source: "disqus".to_owned(), essay: Some(0), ..Wishes::default() };
    let mut importer = Importer::new(&mut drawer, &essays, wishes);
    importer.thread(thread("On Trust"));
    let why = importer.finish().1.expect("refused");
    assert!(why.contains("`content/replies/old.toml`") && drawer.files.is_empty(), "{why}");
}

#[test]
fn no_line_of_a_file_holds_an_address_out_of_a_title() {
    let mut drawer = Drawer::default();
    import(&mut drawer, &[thread("Write to ada@example.org")]);
    let (_, text) = drawer.files.first_key_value().expect("kept aside");
    assert!(!text.contains("ada@example.org") && text.contains("Write to [address]"), "{text}");
}
