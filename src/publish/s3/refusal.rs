//! Answers with which stores refuse, as sentences with a remedy. Shows neither secrets nor addresses nor what the answer looks like.

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::super::target::Failure;
use super::Bucket;
use super::answer::Element;
use crate::io::transfer::Answer;

/// What a store was asked to do.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act<'a> {
    /// Hand over a file.
    Read(&'a str),
    /// Take a file.
    Put(&'a str),
    /// Take this many files away.
    Remove(usize),
    /// Name the files that are there.
    List,
}

impl Act<'_> {
    /// What did not happen.
    fn words(self) -> String {
        match self {
            Self::Read(name) => format!("`{name}` cannot be read"),
            Self::Put(name) => format!("`{name}` cannot be sent"),
            Self::Remove(1) => "a file cannot be removed".to_owned(),
            Self::Remove(count) => format!("{count} files cannot be removed"),
            Self::List => "the files there cannot be listed".to_owned(),
        }
    }

    /// What the key needs for it, as Amazon and those who follow it call it.
    fn permission(self) -> &'static str {
        match self {
            // Without the second, a file that is not there looks like one that may not be read.
            Self::Read(_) => "`s3:GetObject` and `s3:ListBucket`",
            Self::Put(_) => "`s3:PutObject`",
            Self::Remove(_) => "`s3:DeleteObject`",
            Self::List => "`s3:ListBucket`",
        }
    }
}

/// What a refusal says.
#[derive(Clone, Debug, Default)]
pub(super) struct Refusal {
    /// The word for the reason, such as `NoSuchBucket`; empty where the answer has none.
    pub code: String,
    message: String,
    region: String,
    /// Whether it is an answer of a store, and not of something else.
    is_known: bool,
}

impl Refusal {
    /// What this answer says.
    pub fn of(answer: &Answer) -> Self {
        let region = answer.header("x-amz-bucket-region").unwrap_or_default().to_owned();
        // A store that was asked for header fields alone has no other way to say why.
        if answer.body.is_empty() {
            let code = match answer.status {
                301 if !region.is_empty() => "PermanentRedirect",
                403 => "AccessDenied",
                412 => "PreconditionFailed",
                501 => "NotImplemented",
                _ => "",
            };
            return Self { code: code.to_owned(), region, is_known: !is_page(answer), ..Self::default() };
        }
        let Some(error) = Element::read(&answer.text()).filter(|root| root.name == "Error") else {
            return Self::default();
        };
        Self::read(&error, region)
    }

    /// What an `Error` element says.
    pub fn read(error: &Element, region: String) -> Self {
        let said = error.text_of("Region");
        Self {
            code: error.text_of("Code").to_owned(),
            message: error.text_of("Message").to_owned(),
            region: if said.is_empty() { region } else { said.to_owned() },
            is_known: true,
        }
    }

    /// Whether it may be otherwise a moment later.
    pub fn is_passing(&self) -> bool {
        matches!(
            self.code.as_str(),
            "InternalError" | "SlowDown" | "ServiceUnavailable" | "RequestTimeout" | "OperationAborted"
        )
    }

