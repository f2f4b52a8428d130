#![no_main]
throughline_fuzz::reader!("Medium export");
