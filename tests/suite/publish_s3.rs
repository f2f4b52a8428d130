//! Releases into a store that speaks S3, which checks what stores check.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use throughline::io::keep::Keep;
use throughline::model::publish::{Bucket, BucketStyle};
use throughline::publish::{
    Credentials, Failure, File, LOCK, MANIFEST, Plan, Progress, Release, S3, Stepwise, Store, Target,
};

use crate::support::Book;
use crate::support::s3::{BUCKET, Condition, Instead, KEY, SECRET, Server};

struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: usize) {}
    fn step(&self) {}
}

fn bucket(server: &Server) -> Bucket {
    Bucket {
        endpoint: server.endpoint.clone(),
        name: BUCKET.to_owned(),
        region: "us-east-1".to_owned(),
        prefix: "my essays".to_owned(),
        style: BucketStyle::Path,
    }
}

fn credentials() -> Credentials {
    Credentials::new(KEY.to_owned(), SECRET.to_owned(), None).unwrap()
}

fn store(server: &Server) -> S3 {
    S3::new(bucket(server), credentials(), 4)
}

/// A place to publish to, with a folder of its own for the former release.
struct Place<'a> {
    server: &'a Server,
    book: tempfile::TempDir,
}

impl<'a> Place<'a> {
    fn new(server: &'a Server) -> Self {
        Self { server, book: tempfile::tempdir().unwrap() }
    }

    fn target(&self) -> Stepwise<S3> {
        Stepwise::new(store(self.server), Keep::open(self.book.path(), "live"), false).unwrap()
    }

    fn publish(&self, release: &Release) -> Result<Plan, Failure> {
        let mut target = self.target();
        let plan = Plan::of(&target.look()?.manifest, &release.manifest);
        if !plan.is_empty() {
            target.apply(release, &plan, &Silent)?;
        }
        Ok(plan)
    }
}

fn release(files: &[(&str, &str)]) -> Release {
    let mut release = Release::default();
    files.iter().for_each(|(name, text)| release.insert(File::new(*name, text.as_bytes())));
    release
}

/// What is in the bucket, without the manifest.
fn there(server: &Server) -> BTreeMap<String, String> {
    let state = server.state();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let shown = state.objects.iter().filter(|(key, _)| !key.ends_with(MANIFEST));
    shown.map(|(key, object)| (key.clone(), text(&object.bytes))).collect()
}

fn wanted(release: &Release) -> BTreeMap<String, String> {
    let text = |file: &File| String::from_utf8(file.bytes.to_vec()).unwrap();
    release.files.iter().map(|(name, file)| (format!("my essays/{name}"), text(file))).collect()
}

const NAMES: [&str; 12] = [
    "assets/style.1a2b3c4d.css",
    "index.html",
    "essays/a b/index.html",
    "essays/\u{fc}/\u{65e5}\u{672c}.html",
    "a+b.html",
    "100%25.html",
    "a%b.html",
    "(1)*~'!.html",
    "x&y/z;=,@:$.txt",
    "<z>.html",
    "a/b.c/d.html",
    "feed.xml",
];

#[test]
fn a_site_is_published_changed_and_taken_away() {
    let server = Server::start();
    let place = Place::new(&server);
    let first: Vec<(&str, &str)> = NAMES.iter().map(|name| (*name, *name)).chain([("empty.txt", "")]).collect();
    let first = release(&first);
    assert_eq!(place.publish(&first).unwrap().added.len(), 13);
    assert_eq!(there(&server), wanted(&first));
    let object = |name: &str| server.state().objects[&format!("my essays/{name}")].clone();
    assert_eq!(object("index.html").kind, "text/html; charset=utf-8");
    assert!(object("assets/style.1a2b3c4d.css").cache.contains("immutable"));

    server.taken_log();
    assert!(place.publish(&first).unwrap().is_empty());
    assert_eq!(server.taken_log(), [format!("GET my essays/{MANIFEST}")]);

    let second = release(&[("index.html", "new"), ("more.html", "1")]);
    let plan = place.publish(&second).unwrap();
    assert_eq!((plan.added.len(), plan.changed.len(), plan.removed.len()), (1, 1, 12));
    assert_eq!(there(&server), wanted(&second));

    let mut target = place.target();
    target.look().unwrap();
    let former = target.former().unwrap();
    target.roll_back(&former, &Silent).unwrap();
    assert_eq!(there(&server), wanted(&first));
}

