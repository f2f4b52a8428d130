//! A form as browsers send it (RFC 7578). Knows nothing of what its fields mean.

use crate::base::fingerprint::Fingerprint;

/// A form that is filled in field by field.
#[derive(Default)]
pub(super) struct Form {
    parts: Vec<(String, Vec<u8>)>,
}

impl Form {
    /// Adds a field with a text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        self.parts.push((format!("name=\"{name}\""), text.as_bytes().to_vec()));
    }

    /// Adds a file under its own name.
    pub(super) fn file(&mut self, name: &str, bytes: &[u8]) {
        let head = format!("name=\"{name}\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream");
        self.parts.push((head, bytes.to_vec()));
    }

    /// Its media type, and its bytes.
    pub(super) fn finish(self) -> (String, Vec<u8>) {
        // A line that stands in none of the fields: it hangs on all of them.
        let all: Vec<u8> = self.parts.iter().flat_map(|(_, bytes)| bytes).copied().collect();
        let line = format!("throughline-{}", Fingerprint::of(&all));
        let mut body = Vec::with_capacity(all.len() + 256 * (self.parts.len() + 1));
        for (head, bytes) in &self.parts {
            body.extend(format!("--{line}\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
            body.extend(bytes);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{line}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={line}"), body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_between_lines_that_no_field_holds() {
        let mut form = Form::default();
        form.text("branch", "main");
        form.file("_headers", b"/*\n  A: b\n");
        let (kind, body) = form.finish();
        let line = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let wanted = format!(
            "--{line}\r\nContent-Disposition: form-data; name=\"branch\"\r\n\r\nmain\r\n--{line}\r\n\
             Content-Disposition: form-data; name=\"_headers\"; filename=\"_headers\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n/*\n  A: b\n\r\n--{line}--\r\n"
        );
        assert_eq!(String::from_utf8(body).unwrap(), wanted);
    }
}
