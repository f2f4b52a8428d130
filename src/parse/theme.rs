//! `theme` of `book.toml`: a name, or a table with a name and settings. Knows no theme.

use super::fields::Fields;
use super::values::{Field, Value};
use crate::base::codes::Code;
use crate::base::path::SitePath;
use crate::base::slug::is_slug;
use crate::model::book::{ThemeChoice, ThemeSetting};
use crate::model::writing::Placed;

/// Takes the theme out of the settings.
pub(super) fn read(path: &SitePath, fields: &mut Fields<'_>, choice: &mut ThemeChoice) {
    let Some(field) = fields.take("theme") else { return };
    match field.value {
        Value::Text(_) => set_name(fields, &field, choice),
        Value::Table(table) => {
            let mut inner = Fields::new(path, table);
            if let Some(name) = inner.take("name") {
                set_name(&mut inner, &name, choice);
            }
            for (key, value) in inner.rest() {
                let key = Placed { value: key.text().to_owned(), range: key.range };
                let value = Placed { value: value.value.to_json(), range: value.range };
                choice.settings.push(ThemeSetting { key, value });
            }
            fields.diagnostics.append(inner.finish());
        }
        other => fields.refuse(
            Code::BadValue,
            field.range,
            format!("`theme` must be a name or a table, found {}", other.kind()),
            "write `theme = \"default\"`",
        ),
    }
}

fn set_name(fields: &mut Fields<'_>, field: &Field, choice: &mut ThemeChoice) {
    let text = field.text();
    if is_slug(text) {
        text.clone_into(&mut choice.name);
        choice.range = Some(field.range);
    } else {
        let message = "`theme` must be the name of a folder in `themes/`";
        fields.refuse(Code::BadValue, field.range, message, "write it as `theme = \"default\"`");
    }
}
