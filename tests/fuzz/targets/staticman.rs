#![no_main]
throughline_fuzz::reader!("Staticman comments");
