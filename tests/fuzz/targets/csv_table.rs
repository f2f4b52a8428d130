#![no_main]
throughline_fuzz::reader!("CSV table");
