#![no_main]
throughline_fuzz::reader!("LinkedIn page");
