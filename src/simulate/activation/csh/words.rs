//! Splits csh's lines into words and substitutes variables in them (tcsh(1), "Lexical structure", "Variable substitution").

use super::super::programs;
use super::{Csh, Halt};

/// A word as it is written, quotes included, or one of the signs `( ) ; && || | < > >& ! == != =~ !~`.
pub(super) fn words(text: &str) -> Result<Vec<String>, Halt> {
    let chars: Vec<char> = text.chars().collect();
    let (mut words, mut word, mut at) = (Vec::new(), String::new(), 0);
    let mut finish = |word: &mut String| {
        if !word.is_empty() {
            words.push(std::mem::take(word));
        }
    };
    while let Some(&c) = chars.get(at) {
        at += 1;
        match c {
            '\'' | '"' | '`' => {
                word.push(c);
                loop {
                    let Some(&inner) = chars.get(at) else { return Err(Halt::Error(format!("Unmatched '{c}'."))) };
                    at += 1;
                    word.push(inner);
                    match inner {
                        '\\' => {
                            // In quotes a backslash keeps a line end and `!`, and in backquotes the next character.
                            if let Some(&next) = chars.get(at).filter(|next| matches!(next, '\n' | '!') || c == '`') {
                                word.push(next);
                                at += 1;
                            }
                        }
                        '\n' => return Err(Halt::Error(format!("Unmatched '{c}'."))),
                        _ if inner == c => break,
                        _ => {}
                    }
                }
            }
            '\\' => {
                word.push(c);
                word.extend(chars.get(at));
                at += 1;
            }
            ' ' | '\t' => finish(&mut word),
            ';' | '(' | ')' | '<' | '>' | '&' | '|' => {
                finish(&mut word);
                word.push(c);
                if chars.get(at) == Some(&c) && matches!(c, '&' | '|' | '<' | '>') {
                    word.push(c);
                    at += 1;
                } else if c == '>' && chars.get(at) == Some(&'&') {
                    word.push('&');
                    at += 1;
                }
                finish(&mut word);
            }
            '#' if word.is_empty() => break,
            _ => word.push(c),
        }
    }
    finish(&mut word);
    Ok(words)
}

/// The lines of a script, each with its number; a backslash at the end, in quotes or not, takes in the next one.
pub(super) fn lines(text: &str) -> Vec<(u32, String)> {
    let mut all: Vec<(u32, String)> = Vec::new();
    let mut open: Option<(u32, String)> = None;
    for (number, line) in text.split('\n').enumerate() {
        let (first, before) = open.take().unwrap_or((number as u32 + 1, String::new()));
        let whole = before + line;
        if line.ends_with('\\') && !line.trim_start().starts_with('#') {
            open = Some((first, whole + "\n"));
        } else {
            all.push((first, whole));
        }
    }
    all.extend(open);
    all
}

impl Csh<'_> {
    /// The word with its variables put in and its quotes taken off.
    pub(super) fn expand(&mut self, word: &str, line: u32) -> Result<String, Halt> {
        let chars: Vec<char> = word.chars().collect();
        let (mut out, mut at, mut quote) = (String::new(), 0, None);
        while let Some(&c) = chars.get(at) {
            at += 1;
            match (c, quote) {
                ('\'' | '"', None) => quote = Some(c),
                (c, Some(open)) if c == open => quote = None,
                ('`', None | Some('"')) => {
                    let end = chars.iter().skip(at).position(|c| *c == '`').ok_or_else(|| Halt::Error("Unmatched '`'.".to_owned()))?;
                    let inner: String = chars.iter().skip(at).take(end).collect();
                    at += end + 1;
                    out.push_str(self.output(&inner, line)?.trim_end_matches('\n'));
                }
                ('$', None | Some('"')) => {
                    let (text, used) = self.variable(chars.get(at..).unwrap_or_default(), line)?;
                    out.push_str(&text);
                    at += used;
                }
                ('\\', Some(_)) => match chars.get(at) {
                    Some(&next) if matches!(next, '\n' | '!') => {
                        out.push(next);
                        at += 1;
                    }
                    _ => out.push('\\'),
                },
                ('\\', None) => {
                    out.extend(chars.get(at));
                    at += 1;
                }
                (c, _) => out.push(c),
            }
        }
        Ok(out)
    }

    /// What stands behind `$`, and how many characters it takes.
    fn variable(&mut self, rest: &[char], line: u32) -> Result<(String, usize), Halt> {
        let asks = rest.first() == Some(&'?');
        let mut at = usize::from(asks);
        let braces = rest.get(at) == Some(&'{');
        at += usize::from(braces);
        let name: String = rest.iter().skip(at).take_while(|c| c.is_ascii_alphanumeric() || **c == '_').collect();
        at += name.chars().count();
        if name.is_empty() {
            return Err(Halt::Lost(format!("line {line}: a substitution is not followed")));
        }
        if rest.get(at) == Some(&'[') {
            return Err(Halt::Lost(format!("line {line}: an element of {name} is not followed")));
        }
        if asks {
            at += usize::from(braces);
            return Ok((u8::from(self.is_set(&name)?).to_string(), at));
        }
        let mut text = self.get(&name)?;
        while rest.get(at) == Some(&':') {
            match rest.get(at + 1) {
                Some('q' | 'x') => {}
                Some('t') => text = text.rsplit('/').next().unwrap_or_default().to_owned(),
                Some('h') => text = text.rsplit_once('/').map_or(text.clone(), |(head, _)| head.to_owned()),
                _ => break,
            }
            at += 2;
        }
        at += usize::from(braces);
        Ok((text, at))
    }

    fn output(&mut self, command: &str, line: u32) -> Result<String, Halt> {
        let mut expanded = Vec::new();
        for word in words(command)? {
            expanded.push(self.expand(&word, line)?);
        }
        let Some((name, arguments)) = expanded.split_first() else { return Ok(String::new()) };
        if name == "echo" {
            return Ok(arguments.join(" "));
        }
        let path = self.get("PATH").unwrap_or_default();
        let Some(file) = programs::find_on(self.machine, &path, name) else {
            return Err(Halt::Error(format!("{name}: Command not found.")));
        };
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let text = programs::output(self.machine, &file, &arguments, programs::Told::default(), line).map_err(Halt::Lost)?;
        Ok(text.unwrap_or_default())
    }
}