#[test]
fn assets_come_before_pages_and_pages_before_indexes_and_nothing_goes_before_all_has_come() {
    let server = Server::start();
    let place = Place::new(&server);
    place.publish(&release(&[("old.css", ""), ("old.html", "")])).unwrap();
    server.taken_log();
    let names = ["assets/a.css", "assets/b.css", "index.html", "z.html", "feed.xml", "sitemap.xml"];
    place.publish(&release(&names.map(|name| (name, name)))).unwrap();
    let log = server.taken_log();
    let steps: Vec<&str> = log
        .iter()
        .filter_map(|line| match line.split_once(' ')? {
            ("PUT", name) if name.ends_with(LOCK) => Some("lock"),
            ("PUT", name) if name.ends_with(MANIFEST) => Some("manifest"),
            ("PUT", name) if name.ends_with(".css") => Some("asset"),
            ("PUT", name) if name.ends_with(".html") => Some("page"),
            ("PUT", _) => Some("index"),
            ("DELETE", name) if name.ends_with(LOCK) => Some("unlock"),
            ("DELETE", name) if name.ends_with(".html") => Some("no-page"),
            ("DELETE", name) if name.ends_with(".css") => Some("no-asset"),
            _ => None,
        })
        .collect();
    let wanted = "lock manifest asset asset page page index index no-page no-asset manifest unlock";
    assert_eq!(steps.join(" "), wanted);
}

#[test]
fn a_publish_that_was_cut_sends_only_what_is_missing() {
    let server = Server::start();
    let place = Place::new(&server);
    server.state().page = 2;
    let names = ["a.css", "b.css", "c.css", "d.css", "index.html", "last.html"];
    let site = release(&names.map(|name| (name, name)));
    server.state().instead.push(Instead::code("PUT my essays/last.html", 507, "XMinioStorageFull"));
    let failure = place.publish(&site).unwrap_err();
    assert!(failure.message.contains("`last.html` cannot be sent: `my essays` in the bucket `site`"), "{failure}");
    assert!(failure.message.contains("has no room left"), "{failure}");
    assert_eq!(failure.undone, ["last.html"]);
    assert!(!there(&server).contains_key(&format!("my essays/{LOCK}")));

    server.state().instead.clear();
    server.taken_log();
    assert_eq!(place.publish(&site).unwrap().changed.len(), 6);
    let log = server.taken_log();
    let sent: Vec<&str> = log.iter().filter_map(|line| line.strip_prefix("PUT my essays/")).collect();
    assert_eq!(sent, [LOCK, MANIFEST, "last.html", MANIFEST]);
    assert_eq!(log.iter().filter(|line| *line == "GET list-type" || *line == "GET continuation-token").count(), 4);
    assert_eq!(there(&server), wanted(&site));
}

#[test]
fn one_of_two_that_lock_gets_it_whatever_the_store_makes_of_conditions() {
    for condition in [Condition::Kept, Condition::Ignored, Condition::Refused] {
        let server = Server::start();
        server.state().condition = condition;
        let store = store(&server);
        assert!(store.create(&File::new(LOCK, *b"one")).unwrap());
        assert!(!store.create(&File::new(LOCK, *b"two")).unwrap());
        assert_eq!(there(&server)[&format!("my essays/{LOCK}")], "one");
    }
}

#[test]
fn a_lock_whose_answer_was_lost_is_still_ours() {
    let server = Server::start();
    let lost = Instead { times: 1, is_done: true, ..Instead::code("PUT ", 503, "SlowDown") };
    server.state().instead.push(lost);
    assert!(store(&server).create(&File::new(LOCK, *b"one")).unwrap());
    assert_eq!(server.taken_log().iter().filter(|line| line.starts_with("PUT")).count(), 2);
}

#[test]
fn a_busy_store_is_asked_again_over_the_same_connections() {
    let server = Server::start();
    let names: Vec<String> = (0..200).map(|at| format!("{at}.html")).collect();
    let files: Vec<File> = names.iter().map(|name| File::new(name, name.as_bytes())).collect();
    for at in ["PUT my essays/1", "PUT my essays/7", "PUT my essays/42"] {
        let busy = Instead { times: 3, ..Instead::code(at, 503, "SlowDown") };
        server.state().instead.push(busy);
    }
    let arrived = Mutex::new(Vec::new());
    let files: Vec<&File> = files.iter().collect();
    store(&server).put(&files, &|name| arrived.lock().unwrap().push(name.to_owned())).unwrap();
    assert_eq!(arrived.lock().unwrap().len(), 200);
    assert_eq!(there(&server).len(), 200);
    assert!(server.state().connections <= 4, "{} connections", server.state().connections);
}

