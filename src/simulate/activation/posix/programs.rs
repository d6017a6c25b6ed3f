//! Commands that are programs: looked up on PATH as it is at that moment of the script, and run in thought.

use super::super::programs::{Told, find_on, output};
use super::{Dialect, Flow, Interpreter, Value};

/// Where a program is.
pub(super) enum Found {
    /// In this file.
    Here(String),
    /// In no folder of PATH.
    Nowhere,
    /// PATH is not known.
    Unknown(String),
}

impl Interpreter<'_> {
    /// Looks a program up.
    pub(super) fn find(&self, name: &str) -> Found {
        let path = match self.variables.get("PATH") {
            // Without PATH ksh93 looks in the system's default folders, the others in the working folder.
            Value::Unset if self.dialect == Dialect::Ksh => "/bin:/usr/bin".to_owned(),
            value => match value.text() {
                Some(path) => path.to_owned(),
                None => return Found::Unknown(value.why()),
            },
        };
        find_on(self.machine, &path, name).map_or(Found::Nowhere, Found::Here)
    }

    /// Runs a program in thought.
    pub(super) fn program(&mut self, name: &str, arguments: &[Value], line: u32) -> Flow {
        let file = match self.find(name) {
            Found::Here(file) => file,
            Found::Nowhere => {
                self.messages.push(format!("line {line}: {name}: command not found"));
                self.status = Ok(127);
                return Flow::Next;
            }
            Found::Unknown(why) => return self.printed(&Value::Unknown(why)),
        };
        let words: Option<Vec<&str>> = arguments.iter().map(Value::text).collect();
        let printed = match words {
            None => Value::Unknown(arguments.iter().map(Value::why).find(|why| !why.is_empty()).unwrap_or_default()),
            Some(words) => {
                let (ostype, msystem) = (self.ostype(), self.variables.get("MSYSTEM"));
                let known = |value: &Value| if *value == Value::Unset { None } else { value.text().map(str::to_owned) };
                let (ostype, msystem) = (known(&ostype), known(&msystem));
                let told = Told { ostype: ostype.as_deref(), msystem: msystem.as_deref() };
                match output(self.machine, &file, &words, told, line) {
                    Ok(Some(text)) => Value::Text(text),
                    Ok(None) => Value::Unset,
                    Err(why) => Value::Unknown(why),
                }
            }
        };
        self.printed(&printed)
    }

    fn printed(&mut self, output: &Value) -> Flow {
        self.status = match output {
            Value::Unknown(why) => Err(why.clone()),
            Value::Unset => Ok(1),
            _ => Ok(0),
        };
        if self.captured.is_some() {
            self.emit(output);
        }
        Flow::Next
    }
}
