#![no_main]
throughline_fuzz::reader!("Valine or Waline export");
