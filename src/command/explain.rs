//! `explain`: the manual page of a diagnostic code.

use crate::base::codes::Code;
use crate::base::diagnostic::nearest;
use crate::io::error::Error;
use crate::io::terminal::Terminal;

pub(super) fn run(code: Option<&str>, terminal: &Terminal) -> Result<u8, Error> {
    let Some(name) = code else {
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
    let manual = code.manual();
    let body = manual.splitn(3, "+++").nth(2).unwrap_or(manual).trim();
    terminal.write_out(&format!("{} ({})\n{}\n\n{body}", code.name(), code.level().word(), code.meaning()));
    Ok(0)
}
