#![no_main]
throughline_fuzz::reader!("JSON of a website's own comments");
