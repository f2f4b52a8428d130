//! A store that speaks S3: each file is an object of a bucket, sent with its type and cache rules, and checked on arrival.

mod answer;
mod credentials;
mod refusal;
mod sign;

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use md5::{Digest, Md5};
use rayon::prelude::*;

pub use credentials::Credentials;

use self::answer::{Element, escape};
use self::refusal::{Act, Refusal, is_page, not_a_store};
use self::sign::{Request, hex, query, sign};
use super::address::{encoded, encoded_part};
use super::former::Taken;
use super::release::{File, cache_control};
use super::spread::spread;
use super::stepwise::Store;
use super::target::Failure;
use crate::base::media;
use crate::io::clock;
use crate::io::transfer::{Answer, Call, Line, host_of};
use crate::model::publish::{Bucket, BucketStyle};

/// How many files one request may take away.
const BATCH: usize = 1000;

impl Bucket {
    /// In words for people.
    fn place(&self, host: &str) -> String {
        if self.prefix.is_empty() {
            format!("the bucket `{}` at {host}", self.name)
        } else {
            format!("`{}` in the bucket `{}` at {host}", self.prefix, self.name)
        }
    }

    /// The name of the object for a file.
    fn key(&self, name: &str) -> String {
        if self.prefix.is_empty() { name.to_owned() } else { format!("{}/{name}", self.prefix) }
    }
}

/// Puts files into a bucket.
pub struct S3 {
    bucket: Bucket,
    credentials: Credentials,
    connections: usize,
    line: Line,
    /// `https` or `http`.
    scheme: String,
    /// The host that is asked, as it is signed.
    host: String,
    /// The path of the bucket, without a slash at its end.
    root: String,
}

impl S3 {
    /// Puts files into this bucket, over so many connections at one time.
    #[must_use]
    pub fn new(bucket: Bucket, credentials: Credentials, connections: usize) -> Self {
        let connections = connections.max(1);
        let endpoint = bucket.endpoint.trim_end_matches('/');
        let (scheme, rest) = endpoint.split_once("://").unwrap_or(("https", endpoint));
        let scheme = scheme.to_ascii_lowercase();
        let host = host_of(endpoint);
        // The port of the scheme is not sent, so it must not be signed.
        let usual = if scheme == "http" { ":80" } else { ":443" };
        let host = host.strip_suffix(usual).unwrap_or(&host).to_owned();
        let before = rest.split_once('/').map_or(String::new(), |(_, path)| format!("/{path}"));
        let (host, root) = match bucket.style {
            BucketStyle::Path => (host, format!("{before}/{}", encoded_part(&bucket.name))),
            BucketStyle::Virtual => (format!("{}.{host}", bucket.name), before),
        };
        Self { bucket, credentials, connections, line: Line::new(connections), scheme, host, root }
    }

    /// Asks for something that is done to an object, or to the bucket where there is no key.
    fn ask(&self, request: Request<'_>, key: Option<&str>) -> Result<Answer, Failure> {
        let path = match key {
            Some(key) => format!("{}/{}", self.root, encoded(key)),
            None if self.root.is_empty() => "/".to_owned(),
            None => self.root.clone(),
        };
        let request = Request { host: &self.host, path: &path, ..request };
        let moment = now().strftime("%Y%m%dT%H%M%SZ").to_string();
        let headers = sign(&request, &self.credentials, &self.bucket.region, &moment);
        let query = query(request.query);
        let question = if query.is_empty() { "" } else { "?" };
        let url = format!("{}://{}{path}{question}{query}", self.scheme, self.host);
        self.line.send(&Call { method: request.method, url, headers, body: request.body }).map_err(|sentence| {
            Failure::new(sentence).help(
                "look at the connection, and at `endpoint`, `bucket` and `style` of the target in `book.toml`; \
                 what has arrived is not sent again",
            )
        })
    }

    fn refused(&self, answer: &Answer, act: Act<'_>) -> Failure {
        Refusal::of(answer).failure(act, &self.bucket, &self.host, answer, now())
    }

    /// Sends a file of this digest, only where none of its name is if that is wished; the answer may be a refusal.
    fn send(&self, file: &File, digest: &[u8], is_new: bool) -> Result<Answer, Failure> {
        let mut headers = vec![
            ("content-type", media::type_of(&file.name)),
            ("cache-control", cache_control(&file.name).to_owned()),
            ("content-md5", STANDARD.encode(digest)),
        ];
        headers.extend(is_new.then(|| ("if-none-match", "*".to_owned())));
        let request = Request { method: "PUT", headers, body: &file.bytes, ..Request::default() };
        self.ask(request, Some(&self.bucket.key(&file.name)))
    }

