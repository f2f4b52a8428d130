#![no_main]
throughline_fuzz::reader!("GitHub discussions or issues");
