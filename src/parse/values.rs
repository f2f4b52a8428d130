//! TOML and YAML to one table whose values know their place. Knows no keys.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use toml::de::{DeTable, DeValue};

use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::path::SitePath;
use crate::base::span::{Span, byte_at, to_u32};

/// A value of any kind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Bool(bool),
    /// A date of TOML, as written.
    Date(String),
    List(Vec<Field>),
    Table(Vec<(Field, Field)>),
    Null,
}

impl Value {
    /// The word for its kind, with its article.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Bool(_) => "true or false",
            Self::Date(_) => "a date",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Null => "nothing",
        }
    }

    /// The value as JSON, for templates.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) | Self::Date(text) => text.clone().into(),
            Self::Integer(number) => (*number).into(),
            Self::Float(number) => (*number).into(),
            Self::Bool(bool) => (*bool).into(),
            Self::List(list) => list.iter().map(|field| field.value.to_json()).collect(),
            Self::Table(table) => table
                .iter()
                .map(|(key, field)| (key.text().to_owned(), field.value.to_json()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            Self::Null => serde_json::Value::Null,
        }
    }
}

/// A value and its bytes in the file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    pub(crate) value: Value,
    pub(crate) range: (u32, u32),
}

impl Field {
    /// The text of a key.
    pub(crate) fn text(&self) -> &str {
        match &self.value {
            Value::Text(text) => text,
            _ => "",
        }
    }
}

/// Keys and values, in the order of the file.
pub(crate) type Table = Vec<(Field, Field)>;

/// Nesting beyond this is no front matter, and a parser of YAML that calls itself would run out of stack.
const DEEPEST: usize = 32;

/// A text with front matter or settings: where it begins in its file.
pub(crate) struct Text<'a> {
    pub(crate) path: &'a SitePath,
    pub(crate) text: &'a str,
    pub(crate) offset: usize,
}

impl Text<'_> {
    fn range(&self, range: std::ops::Range<usize>) -> (u32, u32) {
        (to_u32(range.start + self.offset), to_u32(range.end + self.offset))
    }

    fn error(&self, range: std::ops::Range<usize>, message: impl Into<String>, help: &str) -> Diagnostic {
        let span = Span { path: self.path.clone(), range: Some(self.range(range)) };
        Diagnostic::new(Code::BadSyntax, span, message).help(help)
    }

    fn too_deep(&self) -> Option<Diagnostic> {
        let mut depth = 0_usize;
        let at = self.text.bytes().position(|byte| {
            match byte {
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth > DEEPEST
        })?;
        Some(self.error(at..at + 1, format!("brackets are nested more than {DEEPEST} deep"), "take levels out"))
    }
}

/// Reads TOML; every mistake the parser can tell is reported.
pub(crate) fn read_toml(input: &Text<'_>) -> (Table, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let (table, errors) = DeTable::parse_recoverable(input.text);
    // The parser knows which brackets stand in texts and are words; it says this of those that do not.
    if let Some(deep) = errors.iter().find(|error| error.message().contains("recurs")) {
        let range = deep.span().unwrap_or(0..0);
        diagnostics.push(input.error(range, "brackets are nested too deep", "take levels out"));
        return (Table::new(), diagnostics);
    }
    let is_yaml = !errors.is_empty() && input.text.lines().any(|line| looks_like(line, ':'));
    if is_yaml && !input.text.lines().any(|line| looks_like(line, '=')) {
        let help = "put YAML between lines of `---`, or write `key = \"value\"`";
        diagnostics.push(input.error(0..input.text.trim_end().len(), "this is YAML between the fences of TOML", help));
        return (Table::new(), diagnostics);
    }
    for error in errors {
        let range = error.span().unwrap_or(0..0);
        let message = error.message().trim().trim_end_matches('.').replace('\n', ", ");
        if message.starts_with("invalid date") || message.starts_with("invalid time") {
            let span = Span { path: input.path.clone(), range: Some(input.range(range)) };
            diagnostics.push(Diagnostic::new(Code::BadDate, span, lower(&message)).help("write it as 2021-03-02"));
            continue;
        }
        if message.contains("duplicate key") {
            diagnostics.push(doubled(input, range));
            continue;
        }
        let help = "put texts between double quotes, and each key on a line of its own";
        diagnostics.push(input.error(range, lower(&message), help));
    }
    (toml_table(input, table.get_ref()), diagnostics)
}