#[test]
fn files_are_removed_a_thousand_at_a_time_or_one_by_one() {
    let server = Server::start();
    let names: Vec<String> = (0..1002).map(|at| format!("{at}&<.html")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let all = release(&names.iter().map(|name| (*name, "")).collect::<Vec<_>>());
    let fill = || {
        let files: Vec<&File> = all.files.values().collect();
        store(&server).put(&files, &|_| {}).unwrap();
        server.taken_log();
    };
    let asked = || server.taken_log().into_iter().filter(|line| !line.starts_with("- ")).count();
    fill();
    store(&server).remove(&names).unwrap();
    assert_eq!((there(&server).len(), asked()), (0, 2));

    fill();
    server.state().has_batches = false;
    store(&server).remove(&names[..5]).unwrap();
    assert_eq!((there(&server).len(), asked()), (997, 6));

    // A good status with an error in it, and some that are left there because the store is unwell.
    server.state().has_batches = true;
    let unwell = Instead { times: 1, ..Instead::code("POST", 200, "InternalError") };
    server.state().instead.push(unwell);
    server.state().kept_back.insert("my essays/12&<.html".to_owned(), "InternalError");
    store(&server).remove(&names[5..10]).unwrap();
    store(&server).remove(&names[10..15]).unwrap();
    assert_eq!((there(&server).len(), asked()), (987, 8));

    server.state().kept_back.insert("my essays/20&<.html".to_owned(), "AccessDenied");
    let failure = store(&server).remove(&names[15..25]).unwrap_err();
    assert!(failure.message.contains("10 files cannot be removed: the access key is not allowed to"), "{failure}");
    assert!(failure.help.contains("`s3:DeleteObject`"), "{failure}");
}

#[test]
fn what_arrives_is_compared_with_what_was_sent() {
    let server = Server::start();
    let file = File::new("index.html", *b"words");
    server.state().is_encrypted = true;
    store(&server).put(&[&file], &|_| {}).unwrap();
    assert_eq!(server.taken_log(), ["PUT my essays/index.html", "HEAD my essays/index.html"]);

    server.state().is_encrypted = false;
    server.state().is_damaged = true;
    let failure = store(&server).put(&[&file], &|_| {}).unwrap_err();
    assert!(failure.message.starts_with("`index.html` did not arrive at"), "{failure}");
    assert!(store(&server).holding(&[&file]).unwrap().is_empty());
}

/// What is said when a look at the store fails.
fn said(server: &Server, bucket: Bucket, credentials: Credentials) -> String {
    let folder = tempfile::tempdir().unwrap();
    let keep = Keep::open(folder.path(), "live");
    let mut target = Stepwise::new(S3::new(bucket, credentials, 2), keep, false).unwrap();
    let failure = target.look().expect_err("the store refuses").to_string();
    for hidden in [SECRET, "Signature=", "AWS4", "<", "X-Amz"] {
        assert!(!failure.contains(hidden), "{failure}");
    }
    failure.replace(server.endpoint.trim_start_matches("http://"), "HOST")
}

#[test]
fn a_refusal_says_what_is_wrong_and_what_to_do() {
    let server = Server::start();
    let refused = |bucket: Bucket, key: &str, secret: &str, token: Option<&str>| {
        said(&server, bucket, Credentials::new(key.to_owned(), secret.to_owned(), token.map(str::to_owned)).unwrap())
    };
    let own = || bucket(&server);
    assert_eq!(
        refused(own(), "AKOTHER", SECRET, None),
        "HOST does not know the access key; look whether it belongs to this service, and whether it has been replaced by another"
    );
    assert_eq!(
        refused(own(), KEY, "another", None),
        "HOST refuses the signature: the secret key is not the one of this access key; copy both again from where they were made"
    );
    assert_eq!(
        refused(own(), KEY, SECRET, Some("old")),
        "HOST no longer takes the session token, or never did; sign in again for a new one; `AWS_SESSION_TOKEN` belongs to one \
         access key and ends with its session"
    );
    assert_eq!(
        refused(Bucket { region: "eu-west-1".to_owned(), ..own() }, KEY, SECRET, None),
        "the bucket `site` is in the region `us-east-1`, and `eu-west-1` was asked; write `region = \"us-east-1\"`"
    );
    assert_eq!(
        refused(Bucket { name: "other".to_owned(), ..own() }, KEY, SECRET, None),
        "there is no bucket `other` at HOST; make it, or look at `bucket`, `endpoint` and `region` of the target in `book.toml`"
    );
    server.state().ahead = Duration::from_secs(3600);
    let failure = refused(own(), KEY, SECRET, None);
    let times: Vec<&str> = failure.split(" says ").collect();
    assert!(times[0] == "the clock of this machine" && times[1].ends_with("UTC, and that of HOST"), "{failure}");
    assert!(times[1][..16] < times[2][..16], "{failure}");
}

#[test]
fn an_answer_that_is_none_is_told_from_a_refusal() {
    let server = Server::start();
    let page = "<html><body>Sign in<br>to the network</body></html>";
    let html = ("content-type", "text/html; charset=utf-8".to_owned());
    let region = ("x-amz-bucket-region", "eu-west-1".to_owned());
    let later = ("retry-after", "3600".to_owned());
    let code = |status, code: &str| Instead::code("GET", status, code);
    for (instead, wanted) in [
        (
            Instead { body: page.to_owned(), headers: vec![html.clone()], ..code(200, "") },
            "HOST does not answer as an S3 store does (status 200, `text/html`): something between here and there answers in its \
             place, a proxy or a login page",
        ),
        (
            Instead { body: page.to_owned(), headers: vec![html.clone()], ..code(404, "") },
            "does not answer as an S3 store does (status 404, `text/html`)",
        ),
        (
            Instead { body: page.to_owned(), headers: vec![html], ..code(407, "") },
            "`.throughline-output` cannot be read: the proxy between here and HOST asks for a password",
        ),
        (
            Instead { body: String::new(), ..code(302, "") },
            "sends elsewhere for the bucket `site`, which is not followed",
        ),
        (
            Instead { headers: vec![region], ..code(301, "PermanentRedirect") },
            "is in the region `eu-west-1`, and `us-east-1` was asked; write `region = \"eu-west-1\"`",
        ),
        (
            code(403, "AccessDenied"),
            "`.throughline-output` cannot be read: the access key is not allowed to at `my essays` in the bucket `site` at HOST; \
             allow it `s3:GetObject` and `s3:ListBucket` there",
        ),
        (
            Instead { headers: vec![later], ..code(503, "SlowDown") },
            "HOST stays busy or unwell (status 503, once); run this again later",
        ),
        (
            code(400, "InvalidRegionName"),
            "HOST refuses (status 400, `InvalidRegionName`): The InvalidRegionName message; look at the target",
        ),
        (
            Instead { body: "{\"error\": 1}".to_owned(), ..code(400, "") },
            "does not answer as an S3 store does (status 400)",
        ),
    ] {
        server.state().instead = vec![instead];
        let failure = said(&server, bucket(&server), credentials());
        assert!(failure.contains(wanted), "{failure}\n{wanted}");
    }
}

#[test]
fn a_file_that_is_too_large_is_named() {
    let server = Server::start();
    server.state().instead.push(Instead::code("PUT my essays/book.epub", 400, "EntityTooLarge"));
    let failure = Place::new(&server).publish(&release(&[("book.epub", "1"), ("index.html", "1")])).unwrap_err();
    assert!(failure.message.contains("`book.epub` cannot be sent:"), "{failure}");
    assert!(failure.message.contains("takes no file of this size in one piece"), "{failure}");
    assert_eq!(failure.undone, ["book.epub"]);
}

#[test]
fn a_bucket_is_written_by_its_name_alone() {
    let book = Book::new("-- book.toml --\ntitle = \"T\"\n[publish.live]\nto = \"s3\"\nbucket = \"s3://my-book\"\n");
    let report = book.build();
    assert!(report.contains("`s3://my-book` cannot be the name of a bucket"), "{report}");
}

#[test]
fn a_session_has_its_token_signed_and_a_bucket_may_vanish() {
    let server = Server::start();
    server.state().token = Some("to/ke+n=".to_owned());
    let credentials = Credentials::read(&format!("{KEY}\n{SECRET}\nto/ke+n=\n")).unwrap();
    let store = S3::new(bucket(&server), credentials, 2);
    let file = File::new("index.html", *b"words");
    store.put(&[&file], &|_| {}).unwrap();
    assert_eq!(store.holding(&[&file]).unwrap().len(), 1);

    server.state().has_bucket = false;
    let failure = store.put(&[&file], &|_| {}).unwrap_err();
    assert!(failure.message.starts_with("there is no bucket `site` at 127.0.0.1"), "{failure}");
    let failure = store.holding(&[&file]).unwrap_err();
    assert!(failure.message.starts_with("there is no bucket `site` at 127.0.0.1"), "{failure}");
}

#[test]
fn what_others_changed_is_not_lost() {
    let server = Server::start();
    let place = Place::new(&server);
    place.publish(&release(&[("a.html", "1"), ("b.html", "1")])).unwrap();
    server.state().objects.get_mut("my essays/a.html").unwrap().bytes = b"theirs".to_vec();
    let failure = place.publish(&release(&[("a.html", "2"), ("b.html", "2")])).unwrap_err();
    assert_eq!(failure.undone, ["a.html"]);
    assert_eq!(there(&server)["my essays/a.html"], "theirs");
}
