#![no_main]
throughline_fuzz::reader!("Comentario export");
