//! Typed access to a table of values: what is asked for is checked, what nobody asked for is reported.

use serde_json::Map;

use super::elsewhere::{self, Remedy};
use super::values::{Field, Table, Value};
use crate::base::codes::Code;
use crate::base::date::Date;
use crate::base::diagnostic::{Diagnostic, Diagnostics, Severity, nearest};
use crate::base::path::{SitePath, is_bidi};
use crate::base::span::Span;
use crate::model::writing::Placed;

/// A table that is being read.
pub(crate) struct Fields<'a> {
    path: &'a SitePath,
    table: Table,
    asked: Vec<&'static str>,
    /// What stands between a key and its value.
    sign: &'static str,
    pub(crate) diagnostics: Diagnostics,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(path: &'a SitePath, table: Table) -> Self {
        Self { path, table, asked: Vec::new(), sign: " =", diagnostics: Diagnostics::default() }
    }

    /// The same, for a table that was written in YAML: remedies are written so too.
    pub(crate) fn of_yaml(path: &'a SitePath, table: Table) -> Self {
        Self { sign: ":", ..Self::new(path, table) }
    }

    /// The file that is read.
    pub(crate) fn path(&self) -> &SitePath {
        self.path
    }

    /// Whether the key is there.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.iter().any(|(name, _)| name.text() == key)
    }

    /// Whether the key is there, one that may be a slip of it, or one that means it elsewhere.
    pub(crate) fn has_like(&self, key: &str) -> bool {
        let is_like = |(name, field): &(Field, Field)| {
            nearest(name.text(), [key]).is_some() || elsewhere::means(name.text(), &field.value, key)
        };
        self.table.iter().any(is_like)
    }

    /// Takes the value of a key out; null is as if missing.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Field> {
        self.asked.push(key);
        let at = self.table.iter().position(|(name, _)| name.text() == key)?;
        let (_, field) = self.table.remove(at);
        (field.value != Value::Null).then_some(field)
    }

    /// Reports a value that is not what the key wants.
    pub(crate) fn refuse(
        &mut self,
        code: Code,
        range: (u32, u32),
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let span = Span { path: self.path.clone(), range: Some(range) };
        self.diagnostics.push(Diagnostic::new(code, span, message).help(help));
    }

    fn wrong_type(&mut self, key: &str, wanted: &str, found: &Field) {
        let message = format!("`{key}` must be {wanted}, found {}", found.value.kind());
        let help = match wanted {
            "text" => format!("put the value between quotes: `{key}{} \"…\"`", self.sign),
            "true or false" => format!("write `{key}{0} true` or `{key}{0} false`", self.sign),
            _ => format!("write {wanted}"),
        };
        self.refuse(Code::BadValue, found.range, message, help);
    }

    /// A text on one line, without invisible characters.
    pub(crate) fn text(&mut self, key: &'static str) -> Option<Placed<String>> {
        let field = self.take(key)?;
        let Value::Text(text) = &field.value else {
            self.wrong_type(key, "text", &field);
            return None;
        };
        let value = self.clean(key, text, field.range);
        if value.is_empty() {
            self.refuse(
                Code::BadValue,
                field.range,
                format!("`{key}` is empty"),
                format!("give `{key}` a value or take the line out"),
            );
            return None;
        }
        Some(Placed { value, range: field.range })
    }

    /// A text of several lines, as written but for invisible characters; `None` where it is blank.
    pub(crate) fn long_text(&mut self, key: &'static str) -> Option<String> {
        let field = self.take(key)?;
        let Value::Text(mut text) = field.value else {
            self.wrong_type(key, "text", &field);
            return None;
        };
        let is_hidden = |c: char| is_bidi(c) || c.is_control() && !matches!(c, '\n' | '\t');
        if text.contains(is_hidden) {
            text.retain(|c| !is_hidden(c));
        }
        (!text.trim().is_empty()).then_some(text)
    }

    /// The tables of a list, each written under `[[key]]`.
    pub(crate) fn tables(&mut self, key: &'static str) -> Vec<Table> {
        let Some(field) = self.take(key) else { return Vec::new() };
        let Value::List(list) = field.value else {
            let message = format!("`{key}` must be a list of tables, found {}", field.value.kind());
            self.refuse(Code::BadValue, field.range, message, format!("write `[[{key}]]` above each"));
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(list.len());
        for entry in list {
            match entry.value {
                Value::Table(table) => tables.push(table),
                other => {
                    let message = format!("`{key}` must hold tables, found {}", other.kind());
                    self.refuse(Code::BadValue, entry.range, message, format!("write `[[{key}]]` above each"));
                }
            }
        }
        tables
    }

    fn clean(&mut self, key: &str, text: &str, range: (u32, u32)) -> String {
        let is_hidden = |c: char| is_bidi(c) || c.is_control() && !c.is_whitespace();
        if text.contains(is_hidden) {
            self.refuse(
                Code::BadValue,
                range,
                format!("`{key}` holds an invisible control character"),
                "take the invisible character out",
            );
        }
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_plain {
            return text.to_owned();
        }
        let visible: String = text.chars().filter(|c| !is_hidden(*c)).collect();
        visible.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// A list of texts in which days may stand without quotes.
    pub(crate) fn days(&mut self, key: &'static str) -> Vec<Placed<String>> {
        if let Some((_, field)) = self.table.iter_mut().find(|(name, _)| name.text() == key)
            && let Value::List(list) = &mut field.value
        {
            for entry in list {
                if let Value::Date(written) = &entry.value {
                    entry.value = Value::Text(written.clone());
                }
            }
        }
        self.texts(key)
    }

    /// A list of texts; a single text is a list of one.
    pub(crate) fn texts(&mut self, key: &'static str) -> Vec<Placed<String>> {
        let Some(field) = self.take(key) else { return Vec::new() };
        let fields = match field.value {
            Value::List(list) => list,
            Value::Text(ref text) if text.contains(',') && matches!(key, "concepts" | "tags") => {
                let names: Vec<&str> = text.split(',').map(str::trim).collect();
                let message = format!("`{key}` is one text with commas, which would be one name");
                let help = format!("write `{key}{} [\"{}\"]`", self.sign, names.join("\", \""));
                self.refuse(Code::BadValue, field.range, message, help);
                return Vec::new();
            }
            Value::Text(_) => vec![field],
            _ => {
                self.wrong_type(key, "a list of texts", &field);
                return Vec::new();
            }
        };
        let mut texts = Vec::with_capacity(fields.len());
        for field in fields {
            let Value::Text(text) = &field.value else {
                self.wrong_type(key, "a list of texts", &field);
                continue;
            };
            let value = self.clean(key, text, field.range);
            if value.is_empty() {
                self.refuse(Code::BadValue, field.range, format!("`{key}` holds an empty entry"), "take the entry out");
            } else {
                texts.push(Placed { value, range: field.range });
            }
        }
        texts
    }

    pub(crate) fn boolean(&mut self, key: &'static str) -> Option<bool> {
        let field = self.take(key)?;
        match field.value {
            Value::Bool(value) => Some(value),
            _ => {
                self.wrong_type(key, "true or false", &field);
                None
            }
        }
    }

    /// A whole number from 0.
    pub(crate) fn number(&mut self, key: &'static str) -> Option<Placed<i64>> {
        let number = self.whole(key, 1)?;
        if number.value < 0 {
            let message = format!("`{key}` must be 0 or more, found {}", number.value);
            self.refuse(Code::BadValue, number.range, message, format!("write `{key}{} 1`", self.sign));
            return None;
        }
        Some(number)
    }

    /// A whole number; `such_as` is one that makes sense there.
    pub(crate) fn whole(&mut self, key: &'static str, such_as: i64) -> Option<Placed<i64>> {
        let field = self.take(key)?;
        match field.value {
            Value::Integer(value) => Some(Placed { value, range: field.range }),
            _ => {
                let message = format!("`{key}` must be a whole number, found {}", field.value.kind());
                self.refuse(Code::BadValue, field.range, message, format!("write `{key}{} {such_as}`", self.sign));
                None
            }
        }
    }

    pub(crate) fn date(&mut self, key: &'static str) -> Option<Date> {
        let field = self.take(key)?;
        self.read_date(key, &field)
    }

    /// The day of a change, which cannot lie before that on which its essay appeared.
    pub(crate) fn later_date(&mut self, key: &'static str, appeared: Option<Date>) -> Option<Date> {
        let field = self.take(key)?;
        let changed = self.read_date(key, &field)?;
        let Some(appeared) = appeared.filter(|appeared| changed.as_day() < appeared.as_day()) else {
            return Some(changed);
        };
        let span = Span { path: self.path.clone(), range: Some(field.range) };
        let message = "this essay was changed before it appeared";
        let help = format!("take `{key}` out, or write a day that is not before {}", appeared.to_iso());
        let mut diagnostic = Diagnostic::new(Code::BadDate, span, message).help(help);
        diagnostic.severity = Severity::Warning;
        self.diagnostics.push(diagnostic);
        None
    }

    fn read_date(&mut self, key: &'static str, field: &Field) -> Option<Date> {
        let (Value::Text(written) | Value::Date(written)) = &field.value else {
            let message = format!("`{key}` must be a date, found {}", field.value.kind());
            self.refuse(Code::BadDate, field.range, message, "write it as 2021-03-02");
            return None;
        };
        match Date::parse(written) {
            Ok(date) => Some(date),
            Err(why) => {
                self.refuse(Code::BadDate, field.range, why, "write it as 2021-03-02");
                None
            }
        }
    }

    /// Free data.
    pub(crate) fn free(&mut self, key: &'static str) -> Map<String, serde_json::Value> {
        match self.table(key) {
            Some(table) => {
                table.into_iter().map(|(key, field)| (key.text().to_owned(), field.value.to_json())).collect()
            }
            None => Map::new(),
        }
    }

    /// A table below a key.
    pub(crate) fn table(&mut self, key: &'static str) -> Option<Table> {
        let field = self.take(key)?;
        match field.value {
            Value::Table(table) => Some(table),
            _ => {
                self.wrong_type(key, "a table", &field);
                None
            }
        }
    }

    /// One of these words.
    pub(crate) fn word(&mut self, key: &'static str, words: &[&str]) -> Option<Placed<String>> {
        let text = self.text(key)?;
        if words.contains(&text.value.as_str()) {
            return Some(text);
        }
        let listed: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        self.refuse(
            Code::BadValue,
            text.range,
            format!("`{key}` cannot be `{}`", text.value),
            format!("write {}", listed.join(" or ")),
        );
        None
    }

    /// Whether nothing was refused so far.
    pub(crate) fn is_fine(&self) -> bool {
        self.diagnostics.iter().next().is_none()
    }

    /// Takes out every key that was not asked for: somebody else knows what they mean.
    pub(crate) fn rest(&mut self) -> Table {
        std::mem::take(&mut self.table)
    }

    /// Leaves out every key that was not asked for, where it cannot be known which are right.
    pub(crate) fn forget(&mut self) {
        self.table.clear();
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn finish(mut self) -> Diagnostics {
        for (key, field) in std::mem::take(&mut self.table) {
            let name = key.text().to_owned();
            let span = Span { path: self.path.clone(), range: Some(key.range) };
            let diagnostic = Diagnostic::new(Code::UnknownKey, span.clone(), format!("there is no key `{name}` here"));
            let remedy = elsewhere::remedy(&name, &field.value, &self.asked);
            self.diagnostics.push(match remedy {
                Some(Remedy::Key(known)) => diagnostic.help(format!("did you mean `{known}`?")).guess(span, known),
                Some(Remedy::Line(key_here, value)) => {
                    let line = format!("{key_here}{} {value}", self.sign);
                    let whole = Span { range: Some((key.range.0, field.range.1)), ..span };
                    diagnostic.help(format!("write `{line}`")).guess(whole, line)
                }
                Some(Remedy::Words(help)) => diagnostic.help(help),
                None => match nearest(&name, self.asked.iter().copied()) {
                    Some(known) => diagnostic.help(format!("did you mean `{known}`?")).guess(span, known),
                    None if self.asked.contains(&"extra") => diagnostic.help("put free data under `extra`"),
                    None => diagnostic.help("take it out"),
                },
            });
        }
        self.diagnostics
    }
}