/// A key that stands twice, with the place of the first one where one line alone can be it.
fn doubled(input: &Text<'_>, range: std::ops::Range<usize>) -> Diagnostic {
    let key = input.text.get(range.clone()).unwrap_or("");
    let before = input.text.get(..range.start).unwrap_or("");
    let is_header = before.ends_with('[');
    let mut places = Vec::new();
    let mut table = "";
    let mut start = 0;
    for line in before.split_inclusive('\n') {
        let words = line.trim();
        let at = start + line.len() - line.trim_start().len();
        start += line.len();
        if words.starts_with('[') {
            // A table of its own begins; what stood in the one before is another key.
            places.retain(|_| is_header);
            table = words;
            if is_header && words.split(']').next() == Some(&format!("[{key}")) {
                places.push((at + 1, true));
            }
        } else if words.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='))
            && (table.is_empty() || !is_header)
        {
            places.push((at, false));
        }
    }
    let [(at, is_table)] = places[..] else { return input.error(range, "duplicate key", "keep one of them") };
    let help = match (is_header && !is_table, key) {
        (true, "theme") => {
            "take the other line out, and write its name below `[theme]`, as in `name = \"manual\"`".to_owned()
        }
        (true, key) => format!("take the other line out, and write what it says below `[{key}]`"),
        _ => "keep one of them".to_owned(),
    };
    let first = Span { path: input.path.clone(), range: Some(input.range(at..at + key.len())) };
    input.error(range, "duplicate key", &help).label(first, format!("`{key}` stands here already"))
}

fn toml_table(input: &Text<'_>, table: &DeTable<'_>) -> Table {
    let mut fields: Table = table
        .iter()
        .map(|(key, value)| {
            let name = Field { value: Value::Text(key.get_ref().to_string()), range: input.range(key.span()) };
            (name, Field { value: toml_value(input, value.get_ref()), range: input.range(value.span()) })
        })
        .collect();
    fields.sort_by_key(|(key, _)| key.range);
    fields
}

fn toml_value(input: &Text<'_>, value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => match i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::Float(f64::INFINITY),
        },
        DeValue::Float(number) => Value::Float(number.as_str().replace('_', "").parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(bool) => Value::Bool(*bool),
        // A date that the parser refused comes as an empty one, and has been reported.
        DeValue::Datetime(date) if date.to_string().is_empty() => Value::Null,
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(list) => Value::List(
            list.iter()
                .map(|field| Field { value: toml_value(input, field.get_ref()), range: input.range(field.span()) })
                .collect(),
        ),
        DeValue::Table(table) => Value::Table(toml_table(input, table)),
    }
}

/// Whether a line begins with a key and this sign.
fn looks_like(line: &str, sign: char) -> bool {
    let key = line.split(sign).next().unwrap_or("");
    key.len() < line.len()
        && !key.trim().is_empty()
        && key.trim().chars().all(|c| c.is_alphanumeric() || "_-".contains(c))
}

fn lower(message: &str) -> String {
    let mut letters = message.chars();
    letters.next().map(char::to_lowercase).into_iter().flatten().chain(letters).collect()
}

/// Reads YAML.
pub(crate) fn read_yaml(input: &Text<'_>) -> (Table, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    if let Some(deep) = input.too_deep() {
        diagnostics.push(deep);
        return (Table::new(), diagnostics);
    }
    if input.text.trim().is_empty() {
        return (Table::new(), diagnostics);
    }
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    match serde_saphyr::from_str_with_options::<serde_saphyr::Spanned<Yaml>>(input.text, options) {
        Ok(node) => match yaml_field(input, node) {
            Field { value: Value::Table(table), .. } => return (table, diagnostics),
            Field { value: Value::Null, .. } => {}
            other => {
                let is_toml = input.text.lines().any(|line| looks_like(line, '='));
                let (message, help) = if is_toml {
                    let help = "put TOML between lines of `+++`, or write `key: value`";
                    ("this is TOML between the fences of YAML".to_owned(), help)
                } else {
                    let found = other.value.kind();
                    let help = "write lines such as `title: My essay`";
                    (format!("front matter must be keys and values, found {found}"), help)
                };
                diagnostics.push(input.error(0..input.text.trim_end().len(), message, help));
            }
        },
        Err(error) => {
            let at = error.location().map_or(0, |place| yaml_byte(input.text, &place));
            let message = error.without_snippet().to_string();
            let line = message.lines().next().unwrap_or("this cannot be read");
            let line = line.split(" at line ").next().unwrap_or(line);
            // What follows is advice for programmers who call the parser.
            let line = line.split(", set ").next().unwrap_or(line);
            let end = input.text[at..].find('\n').map_or(input.text.len(), |end| at + end);
            let help = if line.contains("duplicate") {
                "keep one of them"
            } else {
                "put a text that holds a colon or begins with a special character between quotes"
            };
            diagnostics.push(input.error(at..end.max(at), lower(line), help));
        }
    }
    (Table::new(), diagnostics)
}

