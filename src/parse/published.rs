//! `published.toml` to `Published`. Knows no page.

use super::fields::Fields;
use super::values::{Table, Text, Value, read_toml};
use crate::base::codes::Code;
use crate::base::diagnostic::Diagnostics;
use crate::base::path::{Route, SitePath};
use crate::model::published::{Promise, Published};
use crate::model::writing::Placed;

/// Reads the addresses that readers have been given. A line that is none is reported and left out.
pub(crate) fn read(path: &SitePath, text: &str) -> (Published, Diagnostics) {
    let (table, mut diagnostics) = read_toml(&Text { path, text, offset: 0 });
    let mut fields = Fields::new(path, table);
    let mut promises = Vec::new();
    for (address, said) in fields.table("pages").unwrap_or_default() {
        let Some(route) = Route::of_address(address.text()) else {
            let message = format!("`{}` is not an address of this site", address.text());
            fields.refuse(Code::BadAddress, address.range, message, "write it as `\"/essays/trust/\"`");
            continue;
        };
        let Value::Table(table) = said.value else {
            let message = format!("what is known of an address must be a table, found {}", said.value.kind());
            fields.refuse(Code::BadValue, said.range, message, "write `{ title = \"…\", headings = [\"…\"] }`");
            continue;
        };
        promises.push(read_promise(path, table, (route, address.range), &mut diagnostics));
    }
    diagnostics.append(fields.finish());
    (Published { promises }, diagnostics)
}

fn read_promise(
    path: &SitePath,
    table: Table,
    (route, range): (Route, (u32, u32)),
    diagnostics: &mut Diagnostics,
) -> Promise {
    let mut fields = Fields::new(path, table);
    let title = fields.text("title").map(|title| title.value).unwrap_or_default();
    let from = fields.text("from").and_then(|from| file(&mut fields, &from));
    let since = fields.date("since").map(|date| date.as_day());
    let headings = fields.texts("headings");
    diagnostics.append(fields.finish());
    Promise { route, title, from, since, headings, range }
}

fn file(fields: &mut Fields<'_>, from: &Placed<String>) -> Option<SitePath> {
    let path = SitePath::new(&from.value);
    if path.is_none() {
        let message = format!("`{}` is not a file of this book", from.value);
        fields.refuse(Code::BadValue, from.range, message, "write its path from the folder of the book");
    }
    path
}
