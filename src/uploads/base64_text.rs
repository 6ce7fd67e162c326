//! Base64 in slices, decoded as it comes. A client may encode the whole file and cut the text anywhere, or encode each
//! slice by itself; a `data:` prefix is passed over.

use std::io::{self, Read, Write};

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);
/// Letters decoded at once; a multiple of four.
const BATCH: usize = 64 << 10;

/// Decodes what is pushed into it.
pub struct Decoder<W> {
    out: W,
    letters: Vec<u8>,
    is_in_prefix: bool,
}

impl<W: Write> Decoder<W> {
    pub fn new(out: W) -> Self {
        Self { out, letters: Vec::with_capacity(BATCH), is_in_prefix: false }
    }

    /// A whole slice. `InvalidData` when it is no base64.
    pub fn push(&mut self, mut slice: impl Read) -> io::Result<()> {
        let mut buffer = vec![0; BATCH];
        let mut is_first = true;
        loop {
            let read = slice.read(&mut buffer)?;
            if read == 0 {
                return Ok(());
            }
            if is_first && buffer[..read].starts_with(b"data:") {
                self.is_in_prefix = true;
            }
            is_first = false;
            for byte in &buffer[..read] {
                self.take(*byte)?;
            }
        }
    }

    /// What is left over; where it was written.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush()?;
        Ok(self.out)
    }

    fn take(&mut self, byte: u8) -> io::Result<()> {
        match byte {
            _ if self.is_in_prefix => self.is_in_prefix = byte != b',',
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => self.letters.push(byte),
            // What a form makes of a "+" that nobody escaped, and the alphabet of URLs.
            b' ' | b'-' => self.letters.push(b'+'),
            b'_' => self.letters.push(b'/'),
            b'\r' | b'\n' => {}
            // The end of one encoding; the next slice may begin another.
            b'=' => return self.flush(),
            _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "no base64")),
        }
        if self.letters.len() == BATCH { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        let bytes = ENGINE.decode(&self.letters).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        self.letters.clear();
        self.out.write_all(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE};

    use super::*;

    fn file(length: usize) -> Vec<u8> {
        (0..length).map(|n| u8::try_from(n * 31 % 256).unwrap()).collect()
    }

    fn decoded<'a>(slices: impl IntoIterator<Item = &'a [u8]>) -> io::Result<Vec<u8>> {
        let mut decoder = Decoder::new(Vec::new());
        for slice in slices {
            decoder.push(slice)?;
        }
        decoder.finish()
    }

    #[test]
    fn a_text_may_be_cut_anywhere() {
        for length in [1, 2, 3, 100, 200_000] {
            let file = file(length);
            let text = BASE64_STANDARD.encode(&file);
            for cut in [1, 2, 3, 4, 5, 7, 64, 65_537] {
                assert!(decoded(text.as_bytes().chunks(cut)).unwrap() == file, "{length} bytes cut at {cut}");
            }
        }
    }

    #[test]
    fn slices_may_be_encoded_one_by_one() {
        let file = file(1000);
        for cut in [1, 2, 3, 10, 100, 333] {
            let texts: Vec<String> = file.chunks(cut).map(|slice| BASE64_STANDARD.encode(slice)).collect();
            assert_eq!(decoded(texts.iter().map(String::as_bytes)).unwrap(), file, "{cut}");
            let texts: Vec<String> = texts.iter().map(|text| format!("data:image/png;base64,{text}")).collect();
            assert_eq!(decoded(texts.iter().map(String::as_bytes)).unwrap(), file, "{cut} with prefixes");
        }
    }

    #[test]
    fn other_spellings_are_understood() {
        let file = file(500);
        let text = BASE64_STANDARD.encode(&file);
        for spelling in [
            text.replace('+', " "),
            BASE64_URL_SAFE.encode(&file),
            BASE64_STANDARD_NO_PAD.encode(&file),
            text.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line) + "\r\n").collect(),
            format!("data:;base64,{text}"),
        ] {
            assert_eq!(decoded([spelling.as_bytes()]).unwrap(), file, "{spelling}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["<html>", "ab!c", "a", "你好"] {
            let error = decoded([text.as_bytes()]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{text}");
        }
        assert_eq!(decoded([]).unwrap(), b"");
    }
}
