#![no_main]
throughline_fuzz::reader!("LinkedIn export, own comments");
