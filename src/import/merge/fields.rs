//! Fields of a reply in its file: set with what stands around them, written out, and told apart by a few digits.

use std::borrow::Cow;

use toml_edit::{Item, Table, Value};

/// Sets a value, leaving what stands around it, or takes it out; nothing is touched where it is the same.
pub(super) fn set(table: &mut Table, key: &str, value: Option<Value>) -> bool {
    let old = table.get(key).and_then(Item::as_value).map(words);
    if old == value.as_ref().map(words) {
        return false;
    }
    match (value, table.get_mut(key).and_then(Item::as_value_mut)) {
        (None, _) => take_out(table, key),
        (Some(value), Some(place)) => {
            let decor = place.decor().clone();
            *place = shaped(value);
            *place.decor_mut() = decor;
        }
        (Some(value), None) => {
            table.insert(key, Item::Value(shaped(value)));
        }
    }
    true
}

/// Takes a field out. What the author remarked above or behind it goes to the field below, or else to the one above.
fn take_out(table: &mut Table, key: &str) {
    let keys: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    let Some((name, item)) = table.remove_entry(key) else { return };
    let text = |written: Option<&toml_edit::RawString>| {
        written.and_then(toml_edit::RawString::as_str).unwrap_or("").to_owned()
    };
    let mut remarks = text(name.leaf_decor().prefix());
    let behind = text(item.as_value().and_then(|value| value.decor().suffix()));
    if !behind.trim().is_empty() {
        remarks.push_str(&format!("{}\n", behind.trim()));
    }
    let at = keys.iter().position(|own| own == key).unwrap_or_default();
    let near = keys.get(at + 1).or_else(|| keys.get(at.checked_sub(1)?));
    if let Some(mut near) = near.and_then(|near| table.key_mut(near)).filter(|_| !remarks.trim().is_empty()) {
        let own = text(near.leaf_decor().prefix());
        near.leaf_decor_mut().set_prefix(remarks + &own);
    }
}

/// A text of several lines is written so that it can be read and edited.
fn shaped(value: Value) -> Value {
    let Some(text) = value.as_str().filter(|text| is_literal(text)) else { return value };
    let literal = format!("'''\n{text}'''").parse::<Value>().ok();
    literal.filter(|literal| literal.as_str() == value.as_str()).unwrap_or(value)
}

/// Whether a text is written between three quotation marks, as it is: it has several lines and nothing that ends it early.
fn is_literal(text: &str) -> bool {
    let is_plain = || text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t'));
    text.contains('\n')
        && !text.contains("'''")
        && !text.ends_with('\'')
        && (is_plain() || !text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')))
}

/// A value as a text, however it is written.
fn words(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => text.value().as_str().into(),
        Value::Datetime(date) => date.value().to_string().into(),
        Value::Integer(number) => number.value().to_string().into(),
        Value::Boolean(bool) => bool.value().to_string().into(),
        other => match other.as_array() {
            Some(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ").into(),
            None => other.to_string().into(),
        },
    }
}

/// Eight hexadecimal digits that tell one value from another.
fn mark(value: &Value) -> String {
    // FNV-1a: nobody has a reason to make two values meet, and there are ten for each reply. Half of its bits are too few:
    // among a million changes some would be taken for none.
    let hash =
        words(value).bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{hash:08x}")
}

/// What stands for a field that has no value.
pub(super) const NONE: &str = "-";

pub(super) fn mark_or_none(value: Option<&Value>) -> String {
    value.map_or_else(|| NONE.to_owned(), mark)
}

pub(super) fn push_field(out: &mut String, key: &str, value: &Value) {
    out.push_str(key);
    out.push_str(" = ");
    match value.as_str() {
        Some(text) if is_literal(text) => {
            out.push_str("'''\n");
            out.push_str(text);
            out.push_str("'''");
        }
        _ => out.push_str(value.to_string().trim()),
    }
    out.push('\n');
}
