//! An open file for those who read by position (`std::io`): archives, whose list of contents stands at their end.

use super::{Fault, Opened};
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};

/// An open file with a place in it, and with a bound on what is read in all.
pub struct Stream<'a> {
    file: Box<dyn Opened + 'a>,
    at: u64,
    left: u64,
    spent: bool,
}

impl<'a> Stream<'a> {
    /// From the start of `file`; after `most` bytes, reading fails.
    pub fn new(file: Box<dyn Opened + 'a>, most: u64) -> Self {
        Self { file, at: 0, left: most, spent: false }
    }

    /// Whether more was wanted than may be read.
    pub fn is_spent(&self) -> bool {
        self.spent
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 && !buffer.is_empty() {
            self.spent = true;
            return Err(Error::from(ErrorKind::FileTooLarge));
        }
        let count = self.file.fill(self.at, &mut buffer[..most]).map_err(|fault: Fault| Error::other(fault))?;
        self.at += count as u64;
        self.left -= count as u64;
        Ok(count)
    }
}

impl Seek for Stream<'_> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.file.length().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = target.ok_or(ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn any_place_can_be_read_until_the_bound_is_reached() {
        let file: Arc<[u8]> = (*b"0123456789").into();
        let mut stream = Stream::new(Box::new(file), 5);
        let mut two = [0; 2];
        assert_eq!(stream.seek(SeekFrom::End(-2)).unwrap(), 8);
        stream.read_exact(&mut two).unwrap();
        assert_eq!(&two, b"89");
        assert_eq!(stream.read(&mut two).unwrap(), 0);
        assert_eq!(stream.seek(SeekFrom::Current(-9)).unwrap(), 1);
        assert!(stream.seek(SeekFrom::Current(-9)).is_err());
        stream.read_exact(&mut two).unwrap();
        assert_eq!((&two, stream.is_spent()), (b"12", false));
        assert!(stream.read_exact(&mut two).is_err() && stream.is_spent());
    }
}
