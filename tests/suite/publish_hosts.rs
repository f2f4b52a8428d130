//! Publishing to Netlify and to Cloudflare Pages: releases in, what readers see and what was asked out.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use throughline::publish::{self, Failure, File, MANIFEST, Manifest, Plan, Progress, Release, Target};

use crate::support::cloudflare::{self, Cloudflare};
use crate::support::hosts::{Host, hosts};
use crate::support::http::{Fields, Trouble};
use crate::support::netlify::{self, Netlify};

fn release(files: &[(&str, &str)]) -> Release {
    let mut release = Release::default();
    files.iter().for_each(|(name, text)| release.insert(File::new(*name, text.as_bytes())));
    release
}

fn first() -> Release {
    release(&[
        ("_headers", "/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n"),
        ("_redirects", "/old/ /new/ 301\n"),
        ("assets/style.1a2b3c4d.css", "p {}"),
        ("essays/a b/%20 ü 100%.html", "odd name"),
        ("index.html", "<h1>One</h1>"),
        ("same.html", "<h1>One</h1>"),
    ])
}

fn second() -> Release {
    let mut next = first();
    next.remove("same.html");
    next.insert(File::new("index.html", *b"<h1>Two</h1>!"));
    next.insert(File::new("new.html", *b"new"));
    next
}

/// All files of a release with their bytes, and its manifest.
fn whole(release: &Release) -> BTreeMap<String, Vec<u8>> {
    let files = release.files.iter().map(|(name, file)| (name.clone(), file.bytes.to_vec()));
    files.chain([(MANIFEST.to_owned(), release.manifest.to_text().into_bytes())]).collect()
}

/// Notes what it is told.
#[derive(Default)]
struct Steps(Mutex<Vec<(String, usize, usize)>>);

impl Progress for Steps {
    fn begin(&self, what: &str, steps: usize) {
        self.0.lock().unwrap().push((what.to_owned(), steps, 0));
    }

    fn step(&self) {
        self.0.lock().unwrap().last_mut().unwrap().2 += 1;
    }
}

fn publish_to(target: &mut dyn Target, release: &Release) -> Result<Plan, Failure> {
    let there = target.look()?;
    let plan = Plan::of(&there.manifest, &release.manifest);
    if !plan.is_empty() {
        let steps = Steps::default();
        target.apply(release, &plan, &steps)?;
        assert!(steps.0.lock().unwrap().iter().all(|(_, steps, done)| steps == done));
    }
    Ok(plan)
}

fn publish(host: &dyn Host, release: &Release) -> Result<Plan, Failure> {
    publish_to(host.target().as_mut(), release)
}

fn size(release: &Release, names: &[&str]) -> usize {
    let manifest = release.manifest.to_text().len();
    names.iter().map(|name| release.files[*name].bytes.len()).sum::<usize>() + manifest
}

#[test]
fn a_first_publish_puts_all_there_and_a_second_one_costs_two_reads() {
    for host in hosts() {
        let host = host.as_ref();
        host.think(1);
        assert_eq!(publish(host, &first()).unwrap().added.len(), first().files.len());
        assert_eq!(host.tree(), whole(&first()));
        host.troubles().asked();
        let there = host.target().look().unwrap();
        assert_eq!((there.manifest, there.notes), (first().manifest, Vec::new()));
        let asked = host.troubles().asked();
        assert!(asked.len() == 2 && asked.iter().all(|what| what.starts_with("GET ")), "{asked:?}");
    }
}

#[test]
fn only_bytes_that_the_host_lacks_are_sent_and_what_is_gone_goes() {
    for host in hosts() {
        let host = host.as_ref();
        publish(host, &first()).unwrap();
        host.received();
        let plan = publish(host, &second()).unwrap();
        assert_eq!(
            (plan.added, plan.changed, plan.removed),
            (vec!["new.html".into()], vec!["index.html".into()], vec!["same.html".into()])
        );
        assert_eq!(host.tree(), whole(&second()));
        assert_eq!(host.received(), size(&second(), &["index.html", "new.html"]));
    }
}

