#![no_main]
throughline_fuzz::reader!("Hacker News thread");
