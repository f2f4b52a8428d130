#![no_main]
throughline_fuzz::reader!("Own JSON");