    /// Fails where a file of this digest is not there as it was sent.
    fn check(&self, file: &File, digest: &[u8], answer: &Answer) -> Result<(), Failure> {
        if !answer.is_good() {
            return Err(self.refused(answer, Act::Put(&file.name)));
        }
        let tag = answer.header("etag").map(plain_tag).unwrap_or_default();
        if tag == hex(digest) {
            return Ok(());
        }
        if tag.is_empty() && is_page(answer) {
            return Err(not_a_store(&self.host, answer));
        }
        // The store names the object otherwise, as one does that encrypts with keys of its own. It has checked what came in.
        let is_encrypted = answer.header("x-amz-server-side-encryption").is_some_and(|way| way != "AES256");
        let is_digest = tag.len() == 32 && tag.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_there = if is_digest && !is_encrypted {
            self.read(&file.name)?.is_some_and(|bytes| *bytes == *file.bytes)
        } else {
            let head = Request { method: "HEAD", ..Request::default() };
            let answer = self.ask(head, Some(&self.bucket.key(&file.name)))?;
            if !answer.is_good() && answer.status != 404 {
                return Err(self.refused(&answer, Act::Read(&file.name)));
            }
            answer.is_good() && answer.header("content-length") == Some(&file.bytes.len().to_string())
        };
        if is_there {
            return Ok(());
        }
        Err(Failure::new(format!("`{}` did not arrive at {} as it was sent", file.name, self.name()))
            .help("run this again; where it happens again, somebody else writes there, or the store is damaged"))
    }

    /// Takes one file away.
    fn remove_one(&self, name: &str) -> Result<(), Failure> {
        let request = Request { method: "DELETE", ..Request::default() };
        let answer = self.ask(request, Some(&self.bucket.key(name)))?;
        if answer.is_good() || answer.status == 404 && Refusal::of(&answer).code == "NoSuchKey" {
            return Ok(());
        }
        Err(self.refused(&answer, Act::Remove(1)).undone([name]))
    }

    /// Takes many files away by one request; the names of those that are to be taken away one by one.
    fn remove_batch<'a>(&self, names: &[&'a str]) -> Result<Vec<&'a str>, Failure> {
        let mut body = String::from("<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet>");
        for name in names {
            body.push_str(&format!("<Object><Key>{}</Key></Object>", escape(&self.bucket.key(name))));
        }
        body.push_str("</Delete>");
        let headers =
            vec![("content-md5", STANDARD.encode(Md5::digest(&body))), ("content-type", "application/xml".to_owned())];
        let query = [("delete", "")];
        let request = Request { method: "POST", query: &query, headers, body: body.as_bytes(), ..Request::default() };
        let answer = self.ask(request, None)?;
        let act = Act::Remove(names.len());
        let refusal = Refusal::of(&answer);
        // Some letters of names cannot be written in XML at all.
        let is_unknown = matches!(answer.status, 405 | 501)
            || matches!(refusal.code.as_str(), "NotImplemented" | "MethodNotAllowed" | "MalformedXML");
        if is_unknown || refusal.is_passing() {
            return Ok(names.to_vec());
        }
        let result = Element::read(&answer.text()).filter(|root| answer.is_good() && root.name == "DeleteResult");
        let Some(result) = result else { return Err(self.refused(&answer, act).undone(names.iter().copied())) };
        let mut again = BTreeSet::new();
        for error in result.all("Error") {
            let refusal = Refusal::read(error, String::new());
            if refusal.is_passing() {
                again.insert(error.exact("Key").to_owned());
            } else if refusal.code != "NoSuchKey" {
                let failure = refusal.failure(act, &self.bucket, &self.host, &answer, now());
                return Err(failure.undone(names.iter().copied()));
            }
        }
        Ok(names.iter().copied().filter(|name| again.contains(&self.bucket.key(name))).collect())
    }

    /// Entity tag and size of each object below the prefix, by its name without that.
    fn list(&self) -> Result<BTreeMap<String, (String, u64)>, Failure> {
        let prefix = self.bucket.key("");
        let mut found = BTreeMap::new();
        let mut next: Option<String> = None;
        loop {
            let mut parts = vec![("list-type", "2"), ("prefix", prefix.as_str())];
            parts.extend(next.as_deref().map(|token| ("continuation-token", token)));
            let answer = self.ask(Request { method: "GET", query: &parts, ..Request::default() }, None)?;
            let list = Element::read(&answer.text()).filter(|root| answer.is_good() && root.name == "ListBucketResult");
            let Some(list) = list else { return Err(self.refused(&answer, Act::List)) };
            for object in list.all("Contents") {
                let name = object.exact("Key").strip_prefix(&prefix).unwrap_or_default();
                let size = object.text_of("Size").parse().unwrap_or(u64::MAX);
                found.insert(name.to_owned(), (plain_tag(object.text_of("ETag")), size));
            }
            let token = list.text_of("NextContinuationToken").to_owned();
            if list.text_of("IsTruncated") != "true" {
                return Ok(found);
            }
            if token.is_empty() || next.as_deref() == Some(&token) {
                return Err(Failure::new(format!("{} begins to list what is there and does not go on", self.name()))
                    .help("run this again later; the service may be unwell"));
            }
            next = Some(token);
        }
    }
}

