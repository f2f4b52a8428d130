#![no_main]
throughline_fuzz::reader!("Mastodon thread");
