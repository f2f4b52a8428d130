#![no_main]
throughline_fuzz::reader!("Bluesky thread");
