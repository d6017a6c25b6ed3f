//! The exceptions that Python raises for bytes that its codecs refuse, word for word.

/// `UnicodeDecodeError` of the UTF-8 codec, and the line of the byte; `None` where the bytes are UTF-8.
pub(super) fn utf8_error(bytes: &[u8]) -> Option<(u32, String)> {
    let error = std::str::from_utf8(bytes).err()?;
    let at = error.valid_up_to();
    let byte = bytes.get(at).copied()?;
    let length = error.error_len().unwrap_or(bytes.len() - at);
    let reason = match error.error_len() {
        None => "unexpected end of data",
        Some(_) if (0xc2..=0xf4).contains(&byte) => "invalid continuation byte",
        Some(_) => "invalid start byte",
    };
    let what =
        if length > 1 { format!("bytes in position {at}-{}", at + length - 1) } else { format!("byte 0x{byte:02x} in position {at}") };
    Some((line_of(bytes, at), format!("UnicodeDecodeError: 'utf-8' codec can't decode {what}: {reason}")))
}

/// `UnicodeDecodeError` of the ASCII codec, and the line of the byte; `None` where the bytes are ASCII.
pub(super) fn ascii_error(bytes: &[u8]) -> Option<(u32, String)> {
    let at = bytes.iter().position(|byte| !byte.is_ascii())?;
    let byte = bytes.get(at).copied()?;
    let message = format!("UnicodeDecodeError: 'ascii' codec can't decode byte 0x{byte:02x} in position {at}: ordinal not in range(128)");
    Some((line_of(bytes, at), message))
}

fn line_of(bytes: &[u8], at: usize) -> u32 {
    let before = bytes.get(..at).unwrap_or(bytes);
    u32::try_from(memchr::memchr_iter(b'\n', before).count()).unwrap_or(u32::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_pythons_own() {
        let of = |bytes: &[u8]| utf8_error(bytes).unwrap().1;
        let head = "UnicodeDecodeError: 'utf-8' codec can't decode ";
        assert_eq!(of(b"ab\xff"), format!("{head}byte 0xff in position 2: invalid start byte"));
        assert_eq!(of(b"a\xc3("), format!("{head}byte 0xc3 in position 1: invalid continuation byte"));
        assert_eq!(of(b"a\xe2\x82("), format!("{head}bytes in position 1-2: invalid continuation byte"));
        assert_eq!(of(b"a\xe2\x82"), format!("{head}bytes in position 1-2: unexpected end of data"));
        assert_eq!(utf8_error(b"a\nb\nc\xff").unwrap().0, 3);
        assert_eq!(utf8_error("ä".as_bytes()), None);
        assert_eq!(ascii_error("x\nä".as_bytes()).unwrap().0, 2);
    }
}
