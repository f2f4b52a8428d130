#![no_main]
throughline_fuzz::reader!("Isso generic JSON");
