#![no_main]
throughline_fuzz::reader!("Disqus export");