fn cut_and_run_again(host: &dyn Host, trouble: Trouble) {
    publish(host, &first()).unwrap();
    let names: Vec<String> = (0..600).map(|at| format!("many/{at}.html")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut many = first();
    names.iter().for_each(|name| many.insert(File::new(*name, name.as_bytes())));
    host.received();
    host.troubles().add(host.sending(), 1, usize::MAX, trouble);
    let failure = publish(host, &many).unwrap_err();
    assert_eq!(failure.undone.len(), 600, "{failure}");
    assert!(!failure.help.is_empty());
    assert_eq!(host.tree(), whole(&first()));
    host.troubles().clear();
    publish(host, &many).unwrap();
    assert_eq!(host.tree(), whole(&many));
    assert_eq!(host.received(), size(&many, &names), "something was sent twice");
}

#[test]
fn a_publish_that_is_cut_leaves_the_old_site_and_the_next_one_sends_the_rest() {
    for host in hosts() {
        cut_and_run_again(host.as_ref(), Trouble::Says(503, "", &[("Retry-After", "3600")]));
    }
}

#[test]
fn netlify_may_die_in_the_middle() {
    cut_and_run_again(&Netlify::start(), Trouble::Cut);
}

#[test]
fn cloudflare_may_die_in_the_middle() {
    cut_and_run_again(&Cloudflare::start(), Trouble::Cut);
}

#[test]
fn a_deploy_that_was_made_twice_is_one_release() {
    for host in hosts() {
        let host = host.as_ref();
        publish(host, &first()).unwrap();
        host.prefer_twins();
        let begins =
            if host.sending().starts_with("PUT") { "POST /api/v1/sites/" } else { "POST /client/v4/accounts/" };
        host.troubles().add(begins, 0, 1, Trouble::Lost);
        publish_to(host.waiting(Duration::from_secs(2)).as_mut(), &second()).unwrap();
        assert!(host.troubles().are_over());
        assert_eq!(host.tree(), whole(&second()));
    }
}

#[test]
fn the_answer_to_the_last_file_may_be_lost() {
    let host = Netlify::start();
    host.troubles.add("PUT ", 1, 1, Trouble::Lost);
    publish(&host, &release(&[("index.html", "one")])).unwrap();
    assert!(host.troubles.are_over());
}

#[test]
fn what_passes_is_tried_again() {
    for host in hosts() {
        let host = host.as_ref();
        let (busy, slower) = (Trouble::Says(503, "busy", &[]), Trouble::Says(429, "", &[("Retry-After", "0")]));
        host.troubles().add("GET ", 0, 1, busy);
        host.troubles().add("GET ", 0, 1, Trouble::Cut);
        host.troubles().add("POST ", 0, 1, slower);
        host.troubles().add("POST ", 0, 1, Trouble::Lost);
        host.troubles().add(host.sending(), 0, 1, Trouble::Cut);
        host.troubles().add(host.sending(), 0, 1, Trouble::Lost);
        publish(host, &first()).unwrap();
        assert_eq!(host.tree(), whole(&first()));
        assert!(host.troubles().are_over());
    }
}

#[test]
fn the_release_before_the_last_one_comes_back() {
    for host in hosts() {
        let host = host.as_ref();
        let third = release(&[("index.html", "three")]);
        publish(host, &first()).unwrap();
        publish(host, &second()).unwrap();
        let roll_back = || {
            let mut target = host.target();
            target.look()?;
            let former = target.former()?;
            target.roll_back(&former, &Steps::default()).map(|()| former.manifest)
        };
        host.received();
        assert_eq!(roll_back(), Ok(first().manifest));
        assert_eq!((host.tree(), host.received()), (whole(&first()), 0));
        assert!(publish(host, &first()).unwrap().is_empty());
        // What was taken back does not come again, though it is younger than what it was taken back to.
        publish(host, &third).unwrap();
        assert_eq!(roll_back(), Ok(first().manifest));
        assert_eq!(host.tree(), whole(&first()));
        let failure = roll_back().unwrap_err();
        assert!(failure.message.starts_with("there is nothing to go back to at the "), "{failure}");
        assert!(failure.help.contains("by hand"), "{failure}");
    }
}

#[test]
fn somebody_who_publishes_meanwhile_is_not_written_over() {
    for host in hosts() {
        let host = host.as_ref();
        publish(host, &first()).unwrap();
        let mut slow = host.target();
        let there = slow.look().unwrap();
        publish(host, &second()).unwrap();
        let plan = Plan::of(&there.manifest, &first().manifest);
        let failure = slow.apply(&first(), &plan, &Steps::default()).unwrap_err();
        assert!(failure.message.starts_with("somebody else has published to the "), "{failure}");
        assert_eq!(host.tree(), whole(&second()));
    }
}

#[test]
fn a_deploy_that_fails_is_told_in_the_host_s_words() {
    for host in hosts() {
        let host = host.as_ref();
        publish(host, &first()).unwrap();
        host.fail_with(Some("Rule 3 of\n_redirects is odd"));
        let failure = publish(host, &second()).unwrap_err();
        assert!(failure.message.contains("could not make the deploy"), "{failure}");
        assert!(failure.message.contains("Rule 3 of _redirects is odd”"), "{failure}");
        assert_eq!(failure.undone, ["new.html", "index.html", "same.html"]);
        assert_eq!(host.tree(), whole(&first()));
        host.fail_with(None);
        publish(host, &second()).unwrap();
        assert_eq!(host.tree(), whole(&second()));
    }
}

#[test]
fn a_deploy_that_never_ends_is_given_up() {
    for host in hosts() {
        let host = host.as_ref();
        host.think(1000);
        let failure = publish_to(host.waiting(Duration::ZERO).as_mut(), &first()).unwrap_err();
        assert!(failure.message.ends_with("within 0 minutes"), "{failure}");
        assert!(failure.help.contains("run this again"), "{failure}");
    }
}

#[test]
fn a_manifest_that_cannot_be_read_makes_a_note_and_no_more_sending() {
    for host in hosts() {
        let host = host.as_ref();
        publish(host, &first()).unwrap();
        host.received();
        host.hide();
        let there = host.target().look().unwrap();
        assert!(there.notes.len() == 1 && there.notes[0].contains("every file counts as"), "{:?}", there.notes);
        assert_eq!(there.manifest.files, Manifest::default().files);
        publish(host, &second()).unwrap();
        assert_eq!(host.tree(), whole(&second()));
        assert_eq!(host.received(), size(&second(), &["index.html", "new.html"]));
    }
}

/// What a look fails with after this trouble.
fn refused(host: &dyn Host, trouble: Trouble) -> Failure {
    host.troubles().add("GET ", 0, usize::MAX, trouble);
    let failure = host.target().look().unwrap_err();
    host.troubles().clear();
    for secret in [netlify::TOKEN, cloudflare::TOKEN] {
        assert!(!failure.to_string().contains(secret), "{failure}");
    }
    failure
}

/// Status, body and header fields of an answer, and parts of the message and of the help that it makes.
type Case = (u16, &'static str, Fields, &'static str, &'static str);

#[test]
fn refusals_are_sentences_with_remedies() {
    let hour = &[("Retry-After", "3600")];
    let netlify: &[Case] = &[
        (
            401,
            r#"{"message":"Access Denied: nfp_secret"}"#,
            &[],
            "Netlify does not accept the token: “Access Denied: …”",
            "personal access token",
        ),
        (402, "{}", &[], "Netlify wants to be paid before it goes on", "Billing"),
        (
            403,
            r#"{"message":"Forbidden"}"#,
            &[],
            "the token may not do this at Netlify: “Forbidden”",
            "may publish to this site",
        ),
        (
            404,
            r#"{"code":404,"message":"Not Found"}"#,
            &[],
            "Netlify knows nothing of the site `my-book.netlify.app`: “Not Found”",
            "`site`",
        ),
        (
            422,
            r#"{"errors":{"files":["too many"]}}"#,
            &[],
            "Netlify refuses a request about the site `my-book.netlify.app`: it answers 422: “{\"files\":[\"too many\"]}”",
            "again",
        ),
        (429, "{}", hour, "Netlify takes no more requests for now", "wait 3600 seconds"),
        (503, "", hour, "Netlify does not work at this moment: it answers 503", "later"),
        (200, "<html>Sign in</html>", &[], "something between here and there answers in its place", "sign-in page"),
        (302, "", &[], "something between here and there answers in its place", "sign-in page"),
        (403, "<html>blocked</html>", &[], "something between here and there answers in its place", "proxy"),
        (
            200,
            r#"{"published_deploy":7}"#,
            &[],
            "Netlify answers in a form that this version does not know",
            "newer version",
        ),
    ];
    let host = Netlify::start();
    for (status, text, headers, message, help) in netlify {
        let failure = refused(&host, Trouble::Says(*status, text, headers));
        assert!(failure.message.contains(message) && failure.help.contains(help), "{status}: {failure}");
    }
    let cloudflare: &[Case] = &[
        (
            401,
            r#"{"errors":[{"code":9109,"message":"Invalid access token"}]}"#,
            &[],
            "Cloudflare does not accept the token: “Invalid access token”",
            "Cloudflare Pages, Edit",
        ),
        (
            403,
            r#"{"errors":[{"code":10000,"message":"Authentication error"}]}"#,
            &[],
            "the token may not do this at Cloudflare: “Authentication error”",
            "Cloudflare Pages, Edit",
        ),
        (
            404,
            r#"{"errors":[{"code":8000007,"message":"Project not found."}]}"#,
            &[],
            "Cloudflare knows nothing of the project `my-book` of this account: “Project not found.”",
            "`project`",
        ),
        (400, r#"{"success":false,"errors":[{"message":"odd"}]}"#, &[], "it answers 400: “odd”", "again"),
        (200, r#"{"success":false,"errors":[{"message":"odd"}]}"#, &[], "it answers 200: “odd”", "again"),
        (429, "{}", hour, "Cloudflare takes no more requests for now", "wait 3600 seconds"),
        (200, "<html>Sign in</html>", &[], "something between here and there answers in its place", "sign-in page"),
    ];
    let host = Cloudflare::start();
    for (status, text, headers, message, help) in cloudflare {
        let failure = refused(&host, Trouble::Says(*status, text, headers));
        assert!(failure.message.contains(message) && failure.help.contains(help), "{status}: {failure}");
    }
}

#[test]
fn a_wrong_token_is_named_and_not_shown() {
    for host in hosts() {
        let failure = host.target_with("wrong-secret").look().unwrap_err().to_string();
        assert!(failure.contains("token") && !failure.contains("wrong-secret"), "{failure}");
        assert!(host.tree().is_empty());
    }
}

#[test]
fn a_token_is_not_sent_in_clear_and_must_look_like_one() {
    let new = |api: &str, token: &str| publish::Netlify::new("a", api, token).map(|_| ()).unwrap_err().to_string();
    assert!(new("http://api.netlify.com", "x").contains("over a connection that others can read"));
    assert!(new("https://api.netlify.com", "two\nlines").contains("holds what no token does"));
    assert!(new("https://api.netlify.com", " ").contains("is empty"));
    let new = |api: &str| publish::Cloudflare::new("a", "b", "main", api, "x").map(|_| ()).unwrap_err().to_string();
    assert!(new("http://192.0.2.1").contains("write `https://`"));
}

#[test]
fn netlify_takes_no_number_signs_and_nothing_is_sent_then() {
    let host = Netlify::start();
    let failure = publish(&host, &release(&[("a#b.html", ""), ("c?.html", ""), ("index.html", "")])).unwrap_err();
    assert!(failure.message.contains("`a#b.html`"), "{failure}");
    assert_eq!(failure.undone, ["a#b.html", "c?.html"]);
    assert!(host.state().deploys.is_empty());
}

#[test]
fn netlify_serves_rules_as_files_and_keeps_odd_names() {
    let host = Netlify::start();
    publish(&host, &first()).unwrap();
    let state = host.state();
    let files = &state.deploys[0].files;
    assert_eq!(files["/_redirects"], netlify::sha1(b"/old/ /new/ 301\n"));
    assert_eq!(files["/essays/a b/%20 ü 100%.html"], netlify::sha1(b"odd name"));
}

#[test]
fn a_foreign_site_at_netlify_is_replaced_after_a_note() {
    let host = Netlify::start();
    {
        let mut state = host.state();
        let files = (0..250).map(|at| (format!("/old/{at}.html"), netlify::sha1(b"old"))).collect();
        state.blobs.insert(netlify::sha1(b"old"), b"old".to_vec());
        state.deploys.push(netlify::Deploy { files, state: "ready", ..netlify::Deploy::default() });
        state.published = Some(0);
    }
    let there = host.target().look().unwrap();
    assert!(there.notes[0].starts_with("What is published there was not made by Throughline"), "{:?}", there.notes);
    assert_eq!(publish(&host, &first()).unwrap().removed.len(), 250);
    assert_eq!(host.tree(), whole(&first()));
}

#[test]
fn a_manifest_is_read_at_the_deploy_s_own_address_where_the_interface_hides_it() {
    let host = Netlify::start();
    publish(&host, &first()).unwrap();
    host.state().hides = (true, false);
    assert!(publish(&host, &first()).unwrap().is_empty());
}

#[test]
fn a_locked_site_at_netlify_is_told() {
    let host = Netlify::start();
    publish(&host, &first()).unwrap();
    host.state().is_locked = true;
    let mut target =
        publish::Netlify::new(netlify::SITE, &host.url(), netlify::TOKEN).unwrap().patience(Duration::from_secs(1));
    let failure = publish_to(&mut target, &second()).unwrap_err();
    assert!(failure.message.contains("shows readers another one"), "{failure}");
    assert!(failure.help.contains("unlock it under Deploys"), "{failure}");
    assert_eq!(host.tree(), whole(&first()));
}

#[test]
fn a_site_is_known_by_its_id_too_and_others_are_not() {
    let host = Netlify::start();
    let look = |site| publish::Netlify::new(site, &host.url(), netlify::TOKEN).unwrap().look();
    assert_eq!(look("site-1").map(|there| there.notes), Ok(Vec::new()));
    assert_eq!(look("other/x").unwrap_err().message, "Netlify knows nothing of the site `other/x`: “Not Found”");
}

#[test]
fn cloudflare_is_told_rules_beside_the_files() {
    let host = Cloudflare::start();
    let mut odd = first();
    odd.insert(File::new("a#b?.html", *b"odd"));
    publish(&host, &odd).unwrap();
    let state = host.state();
    let Some(live) = state.deployments.first() else { panic!("nothing is there") };
    assert_eq!(live.fields["_redirects"], b"/old/ /new/ 301\n");
    assert!(live.files.contains_key("/a#b?.html") && !live.files.contains_key("/_headers"));
    assert_eq!(state.kinds[&live.files["/index.html"]], "text/html; charset=utf-8");
    assert_eq!(live.fields["commit_message"], b"Published by Throughline");
}

#[test]
fn an_upload_token_that_runs_out_is_fetched_again() {
    let host = Cloudflare::start();
    host.state().pass_uses = 3;
    let mut many = first();
    (0..1500).for_each(|at| many.insert(File::new(format!("{at}.html"), at.to_string().into_bytes())));
    publish(&host, &many).unwrap();
    assert_eq!(host.tree(), whole(&many));
    assert_eq!(host.troubles.asked().iter().filter(|what| what.ends_with("/upload-token")).count(), 2);
}

#[test]
fn what_cloudflare_would_not_take_is_named_before_anything_is_sent() {
    let host = Cloudflare::start();
    let mut large = first();
    large.insert(File::new("film.mp4", vec![0; (25 << 20) + 1]));
    let failure = publish(&host, &large).unwrap_err();
    assert_eq!(failure.message, "Cloudflare takes no file of more than 25 MiB, and `film.mp4` is larger");
    assert_eq!(failure.undone, ["film.mp4"]);
    host.state().most_files = 3;
    let failure = publish(&host, &first()).unwrap_err();
    assert_eq!(failure.message, "Cloudflare takes 3 files in a project of this plan, and the site has 5");
    assert!(host.state().blobs.is_empty());
}

#[test]
fn a_branch_that_readers_do_not_see_is_refused() {
    let host = Cloudflare::start();
    let (account, project) = (cloudflare::ACCOUNT, cloudflare::PROJECT);
    let mut target = publish::Cloudflare::new(account, project, "draft", &host.url(), cloudflare::TOKEN).unwrap();
    let failure = target.look().unwrap_err();
    assert!(failure.message.contains("see the branch `main`, and not `draft`"), "{failure}");
    let mut target = publish::Cloudflare::new(account, "other", "main", &host.url(), cloudflare::TOKEN).unwrap();
    assert!(
        target
            .look()
            .unwrap_err()
            .message
            .starts_with("Cloudflare knows nothing of the project `other` of this account: ")
    );
}