impl Store for S3 {
    fn name(&self) -> String {
        self.bucket.place(&self.host)
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        let answer = self.ask(Request { method: "GET", ..Request::default() }, Some(&self.bucket.key(name)))?;
        if answer.is_good() {
            let is_ours = answer.header("etag").is_some() || !is_page(&answer);
            return if is_ours { Ok(Some(answer.body)) } else { Err(not_a_store(&self.host, &answer)) };
        }
        if answer.status == 404 && Refusal::of(&answer).code == "NoSuchKey" {
            return Ok(None);
        }
        Err(self.refused(&answer, Act::Read(name)))
    }

    fn fetch(&self, names: &[&str], taken: &Taken<'_>) -> Result<(), Failure> {
        spread(names, self.connections, &|name: &&str| match self.read(name)? {
            Some(bytes) => taken(name, &bytes),
            None => Ok(()),
        })
    }

    fn create(&self, file: &File) -> Result<bool, Failure> {
        // Not every store knows conditions, and of those that do not, some leave them aside without a word.
        if self.read(&file.name)?.is_some() {
            return Ok(false);
        }
        let digest = Md5::digest(&file.bytes);
        let mut answer = self.send(file, &digest, true)?;
        let refusal = Refusal::of(&answer);
        let is_unknown = matches!(refusal.code.as_str(), "NotImplemented" | "InvalidArgument" | "InvalidRequest");
        if !answer.is_good() && is_unknown {
            answer = self.send(file, &digest, false)?;
        }
        // One that was sent twice, since the first answer was lost, is refused because of itself.
        if !matches!(answer.status, 409 | 412) {
            self.check(file, &digest, &answer)?;
        }
        Ok(self.read(&file.name)?.is_some_and(|bytes| *bytes == *file.bytes))
    }

    fn put(&self, files: &[&File], done: &(dyn Fn(&str) + Sync)) -> Result<(), Failure> {
        spread(files, self.connections, &|file: &&File| {
            let digest = Md5::digest(&file.bytes);
            let answer = self.send(file, &digest, false)?;
            self.check(file, &digest, &answer)?;
            done(&file.name);
            Ok(())
        })
    }

    fn remove(&self, names: &[&str]) -> Result<(), Failure> {
        if let [name] = names {
            return self.remove_one(name);
        }
        let mut left = names;
        while !left.is_empty() {
            let (batch, rest) = left.split_at(left.len().min(BATCH));
            let single = self.remove_batch(batch)?;
            spread(&single, self.connections, &|name: &&str| self.remove_one(name))?;
            left = rest;
        }
        Ok(())
    }

    fn present(&self, files: &[&File]) -> Result<BTreeSet<String>, Failure> {
        let there = self.list()?;
        Ok(files.iter().map(|file| &file.name).filter(|name| there.contains_key(*name)).cloned().collect())
    }

    fn holding(&self, files: &[&File]) -> Result<BTreeSet<String>, Failure> {
        if files.is_empty() {
            return Ok(BTreeSet::new());
        }
        let there = self.list()?;
        let is_there = |file: &&&File| {
            let Some((tag, size)) = there.get(&file.name) else { return false };
            *size == file.bytes.len() as u64 && *tag == hex(&Md5::digest(&file.bytes))
        };
        Ok(files.par_iter().filter(is_there).map(|file| file.name.clone()).collect())
    }
}

/// An entity tag without its quotation marks, in small letters.
fn plain_tag(tag: &str) -> String {
    tag.trim().trim_start_matches("W/").trim_matches('"').to_ascii_lowercase()
}

fn now() -> Timestamp {
    Timestamp::try_from(clock::now()).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scheme, the host and the path of a bucket.
    fn address(endpoint: &str, style: BucketStyle) -> String {
        let bucket = Bucket {
            endpoint: endpoint.to_owned(),
            name: "my-book".to_owned(),
            region: "auto".to_owned(),
            prefix: String::new(),
            style,
        };
        let credentials = Credentials { key: "key".to_owned(), secret: "secret".to_owned(), token: None };
        let S3 { scheme, host, root, .. } = S3::new(bucket, credentials, 1);
        format!("{scheme} {host} {root}")
    }

    #[test]
    fn a_bucket_is_named_in_the_host_or_in_the_path() {
        let amazon = "https://s3.eu-central-1.amazonaws.com";
        assert_eq!(address(amazon, BucketStyle::Virtual), "https my-book.s3.eu-central-1.amazonaws.com ");
        assert_eq!(address(amazon, BucketStyle::Path), "https s3.eu-central-1.amazonaws.com /my-book");
        assert_eq!(address("http://[::1]:9000", BucketStyle::Path), "http [::1]:9000 /my-book");
        assert_eq!(address("HTTPS://minio.example:443/", BucketStyle::Path), "https minio.example /my-book");
        assert_eq!(
            address("http://example.org/storage/v1/s3", BucketStyle::Path),
            "http example.org /storage/v1/s3/my-book"
        );
    }
}
