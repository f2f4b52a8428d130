#![no_main]
throughline_fuzz::reader!("Commento export");
