#![no_main]
throughline_fuzz::reader!("Reddit thread");
