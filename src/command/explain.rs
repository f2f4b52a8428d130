//! `explain`: the manual page of a diagnostic code.

use serde_json::{Value, json};

use crate::base::codes::Code;
use crate::base::diagnostic::nearest;
use crate::io::error::Error;
use crate::io::terminal::{Format, Terminal};

pub(super) fn run(code: Option<&str>, terminal: &Terminal) -> Result<u8, Error> {
    let Some(name) = code else {
        if terminal.format != Format::Human {
            terminal.write_out(&Code::ALL.iter().map(|code| to_json(*code)).collect::<Value>().to_string());
            return Ok(0);
        }
        let lines: Vec<String> =
            Code::ALL.iter().map(|code| format!("{:<18} {}", code.name(), code.meaning())).collect();
        terminal.write_out(&lines.join("\n"));
        return Ok(0);
    };
    let Some(code) = Code::from_name(name) else {
        let near = nearest(name, Code::ALL.iter().map(|code| code.name()));
        let hint =
            near.map_or_else(|| "`throughline explain` lists all".to_owned(), |near| format!("did you mean `{near}`?"));
        return Err(Error::Usage(format!("there is no code `{name}`; {hint}")));
    };
    if terminal.format != Format::Human {
        terminal.write_out(&to_json(code).to_string());
        return Ok(0);
    }
    let (name, level, meaning) = (code.name(), code.level().word(), code.meaning());
    terminal.write_out(&format!("{name} ({level})\n{meaning}\n\n{}", body(code)));
    Ok(0)
}

/// The manual page of a code, without its front matter.
fn body(code: Code) -> &'static str {
    let manual = code.manual();
    manual.splitn(3, "+++").nth(2).unwrap_or(manual).trim()
}

fn to_json(code: Code) -> Value {
    json!({ "code": code.name(), "level": code.level().word(), "meaning": code.meaning(), "manual": body(code) })
}
