//! What the fuzz targets share: arbitrary bytes in, and what must hold of whatever comes out.

pub mod book;
pub mod reader;
pub mod replies;

pub use libfuzzer_sys;

/// A target that runs one function of text. Bytes that are no UTF-8 never get as far as a text.
#[macro_export]
macro_rules! of_text {
    ($check:path) => {
        $crate::libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
            if let Ok(text) = std::str::from_utf8(bytes) {
                $check(text);
            }
        });
    };
}

/// The target of the reader that the table of sources calls so.
#[macro_export]
macro_rules! reader {
    ($what:literal) => {
        $crate::libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::reader::check($what, bytes));
    };
}
