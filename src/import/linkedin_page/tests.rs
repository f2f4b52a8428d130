//! Saved pages of made-up posts, whole, cut short and strange.

use super::super::foreign::Basket;
use super::super::input::Part;
use super::super::normalise::to_markdown;
use super::*;

const A: &str = "7190000000000000001";

fn id(ms: u64) -> String {
    (ms << 22).to_string()
}

fn comment(id: &str, name: &str, words: &str) -> String {
    format!(
        "<section class=\"comment flex comment-with-action\"><a href=\"https://fr.linkedin.com/in/{name}?trk=public_post_comment_actor-image\"><img data-delayed-url=\"https://media.example/face.jpg\"></a><a class=\"text-sm comment__author\" href=\"https://fr.linkedin.com/in/{name}?trk=public_post_comment_actor-name\">\n {name}\n </a><p class=\"comment__author-headline\">Pilot\n at  sea</p><span class=\"comment__duration-since\">\n\n 4y\n </span><a data-semaphore-content-urn=\"urn:li:comment:(urn:li:activity:{A},{id})\">Report</a><p class=\"whitespace-pre-wrap comment__text\" dir=\"ltr\">{words}</p><a data-semaphore-content-urn=\"urn:li:comment:(urn:li:activity:{A},{id})\">x</a><a class=\"comment__reactions-count\">4&nbsp;Reactions</a><span class=\"comment__reactions-count hidden\">5&nbsp;Reactions</span></section>"
    )
}

fn post_page(json: &str, count: &str, comments: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta name=\"pageKey\" content=\"d_public_post\"><meta name=\"locale\" content=\"en_US\"><link rel=\"canonical\" href=\"https://www.linkedin.com/posts/ada_keel-activity-{A}-AbCd\"><script type=\"application/ld+json\">{json}</script></head><body><h1>Ada\u{2019}s Post</h1><article data-activity-urn=\"urn:li:activity:{A}\" data-attributed-urn=\"urn:li:share:7190000000000000000\"><p data-test-id=\"main-feed-activity-card__commentary\">On Keels\n\nA keel holds &amp; <a href=\"/x\">helps</a>.\nMore.</p>{count}{comments}</article><article data-activity-urn=\"urn:li:activity:7190000000000000009\"><a data-num-comments=\"28\">28</a></article></body></html>"
    )
}

fn basket(text: &str) -> Result<Basket, Unreadable> {
    let input = Input::file(Part::from_bytes("x.html", text.as_bytes()));
    let mut basket = Basket::default();
    read(&input, &mut basket).map(|()| basket)
}

#[test]
fn a_public_page_gives_its_comments_with_dates_and_says_what_is_missing() {
    let (first, second) = (id(1_600_000_000_000), id(1_600_000_100_000));
    let json = "{\"@type\": \"VideoObject\", \"headline\": \"On Keels\", \"commentCount\": 3, \"creator\": {\"url\": \"https://www.linkedin.com/in/bo\"}, \"comment\": [{\"datePublished\": \"2020-09-13T12:26:40.002Z\", \"text\": \"One.\\nTwo by Bo\", \"creator\": {\"name\": \"Ada\"}, \"interactionStatistic\": {\"userInteractionCount\": 7}}]}";
    let shown = comment(
        &first,
        "Ada",
        "One. \n Two by <a href=\"https://fr.linkedin.com/in/bo?trk=public_post_comment-text\">Bo</a>",
    ) + &comment(&second, "Bo", "Again");
    let page = post_page(json, "<a data-num-comments=\"26\">26 Comments</a>", &shown);
    assert!(recognises(&Input::file(Part::from_bytes("x.html", page.as_bytes()))));
    let found = basket(&page).expect("a page");
    let [thread] = found.threads.as_slice() else { panic!("{found:#?}") };
    assert_eq!((thread.key.id.as_deref(), thread.claimed), (Some(A), Some(26)));
    assert_eq!(
        thread.address.as_deref(),
        Some("https://www.linkedin.com/posts/ada_keel-activity-7190000000000000001-AbCd")
    );
    assert_eq!(
        thread.key.address.as_deref(),
        Some("https://www.linkedin.com/feed/update/urn:li:share:7190000000000000000")
    );
    assert_eq!(thread.gaps, ["2 of 26 replies are on this page; answers to replies are not on it"]);
    let [ada, bo] = thread.replies.as_slice() else { panic!("{thread:#?}") };
    assert_eq!(ada.date, When::Exact("2020-09-13T12:26:40.002Z".parse().expect("a date")));
    assert_eq!(bo.date, When::Exact("2020-09-13T12:28:20Z".parse().expect("a date")));
    assert_eq!((ada.id.as_deref(), ada.reactions), (Some(first.as_str()), Some(4)));
    assert_eq!(
        (ada.author.name.as_deref(), ada.author.url.as_deref(), ada.author.headline.as_deref()),
        (Some("Ada"), Some("https://fr.linkedin.com/in/Ada"), Some("Pilot at sea"))
    );
    assert_eq!((ada.author.is_essay_author, bo.author.is_essay_author), (false, true));
    assert_eq!(to_markdown(&ada.body), "One.\\\nTwo by [Bo](https://fr.linkedin.com/in/bo)");
    assert_eq!(
        ada.permalink.as_deref(),
        Some(format!("https://www.linkedin.com/feed/update/urn:li:activity:{A}?commentUrn=urn%3Ali%3Acomment%3A%28activity%3A{A}%2C{first}%29").as_str())
    );
    assert!(!format!("{found:?}").contains("face.jpg"));
}

