//! Batch files whose one command is to start another program. Only what the text says literally is followed.

use crate::machine::path::Rules;

/// The program that the only command of the batch file `path` starts; `None` where it does more, or asks PATH or a variable.
pub(super) fn only_program(path: &str, text: &str) -> Option<String> {
    let mut lines = text.lines().map(|line| line.trim().trim_start_matches('@').trim_start()).filter(|line| !is_harmless(line));
    let line = lines.next()?;
    if lines.next().is_some() {
        return None;
    }
    let folder = Rules::Windows.dirname(path);
    let folder = if folder.ends_with('\\') { folder } else { format!(r"{folder}\") };
    let command = line.get(..5).filter(|word| word.eq_ignore_ascii_case("call ")).map_or(line, |_| line[5..].trim_start());
    let command = command.replace("%~dp0", &folder);
    let (program, rest) = match command.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => command.split_once([' ', '\t']).unwrap_or((&command, "")),
    };
    let literal = !program.contains(['%', '!', '^']) && !rest.contains(['&', '|', '<', '>']) && Rules::Windows.is_absolute(program);
    literal.then(|| Rules::Windows.normpath(program))
}

/// Lines that change nothing about which program is started.
fn is_harmless(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    let words: Vec<&str> = line.split_whitespace().collect();
    let whole = ["echo off", "setlocal", "endlocal", "exit /b", "exit /b %errorlevel%", "exit /b %errorlevel", "goto :eof"];
    words.is_empty() || matches!(words[0], "rem" | "::") || line.starts_with("::") || whole.contains(&words.join(" ").as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_file_with_one_command_leads_to_it_and_any_other_does_not() {
        let program = |text: &str| only_program(r"C:\tools\pip.bat", text);
        let python = Some(r"C:\py\python.exe".to_owned());
        assert_eq!(program("@echo off\r\nrem ours\r\n\"C:\\py\\python.exe\" -m pip %*\r\nexit /b %ERRORLEVEL%\r\n"), python);
        assert_eq!(program("@\"%~dp0..\\py\\python.exe\" %*"), python);
        assert_eq!(program("@call C:\\py\\python.exe %*"), python);
        assert_eq!(program("@echo off\r\nchcp 1250 > NUL\r\ncall pyenv exec %~n0 %*\r\n"), None);
        assert_eq!(program("@python -m pip %*"), None);
        assert_eq!(program("@\"%PYTHON%\" %*"), None);
        assert_eq!(program("@C:\\py\\python.exe %* & del x"), None);
        assert_eq!(program(""), None);
    }
}
