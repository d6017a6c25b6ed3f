//! Bytes that are not UTF-8, carried inside ordinary `String`s.
//!
//! Python keeps such bytes as lone surrogates (PEP 383, `surrogateescape`), which a Rust `String` cannot hold. Here byte `0xNN`
//! is the character `U+10FFNN` of the last private-use plane. A name that really contains one of these 256 characters has
//! its four UTF-8 bytes carried one by one, so that decoding and encoding are exact inverses for every sequence of bytes.
//!
//! It belongs to no room: the machine carries bytes this way, and renderers show them as `\xNN` at the last moment.

const BASE: u32 = 0x0010_FF00;

/// The first byte of every carrier character in UTF-8; where it is not, nothing is carried.
const LEAD: u8 = 0xF4;

/// The text of `bytes`; each byte that is not part of valid UTF-8 becomes one carrier character.
pub fn decode(bytes: &[u8]) -> String {
    if !bytes.contains(&LEAD)
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return text.to_owned();
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if carried(character).is_some() {
                let mut buffer = [0; 4];
                text.extend(character.encode_utf8(&mut buffer).bytes().map(carrier));
            } else {
                text.push(character);
            }
        }
        text.extend(chunk.invalid().iter().copied().map(carrier));
    }
    text
}

/// The bytes that [`decode`] was given.
pub fn encode(text: &str) -> Vec<u8> {
    if !text.as_bytes().contains(&LEAD) {
        return text.as_bytes().to_vec();
    }
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        match carried(character) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend(character.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    bytes
}

/// The byte that a carrier character stands for; `None` for every other character.
pub fn carried(character: char) -> Option<u8> {
    u32::from(character).checked_sub(BASE).and_then(|byte| u8::try_from(byte).ok())
}

/// Whether the text holds bytes that are not UTF-8.
pub fn is_lossy(text: &str) -> bool {
    text.chars().any(|character| carried(character).is_some())
}

/// The text as a JSON string shows it: carried bytes as `\xNN`, all else as it is.
pub fn printable(text: &str) -> String {
    use std::fmt::Write as _;
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match carried(character) {
            // Writing into a String cannot fail.
            Some(byte) => drop(write!(shown, "\\x{byte:02x}")),
            None => shown.push(character),
        }
    }
    shown
}

fn carrier(byte: u8) -> char {
    char::from_u32(BASE + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sequence_of_bytes_survives_the_round_trip() {
        for bytes in [&b"plain"[..], b"\xff", b"a\xc3(b", "\u{10FF80}".as_bytes(), "prächtig".as_bytes(), b"\xed\xa0\x80"] {
            assert_eq!(encode(&decode(bytes)), bytes);
        }
    }

    #[test]
    fn carried_bytes_print_as_escapes() {
        assert_eq!(printable(&decode(b"a\xffb")), "a\\xffb");
        assert!(is_lossy(&decode(b"\xff")) && !is_lossy("é"));
    }
}