#[test]
fn a_page_that_shows_no_comment_claims_what_it_counts() {
    let found = basket(&post_page("{\"@type\": \"Article\", \"commentCount\": 0}", "", "")).expect("a page");
    let thread = &found.threads[0];
    assert_eq!((thread.replies.len(), thread.claimed), (0, Some(28)));
    assert!(thread.gaps[0].starts_with("0 of 28 replies"), "{:?}", thread.gaps);
    assert!(thread.gaps[1].contains("may be that of another post"), "{:?}", thread.gaps);
    let own = basket(&post_page("", "<a data-num-comments=\"5\"></a>", "")).expect("a page");
    assert_eq!((own.threads[0].claimed, own.threads[0].gaps.len(), own.left.len()), (Some(5), 1, 1));
}

#[test]
fn an_age_counts_only_where_nothing_tells_the_date() {
    let page = post_page("{}", "", &comment("12", "Ada", "Yes"));
    let found = basket(&page).expect("a page");
    let reply = &found.threads[0].replies[0];
    assert!(matches!(&reply.date, When::Age(age) if age.count == 4), "{:?}", reply.date);
    let twice = basket(&post_page("{}", "", &comment("12", "Ada", "Yes").repeat(2))).expect("a page");
    assert_eq!((twice.threads[0].replies.len(), twice.left.len()), (1, 1));
}

#[test]
fn comments_under_other_posts_are_threads_of_their_own() {
    let other = "<div id=\"urn:li:comment:(ugcPost:7300000000000000000,7300000000000000001)\"><a href=\"/in/cy\">Cy</a><p data-testid=\"expandable-text-box\">Hm</p></div>";
    let found = basket(&post_page("{}", "", &(comment(&id(1_600_000_000_000), "Ada", "Yes") + other))).expect("a page");
    let keys: Vec<_> = found.threads.iter().map(|thread| (thread.key.id.as_deref(), thread.replies.len())).collect();
    assert_eq!(keys, [(Some(A), 1), (Some("7300000000000000000"), 1)]);
}

#[test]
fn the_essay_is_read_from_a_post_and_from_an_article() {
    let post = post_page("{}", "", &comment(&id(1_600_000_000_000), "Ada", "Yes"));
    let found = page(&Part::from_bytes("x.html", post.as_bytes())).expect("a post");
    assert_eq!((found.title.as_str(), found.replies.len()), ("On Keels", 1));
    assert_eq!(found.paragraphs, ["A keel holds & helps.", "More."]);
    let article = "<html><meta property=\"lnkd:url\" content=\"https://www.linkedin.com/pulse/on-keels-ada\"><h1>On  Keels</h1><div data-test-id=\"article-content-blocks\"><div><p>One <b>two</b>.</p><section class=\"inline-articles\"><p>Other</p></section><h2>Part</h2><ul><li><p>a</p></li><li>b</li></ul><p> </p></div></div><p>Furniture</p></html>";
    let found = page(&Part::from_bytes("x.html", article.as_bytes())).expect("an article");
    assert_eq!(
        (found.title.as_str(), found.paragraphs),
        ("On Keels", ["One two.", "Part", "a", "b"].map(str::to_owned).to_vec())
    );
    assert_eq!(page(&Part::from_bytes("x.html", &b"<p>On Keels</p>"[..])), None);
}

#[test]
fn what_is_something_else_is_refused_and_broken_pages_do_no_harm() {
    for other in ["", "{}", "<html><p>4y</p></html>", "<meta name=\"x\" content=\"d_public_profile\">"] {
        assert!(!recognises(&Input::file(Part::from_bytes("x.html", other.as_bytes()))), "{other}");
        assert!(basket(other).is_err(), "{other}");
    }
    let whole = post_page("{}", "<a data-num-comments=\"26\">", &comment(&id(1_600_000_000_000), "\u{c9}va", "Yes"));
    for end in (0..whole.len()).step_by(7).filter(|end| whole.is_char_boundary(*end)) {
        let _ = basket(&whole[..end]);
        let _ = page(&Part::from_bytes("x.html", &whole.as_bytes()[..end]));
    }
    let many = post_page("{}", "", &"<div id=\"urn:li:comment:(activity:1,2)\">".repeat(20_000));
    assert_eq!(basket(&many).expect("a page").threads[0].replies.len(), 1);
}
