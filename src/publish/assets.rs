//! How Cloudflare Pages names the files in its store, and how many go there at one time. Reaches no host.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

use super::release::File;

/// How many bytes go into a request. Ten times as many would be taken; what is lost with a connection is less this way.
const BUCKET: usize = 4 << 20;
/// How many files go into a request at most.
const MOST_IN_BUCKET: usize = 500;

/// The files of one request each, in a fixed order.
pub(super) fn buckets<'a, 'b>(files: &'a [(&'b String, &'b File)]) -> Vec<&'a [(&'b String, &'b File)]> {
    let mut buckets = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (at, (_, file)) in files.iter().enumerate() {
        let is_full = size + file.bytes.len() > BUCKET || at - start == MOST_IN_BUCKET;
        if is_full && at > start {
            buckets.push(&files[start..at]);
            (start, size) = (at, 0);
        }
        size += file.bytes.len();
    }
    if start < files.len() {
        buckets.push(&files[start..]);
    }
    buckets
}

/// The name of a file's bytes in Cloudflare's store. The ending is part of it, since the type of a file goes with its bytes.
pub(super) fn hash_of(file: &File) -> String {
    let name = file.name.rsplit('/').next().unwrap_or("");
    let ending = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map_or("", |(_, ending)| ending);
    let mut text = BASE64_STANDARD.encode(&file.bytes);
    text.push_str(ending);
    blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
}

/// How many files a deployment may hold, as an upload token says.
pub(super) fn most_files(pass: &str) -> Option<usize> {
    let claims = BASE64_URL_SAFE_NO_PAD.decode(pass.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    claims["max_file_count_allowed"].as_u64()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_that_of_cloudflare_s_own_client() {
        let hash = |name: &str| hash_of(&File::new(name, *b"hello"));
        let wanted = |text: &str| blake3::hash(text.as_bytes()).to_hex()[..32].to_owned();
        // As in the tests of that client.
        assert_eq!(hash_of(&File::new("logo.png", *b"foobar")), "2082190357cfd3617ccfe04f340c6247");
        assert_eq!(hash("a/index.html"), wanted("aGVsbG8=html"));
        assert_eq!(hash("a.b/CNAME"), wanted("aGVsbG8="));
        assert_eq!(hash(".throughline-output"), wanted("aGVsbG8="));
        assert_eq!(hash("x."), wanted("aGVsbG8="));
    }

    #[test]
    fn no_request_holds_more_than_it_may() {
        let files: Vec<File> =
            (0..1200).map(|at| File::new(format!("{at}"), vec![0; if at < 3 { BUCKET - 1 } else { 1 }])).collect();
        let name = String::new();
        let all: Vec<(&String, &File)> = files.iter().map(|file| (&name, file)).collect();
        let buckets = buckets(&all);
        assert_eq!(buckets.iter().map(|bucket| bucket.len()).sum::<usize>(), files.len());
        for bucket in buckets {
            assert!(bucket.len() <= MOST_IN_BUCKET);
            assert!(bucket.len() == 1 || bucket.iter().map(|(_, file)| file.bytes.len()).sum::<usize>() <= BUCKET);
        }
    }

    #[test]
    fn an_upload_token_says_how_many_files_may_come() {
        let claims = BASE64_URL_SAFE_NO_PAD.encode(br#"{"max_file_count_allowed":100000}"#);
        assert_eq!(most_files(&format!("a.{claims}.b")), Some(100_000));
        assert_eq!(most_files("no token"), None);
    }
}
