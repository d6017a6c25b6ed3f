//! Makes characters that come from data safe to show: whatever a file or a folder is called, it reaches the reader as visible
//! characters and never as a command to the terminal or a trick on the eye.
//!
//! What is replaced: control characters (C0, DEL, C1), line and paragraph separators, marks that change the direction of the text
//! (Unicode Technical Report 36, section 2.8), characters without a width, tags, and bytes that are not UTF-8. A backslash
//! is left alone, or no Windows path could be read; so a name that really holds the four characters `\x1b` looks the same
//! as an escaped ESC. What is shown is for reading; JSON is the format for programs.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::text;

/// The text with every unsafe character written as `\n`, `\t`, `\r`, `\xNN` or `\u{N}`.
pub fn safe(raw: &str) -> Cow<'_, str> {
    let plain = |byte: u8| (b' '..=b'~').contains(&byte);
    if raw.bytes().all(plain) || raw.chars().all(is_safe) {
        return Cow::Borrowed(raw);
    }
    let mut shown = String::with_capacity(raw.len() + 8);
    raw.chars().for_each(|character| push(&mut shown, character));
    Cow::Owned(shown)
}

/// A line of code: as [`safe`], but tabs become the spaces that they stand for, four columns each.
pub fn code(raw: &str) -> String {
    let mut shown = String::with_capacity(raw.len());
    let mut column = 0;
    for character in raw.chars() {
        if character == '\t' {
            let wide = 4 - column % 4;
            shown.extend(std::iter::repeat_n(' ', wide));
            column += wide;
        } else {
            push(&mut shown, character);
            column += 1;
        }
    }
    shown
}

/// Where a link may lead: to the web or to a place on the page.
pub fn destination(link: &str) -> Option<String> {
    let known = ["https://", "http://", "#"].iter().any(|start| link.starts_with(start));
    let plain = |character: char| character.is_ascii_graphic() && !matches!(character, '<' | '>' | '"' | '\'' | '`' | '\\' | '|');
    (known && link.chars().all(plain)).then(|| link.to_owned())
}

fn push(shown: &mut String, character: char) {
    // Writing into a String cannot fail.
    let _ = match character {
        _ if is_safe(character) => write!(shown, "{character}"),
        '\n' => write!(shown, "\\n"),
        '\t' => write!(shown, "\\t"),
        '\r' => write!(shown, "\\r"),
        _ => match (text::carried(character), u32::from(character)) {
            (Some(byte), _) => write!(shown, "\\x{byte:02x}"),
            (None, code @ ..=0xff) => write!(shown, "\\x{code:02x}"),
            (None, code) => write!(shown, "\\u{{{code:x}}}"),
        },
    };
}

fn is_safe(character: char) -> bool {
    !character.is_control() && !is_invisible(character) && text::carried(character).is_none()
}

/// Characters of Unicode's `Default_Ignorable_Code_Point` and `Bidi_Control`, the separators U+2028 and U+2029, and
/// the noncharacters at the end of the first plane.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}'..='\u{ffff}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_moves_the_cursor_or_hides_survives() {
        assert_eq!(safe("a\x1b[2J\n\u{9b}1m"), "a\\x1b[2J\\n\\x9b1m");
        assert_eq!(safe("abc\u{202e}fed\u{200b}"), "abc\\u{202e}fed\\u{200b}");
        assert_eq!(safe(&text::decode(b"caf\xe9")), "caf\\xe9");
        assert_eq!(safe("naïve C:\\日本 e\u{301}"), "naïve C:\\日本 e\u{301}");
    }

    #[test]
    fn a_tab_in_code_reaches_the_next_stop() {
        assert_eq!(code("\tx\ty\r"), "    x   y\\r");
    }
}
