#![no_main]
throughline_fuzz::reader!("WordPress export");
