#![no_main]
throughline_fuzz::reader!("Remark42 backup");
