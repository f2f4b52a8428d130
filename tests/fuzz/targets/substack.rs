#![no_main]
throughline_fuzz::reader!("Substack comments or export");
