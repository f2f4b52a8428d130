#![no_main]
throughline_fuzz::reader!("Movable Type export");
