#![no_main]
throughline_fuzz::of_text!(throughline_fuzz::replies::words);
