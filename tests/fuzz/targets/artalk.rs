#![no_main]
throughline_fuzz::reader!("Artalk export");
