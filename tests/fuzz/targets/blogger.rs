#![no_main]
throughline_fuzz::reader!("Blogger export");