    /// The failure that it means.
    pub fn failure(&self, act: Act<'_>, bucket: &Bucket, host: &str, answer: &Answer, now: Timestamp) -> Failure {
        let fail = |message: String, help: &str| Failure::new(message).help(help);
        let words = act.words();
        let name = &bucket.name;
        match (self.code.as_str(), answer.status) {
            (_, 407) => fail(
                format!("{words}: the proxy between here and {host} asks for a password"),
                "name the proxy with user and password in `HTTPS_PROXY`, or leave it out with `NO_PROXY`",
            ),
            _ if !self.is_known => not_a_store(host, answer),
            ("NoSuchBucket", _) => fail(
                format!("there is no bucket `{name}` at {host}"),
                "make it, or look at `bucket`, `endpoint` and `region` of the target in `book.toml`",
            ),
            ("InvalidAccessKeyId" | "NotSignedUp", _) => fail(
                format!("{host} does not know the access key"),
                "look whether it belongs to this service, and whether it has been replaced by another",
            ),
            ("SignatureDoesNotMatch", _) => fail(
                format!("{host} refuses the signature: the secret key is not the one of this access key"),
                "copy both again from where they were made",
            ),
            ("ExpiredToken" | "TokenRefreshRequired" | "InvalidToken" | "InvalidSecurity", _) => fail(
                format!("{host} no longer takes the session token, or never did"),
                "sign in again for a new one; `AWS_SESSION_TOKEN` belongs to one access key and ends with its session",
            ),
            ("AccessDenied" | "AllAccessDisabled" | "AccountProblem", _) | ("", 401 | 403) => fail(
                format!("{words}: the access key is not allowed to at {}", bucket.place(host)),
                &format!("allow it {} there", act.permission()),
            ),
            ("RequestTimeTooSkewed", _) => skewed(host, answer, now),
            ("PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException", _)
            | ("", 300..=399)
                if !self.region.is_empty() && self.region != bucket.region =>
            {
                let is_named = bucket.endpoint.contains(&bucket.region);
                let also = if is_named { ", in `endpoint` too" } else { "" };
                let region: String =
                    self.region.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect();
                fail(
                    format!("the bucket `{name}` is in the region `{region}`, and `{}` was asked", bucket.region),
                    &format!("write `region = \"{region}\"`{also}"),
                )
            }
            ("PermanentRedirect" | "TemporaryRedirect" | "Redirect", _) | (_, 300..=399) => fail(
                format!("{host} sends elsewhere for the bucket `{name}`, which is not followed"),
                "look at `endpoint`, `region` and `style` of the target in `book.toml`; a bucket that was just made may need some hours",
            ),
            ("QuotaExceeded" | "QuotaExceededException" | "StorageQuotaExceeded" | "InsufficientCapacity", _)
            | ("XMinioStorageFull" | "XMinioAdminBucketQuotaExceeded" | "StorageFull", _)
            | (_, 507) => fail(
                format!("{words}: {} has no room left", bucket.place(host)),
                "make room or order more; what has arrived is not sent again",
            ),
            ("EntityTooLarge", _) | ("", 413) => fail(
                format!("{words}: {host} takes no file of this size in one piece"),
                "take the file out of the book, or make it smaller",
            ),
            ("SlowDown" | "ServiceUnavailable" | "InternalError" | "RequestTimeout" | "OperationAborted", _)
            | (_, 429 | 500..=506 | 508..=599) => fail(
                format!("{words}: {host} stays busy or unwell (status {}, {})", answer.status, times(answer.attempts)),
                "run this again later; what has arrived is not sent again",
            ),
            ("BadDigest" | "XAmzContentSHA256Mismatch" | "InvalidDigest", _) => fail(
                format!("{words}: on its way to {host} it was changed"),
                "see whether a proxy or a security program rewrites what is sent; run this again",
            ),
            (code, status) => {
                let why = self.why();
                let code = if code.is_empty() { String::new() } else { format!(", `{}`", clean(code, 60)) };
                fail(
                    format!("{words}: {host} refuses (status {status}{code}){why}"),
                    "look at the target in `book.toml`",
                )
            }
        }
    }

    /// What the store itself says of a reason that is not known here.
    fn why(&self) -> String {
        let said = clean(&self.message, 200);
        if said.is_empty() { String::new() } else { format!(": {}", said.trim_end_matches('.')) }
    }
}

/// An answer that no store gives.
pub(super) fn not_a_store(host: &str, answer: &Answer) -> Failure {
    let kind = answer.header("content-type").map(|kind| kind.split(';').next().unwrap_or_default());
    let kind = kind.map(|kind| format!(", `{}`", clean(kind, 40))).unwrap_or_default();
    Failure::new(format!(
        "{host} does not answer as an S3 store does (status {}{kind}): something between here and there answers in its place, \
         a proxy or a login page, or the address is that of something else",
        answer.status
    ))
    .help("open the address in a browser to see what answers, and look at `endpoint` of the target in `book.toml`")
}

/// Whether this is a page for people.
pub(super) fn is_page(answer: &Answer) -> bool {
    answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"))
}

fn skewed(host: &str, answer: &Answer, now: Timestamp) -> Failure {
    let shown = |moment: Timestamp| moment.strftime("%Y-%m-%d %H:%M").to_string();
    let there = answer.header("date").and_then(|date| rfc2822::parse(date).ok());
    let there = there.map_or_else(|| "another time".to_owned(), |there| shown(there.timestamp()));
    Failure::new(format!("the clock of this machine says {} UTC, and that of {host} says {there}", shown(now)))
        .help("set the clock of this machine; requests are signed with their time")
}

fn times(count: u32) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

/// Words of a store without what a terminal would obey, and no longer than this.
fn clean(text: &str, most: usize) -> String {
    text.chars().filter(|letter| !letter.is_control() && *letter != '`').take(most).collect()
}
