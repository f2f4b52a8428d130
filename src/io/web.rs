//! Addresses anywhere on the open network, followed to where they lead; never to machines nearby. Knows nothing of what stands
//! there.

use std::io::Read;
use std::time::Duration;

use ureq::Error;
use ureq::config::Config;
use ureq::http::{Response, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use url::{Position, Url};

use super::http::{Client, MOST_REDIRECTS, Request, header, refusal};
use crate::base::host::{is_public, is_public_number};

/// So much of a page is looked at; what its head says stands before.
const LARGEST_PAGE: u64 = 1 << 20;

/// Asks hosts that others named.
pub struct Web {
    client: Client,
}

/// What stands at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Where it stands, after all redirects.
    pub address: Url,
    /// 200 to 599, but for redirects.
    pub status: u16,
    /// The values of its `Link` headers.
    pub links: Vec<String>,
    /// Its beginning, where it is an HTML page; empty otherwise.
    pub page: String,
}

impl Web {
    /// `via` is an address such as `http://127.0.0.1:8000` that is asked instead of everybody, as tests do; the host's name is
    /// the first part of the path there.
    #[must_use]
    pub fn new(via: Option<&str>, timeout: Duration) -> Self {
        Self { client: Client::unnamed(via, timeout, Public::default()) }
    }

    /// What stands at an address, wherever on the open network it leads.
    ///
    /// # Errors
    /// A host on the way is none of the open network, cannot be reached, or leads on without an end; as a sentence.
    pub fn visit(&self, address: &Url) -> Result<Visit, String> {
        let request =
            Request { accept: "text/html, application/xhtml+xml, */*;q=0.5".to_owned(), ..Request::default() };
        let (mut response, address) = self.travel(address, &request)?;
        let is_html = header(&response, "content-type").is_some_and(|media| {
            let media = media.to_ascii_lowercase();
            media.starts_with("text/html") || media.starts_with("application/xhtml+xml")
        });
        let links = response.headers().get_all("link").iter();
        let links = links.filter_map(|value| value.to_str().ok().map(str::to_owned)).collect();
        let status = response.status().as_u16();
        let mut page = Vec::new();
        if is_html {
            let read = response.body_mut().as_reader().take(LARGEST_PAGE).read_to_end(&mut page);
            read.map_err(|error| format!("{} broke off: {error}", name(&address)))?;
        }
        Ok(Visit { address, status, links, page: String::from_utf8_lossy(&page).into_owned() })
    }

    /// Sends something to an address and waits until it is taken.
    ///
    /// # Errors
    /// As `visit`; or it is not taken.
    pub fn post(&self, address: &Url, media: &str, body: &str) -> Result<(), String> {
        let request = Request { body: Some(body.to_owned()), media: media.to_owned(), ..Request::default() };
        let (response, address) = self.travel(address, &request)?;
        match response.status().as_u16() {
            200..=299 => Ok(()),
            status => Err(refusal(name(&address), status, &response)),
        }
    }

    /// Asks an address, and those that it leads to.
    fn travel(&self, address: &Url, request: &Request) -> Result<(Response<ureq::Body>, Url), String> {
        let mut address = address.clone();
        for _ in 0..=MOST_REDIRECTS {
            let path = address[Position::BeforePath..Position::AfterQuery].to_owned();
            let next = Request { host: host(&address)?, is_plain: address.scheme() == "http", ..request.clone() };
            let response = self.client.persist(&next, &path)?;
            let status = response.status().as_u16();
            // Other redirects ask for the next address without what was sent (RFC 9110): that is no delivery.
            let leads_on = match request.body {
                None => matches!(status, 301..=303 | 307 | 308),
                Some(_) => matches!(status, 307 | 308),
            };
            if !leads_on {
                return Ok((response, address));
            }
            let location = header(&response, "location");
            let location = location.ok_or_else(|| format!("{} leads elsewhere and does not say where", next.host))?;
            let joined = address.join(&location);
            address = joined.map_err(|_| format!("{} leads to `{location}`, which is no address", next.host))?;
        }
        Err(format!("{} leads from one address to the next without an end", name(&address)))
    }
}

fn name(address: &Url) -> &str {
    address.host_str().unwrap_or("this address")
}

/// The host to be asked, with its port; an error where it is not one to ask.
pub(super) fn host(address: &Url) -> Result<String, String> {
    let host = name(address);
    if !matches!(address.scheme(), "http" | "https") {
        return Err(format!("`{address}` is no web address, so it is not asked"));
    }
    if !is_public(host) || !address.username().is_empty() || address.password().is_some() {
        return Err(format!("`{address}` is no address on the open network, so it is not asked"));
    }
    Ok(address.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// Finds the numbers of hosts, without those of machines nearby.
#[derive(Debug, Default)]
pub(super) struct Public {
    inner: DefaultResolver,
}

impl Resolver for Public {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        // The way out of a closed network stands in that network; where it leads is its owner's to decide.
        if config.proxy().is_some_and(|proxy| Some(proxy.host()) == uri.host()) {
            return Ok(found);
        }
        let mut public = self.empty();
        found.iter().filter(|address| is_public_number(address.ip())).for_each(|address| public.push(*address));
        if public.is_empty() {
            return Err(Error::Other("stands in a closed network, so it is not asked".into()));
        }
        Ok(public)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(address: &str) -> String {
        let web = Web::new(None, Duration::from_secs(5));
        let address = Url::parse(address).expect(address);
        web.visit(&address).expect_err("it is not asked")
    }

    #[test]
    fn machines_nearby_are_not_asked() {
        for address in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://[::1]:8080/",
            "http://localhost/",
            "http://169.254.169.254/latest/",
            "https://me:secret@example.org/",
            "ftp://example.org/",
        ] {
            let why = refused(address);
            assert!(why.contains("so it is not asked"), "{address}: {why}");
        }
    }

    #[test]
    fn a_public_name_of_a_machine_nearby_is_found_out() {
        let uri: Uri = "http://localhost/".parse().expect("an address");
        let config = Config::default();
        let why = Public::default().resolve(&uri, &config, NextTimeout::default()).expect_err("it stands here");
        assert!(why.to_string().contains("closed network"), "{why}");
    }
}
