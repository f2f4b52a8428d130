#![no_main]
throughline_fuzz::reader!("Ghost comments");
