#![no_main]
throughline_fuzz::reader!("Webmentions of webmention.io");
