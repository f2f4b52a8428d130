//! Requests signed with AWS Signature Version 4, as S3 wants it. Knows nothing of what is asked for, and takes the time as told.
//!
//! Header fields are signed, never addresses: an address that holds a signature is a secret, and ends up in logs.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::credentials::Credentials;
use crate::publish::address::encoded_part;

/// A request before it is signed.
#[derive(Clone, Debug, Default)]
pub(super) struct Request<'a> {
    pub method: &'a str,
    /// The host with its port, where that is not the one of its scheme.
    pub host: &'a str,
    /// The path as it is sent: encoded, from the first slash on.
    pub path: &'a str,
    /// The names and values of the query, as they are meant.
    pub query: &'a [(&'a str, &'a str)],
    /// Header fields, their names in small letters.
    pub headers: Vec<(&'a str, String)>,
    pub body: &'a [u8],
}

/// All header fields of the request but `host`, with the signature; `moment` is the time as in `20130524T000000Z`.
pub(super) fn sign<'a>(
    request: &Request<'a>,
    credentials: &Credentials,
    region: &str,
    moment: &str,
) -> Vec<(&'a str, String)> {
    let mut headers = request.headers.clone();
    let digest = hex(&Sha256::digest(request.body));
    headers.push(("x-amz-content-sha256", digest.clone()));
    headers.push(("x-amz-date", moment.to_owned()));
    if let Some(token) = &credentials.token {
        headers.push(("x-amz-security-token", token.clone()));
    }
    headers.push(("host", request.host.to_owned()));
    headers.sort();
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");
    let mut canonical = format!("{}\n{}\n{}\n", request.method, request.path, query(request.query));
    for (name, value) in &headers {
        // Writing to a string cannot fail.
        let _ = writeln!(canonical, "{name}:{}", value.trim());
    }
    let _ = write!(canonical, "\n{names}\n{digest}");
    let day = moment.get(..8).unwrap_or(moment);
    let scope = format!("{day}/{region}/s3/aws4_request");
    let text = format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let mut key = format!("AWS4{}", credentials.secret).into_bytes();
    for part in [day, region, "s3", "aws4_request", &text] {
        key = code(&key, part);
    }
    let Credentials { key: name, .. } = credentials;
    let signed = format!("AWS4-HMAC-SHA256 Credential={name}/{scope},SignedHeaders={names},Signature={}", hex(&key));
    headers.retain(|(name, _)| *name != "host");
    headers.push(("authorization", signed));
    headers
}

/// A query as it is sent and signed: encoded, and sorted by name.
pub(super) fn query(parts: &[(&str, &str)]) -> String {
    let mut parts: Vec<String> =
        parts.iter().map(|(name, value)| format!("{}={}", encoded_part(name), encoded_part(value))).collect();
    parts.sort();
    parts.join("&")
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn code(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of this code may have any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::address::encoded;

    /// The signature of an example that Amazon publishes under "Authenticating Requests: Using the Authorization Header".
    fn signature(request: &Request<'_>) -> String {
        let credentials = Credentials {
            key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            token: None,
        };
        let request = Request { host: "examplebucket.s3.amazonaws.com", ..request.clone() };
        let headers = sign(&request, &credentials, "us-east-1", "20130524T000000Z");
        let (_, signed) = headers.iter().find(|(name, _)| *name == "authorization").unwrap();
        signed.rsplit_once('=').unwrap().1.to_owned()
    }

    #[test]
    fn signatures_are_those_that_amazon_publishes() {
        let headers = vec![("range", "bytes=0-9".to_owned())];
        let read = Request { method: "GET", path: "/test.txt", headers, ..Request::default() };
        assert_eq!(signature(&read), "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");

        let path = format!("/{}", encoded("test$file.text"));
        let headers = vec![
            ("date", "Fri, 24 May 2013 00:00:00 GMT".to_owned()),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY".to_owned()),
        ];
        let body = b"Welcome to Amazon S3.";
        let put = Request { method: "PUT", path: &path, headers, body, ..Request::default() };
        assert_eq!(signature(&put), "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");

        let rules = Request { method: "GET", path: "/", query: &[("lifecycle", "")], ..Request::default() };
        assert_eq!(signature(&rules), "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");

        let list =
            Request { method: "GET", path: "/", query: &[("prefix", "J"), ("max-keys", "2")], ..Request::default() };
        assert_eq!(signature(&list), "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    }

    #[test]
    fn names_are_encoded_once() {
        assert_eq!(
            query(&[("prefix", "a b/"), ("list-type", "2"), ("delete", "")]),
            "delete=&list-type=2&prefix=a%20b%2F"
        );
    }
}
