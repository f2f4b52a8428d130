//! What the hosts that switch have in common, so that a test can be told once for all of them.

use std::collections::BTreeMap;
use std::time::Duration;

use throughline::publish::{self, Target};

use super::cloudflare::{self, Cloudflare};
use super::http::Troubles;
use super::netlify::{self, Netlify};

/// What both hosts have for these tests.
pub(crate) trait Host {
    fn target_with(&self, token: &str) -> Box<dyn Target>;
    fn target(&self) -> Box<dyn Target>;
    /// A target that waits this long.
    fn waiting(&self, patience: Duration) -> Box<dyn Target>;
    fn tree(&self) -> BTreeMap<String, Vec<u8>>;
    fn troubles(&self) -> &Troubles;
    /// Method and path of the requests that send files.
    fn sending(&self) -> &'static str;
    /// How many bytes of files came since the last time this was called.
    fn received(&self) -> usize;
    fn fail_with(&self, message: Option<&'static str>);
    fn think(&self, looks: usize);
    fn prefer_twins(&self);
    /// Lets nobody read the manifest of what is published.
    fn hide(&self);
}

impl Host for Netlify {
    fn target_with(&self, token: &str) -> Box<dyn Target> {
        Box::new(publish::Netlify::new(netlify::SITE, &self.url(), token).unwrap())
    }

    fn target(&self) -> Box<dyn Target> {
        self.target_with(netlify::TOKEN)
    }

    fn waiting(&self, patience: Duration) -> Box<dyn Target> {
        let target = publish::Netlify::new(netlify::SITE, &self.url(), netlify::TOKEN).unwrap();
        Box::new(target.patience(patience))
    }

    fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        Netlify::tree(self)
    }

    fn troubles(&self) -> &Troubles {
        &self.troubles
    }

    fn sending(&self) -> &'static str {
        "PUT /api/v1/deploys/"
    }

    fn received(&self) -> usize {
        std::mem::take(&mut self.state().received)
    }

    fn fail_with(&self, message: Option<&'static str>) {
        self.state().failing = message;
    }

    fn think(&self, looks: usize) {
        self.state().looks = looks;
    }

    fn prefer_twins(&self) {
        self.state().prefers_twins = true;
    }

    fn hide(&self) {
        self.state().hides = (true, true);
    }
}

impl Host for Cloudflare {
    fn target_with(&self, token: &str) -> Box<dyn Target> {
        let (account, project) = (cloudflare::ACCOUNT, cloudflare::PROJECT);
        Box::new(publish::Cloudflare::new(account, project, "main", &self.url(), token).unwrap())
    }

    fn target(&self) -> Box<dyn Target> {
        self.target_with(cloudflare::TOKEN)
    }

    fn waiting(&self, patience: Duration) -> Box<dyn Target> {
        let (account, project) = (cloudflare::ACCOUNT, cloudflare::PROJECT);
        let target = publish::Cloudflare::new(account, project, "main", &self.url(), cloudflare::TOKEN).unwrap();
        Box::new(target.patience(patience))
    }

    fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        Cloudflare::tree(self)
    }

    fn troubles(&self) -> &Troubles {
        &self.troubles
    }

    fn sending(&self) -> &'static str {
        "POST /client/v4/pages/assets/upload"
    }

    fn received(&self) -> usize {
        std::mem::take(&mut self.state().received)
    }

    fn fail_with(&self, message: Option<&'static str>) {
        self.state().failing = message;
    }

    fn think(&self, looks: usize) {
        self.state().looks = looks;
    }

    fn prefer_twins(&self) {
        self.state().prefers_twins = true;
    }

    fn hide(&self) {
        self.state().hides = true;
    }
}

pub(crate) fn hosts() -> [Box<dyn Host>; 2] {
    [Box::new(Netlify::start()), Box::new(Cloudflare::start())]
}