fn yaml_byte(text: &str, place: &serde_saphyr::Location) -> usize {
    let line = usize::try_from(place.line()).unwrap_or(1).max(1);
    byte_at(text, line, usize::try_from(place.column()).unwrap_or(1).max(1)).min(text.len())
}

fn yaml_field(input: &Text<'_>, node: serde_saphyr::Spanned<Yaml>) -> Field {
    let start = yaml_byte(input.text, &node.referenced);
    let line_end = input.text[start..].find('\n').map_or(input.text.len(), |end| start + end);
    let end = start + input.text[start..line_end].trim_end().len();
    let value = match node.value {
        Yaml::Text(text) => Value::Text(text),
        Yaml::Integer(number) => Value::Integer(number),
        Yaml::Float(number) => Value::Float(number),
        Yaml::Bool(bool) => Value::Bool(bool),
        Yaml::Null => Value::Null,
        Yaml::List(list) => Value::List(list.into_iter().map(|node| yaml_field(input, node)).collect()),
        Yaml::Table(table) => Value::Table(
            table
                .into_iter()
                .map(|(key, value)| {
                    let start = yaml_byte(input.text, &key.referenced);
                    let end = (start + key.value.len()).min(input.text.len());
                    (Field { value: Value::Text(key.value), range: input.range(start..end) }, yaml_field(input, value))
                })
                .collect(),
        ),
    };
    Field { value, range: input.range(start..end) }
}

/// A YAML value with the places of its parts.
enum Yaml {
    Text(String),
    Integer(i64),
    Float(f64),
    Bool(bool),
    Null,
    List(Vec<serde_saphyr::Spanned<Yaml>>),
    Table(Vec<(serde_saphyr::Spanned<String>, serde_saphyr::Spanned<Yaml>)>),
}

impl<'de> Deserialize<'de> for Yaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(YamlVisitor)
    }
}

struct YamlVisitor;

impl<'de> Visitor<'de> for YamlVisitor {
    type Value = Yaml;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Yaml, E> {
        Ok(Yaml::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Yaml, E> {
        Ok(Yaml::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Yaml, E> {
        Ok(i64::try_from(value).map_or(Yaml::Float(f64::INFINITY), Yaml::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Yaml, E> {
        Ok(Yaml::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Yaml, E> {
        Ok(Yaml::Text(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Yaml, E> {
        Ok(Yaml::Null)
    }

    fn visit_none<E>(self) -> Result<Yaml, E> {
        Ok(Yaml::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Yaml, D::Error> {
        Yaml::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Yaml, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = access.next_element()? {
            list.push(element);
        }
        Ok(Yaml::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Yaml, A::Error> {
        let mut table = Vec::new();
        while let Some(entry) = access.next_entry()? {
            table.push(entry);
        }
        Ok(Yaml::Table(table))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Table, Diagnostics) {
        let path = SitePath::new("one.toml").expect("clean");
        read_toml(&Text { path: &path, text, offset: 0 })
    }

    #[test]
    fn brackets_in_texts_and_comments_nest_nothing() {
        let many = "[{".repeat(100);
        let (table, found) = read(&format!("# {many}\na = \"{many}\"\nb = '''\n{many}'''\nc = [1]\n"));
        assert_eq!(found.into_report(&Default::default()).diagnostics, []);
        assert_eq!(table.len(), 3);
    }

    #[test]
    fn brackets_that_nest_without_measure_are_refused_once() {
        for open in ["[", "{a = ", "[{a = "] {
            let (table, found) = read(&format!("b = 1\na = {}", open.repeat(50_000)));
            let found = found.into_report(&Default::default()).diagnostics;
            let [deep] = found.as_slice() else { panic!("{} findings", found.len()) };
            assert!(table.is_empty() && deep.message.contains("nested"), "{}", deep.message);
        }
    }
}
