#![no_main]
throughline_fuzz::reader!("LinkedIn, copied as text");
