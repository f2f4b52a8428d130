#![no_main]
throughline_fuzz::reader!("Letters (mbox or eml)");
