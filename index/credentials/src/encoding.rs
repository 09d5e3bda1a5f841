//! In which encoding is a file written, and what does it say in UTF-8? As its first bytes declare: a byte order mark of UTF-16, or what the declaration of XML names.
//!
//! The one idea: what is not UTF-8 is written anew as UTF-8 into a file of its own, since a document is read more than once and from any place; so all
//! readers know UTF-8 only, and memory stays as it is.

use std::io::{self, BufRead, Read, Write};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use tempfile::NamedTempFile;

/// Bytes of a file in which the declaration of XML must end.
const DECLARATION_BYTES_MAX: usize = 1_024;
/// Bytes that are decoded at a time.
const DECODED_BYTES: usize = 64 << 10;

/// What a file says that somebody wrote, in whatever encoding; nothing where it is no text.
pub fn text(bytes: &[u8]) -> Option<String> {
    if bytes.starts_with(b"%PDF") || bytes.starts_with(b"PK\x03\x04") {
        return None;
    }
    let encoding = match declared(bytes).ok()? {
        Some(encoding) => Some(encoding),
        None => detected(bytes).ok()?,
    };
    let (text, ..) = encoding.unwrap_or(UTF_8).decode(bytes);
    (!text.contains('\0')).then(|| text.into_owned())
}

/// The encoding that the beginning of a file declares; nothing where that is UTF-8, or where nothing is declared.
///
/// # Errors
/// The name of an encoding that is not known.
pub(super) fn declared(beginning: &[u8]) -> Result<Option<&'static Encoding>, String> {
    if beginning.starts_with(b"\xff\xfe") || beginning.starts_with(b"<\0?\0") {
        return Ok(Some(UTF_16LE));
    }
    if beginning.starts_with(b"\xfe\xff") || beginning.starts_with(b"\0<\0?") {
        return Ok(Some(UTF_16BE));
    }
    // Letters of ASCII, each in two bytes.
    match beginning {
        [first, 0, second, 0, ..] if *first > 0 && *second > 0 => return Ok(Some(UTF_16LE)),
        [0, first, 0, second, ..] if *first > 0 && *second > 0 => return Ok(Some(UTF_16BE)),
        _ => {}
    }
    let Some(name) = in_declaration(beginning) else {
        return Ok(None);
    };
    match Encoding::for_label_no_replacement(name) {
        // UTF-16 it is not, or its name could not be read byte by byte: something wrote it anew and left the declaration.
        Some(encoding) => {
            Ok((![UTF_8, UTF_16LE, UTF_16BE].contains(&encoding)).then_some(encoding))
        }
        None => {
            let name: String = String::from_utf8_lossy(name).chars().take(40).collect();
            Err(format!(
                "is written in {name:?}, as it says itself, which is no encoding that is known here"
            ))
        }
    }
}

/// The encoding of a text that declares none and is not UTF-8 throughout, as its letters are distributed; UTF-8 where most of it is, and nothing where all is.
///
/// # Errors
/// What reading says.
pub(super) fn detected(mut input: impl Read) -> io::Result<Option<&'static Encoding>> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let (mut n_letters, mut n_lost) = (0_u64, 0_u64);
    let (mut bytes, mut n_kept) = (vec![0; DECODED_BYTES], 0);
    loop {
        let n_read = input.read(&mut bytes[n_kept..])?;
        let is_last = n_read == 0;
        let text = &bytes[..n_kept + n_read];
        detector.feed(&text[n_kept..], is_last);
        let mut rest = 0;
        for chunk in text.utf8_chunks() {
            n_letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
            let (invalid, at) = (chunk.invalid(), chunk.valid().len());
            // What a letter begins with may go on in the next bytes.
            let is_end = !is_last
                && invalid.len() < 4
                && text.ends_with(invalid)
                && at + invalid.len() <= text.len();
            match invalid.is_empty() {
                true => {}
                false
                    if is_end
                        && std::ptr::eq(&invalid[invalid.len() - 1], &text[text.len() - 1]) =>
                {
                    rest = invalid.len()
                }
                false => n_lost += 1,
            }
        }
        if is_last {
            break;
        }
        let n = text.len();
        bytes.copy_within(n - rest..n, 0);
        n_kept = rest;
    }
    Ok(match n_lost {
        0 => None,
        _ if n_letters > n_lost => Some(UTF_8),
        _ => Some(detector.guess(None, Utf8Detection::Deny)),
    })
}

/// Writes a file as UTF-8 into a new one; bytes that are no letters of its encoding become `U+FFFD`.
///
/// # Errors
/// What reading or writing says.
pub(super) fn as_lossy_utf8(
    mut input: impl Read,
    encoding: &'static Encoding,
) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new()?;
    let mut decoder = encoding.new_decoder();
    let (mut encoded, mut decoded) = (vec![0; DECODED_BYTES], vec![0; DECODED_BYTES]);
    loop {
        let n_read = input.read(&mut encoded)?;
        let mut rest = &encoded[..n_read];
        loop {
            let (result, n, n_written, _) = decoder.decode_to_utf8(rest, &mut decoded, n_read == 0);
            file.write_all(&decoded[..n_written])?;
            rest = &rest[n..];
            if result == CoderResult::InputEmpty {
                break;
            }
        }
        if n_read == 0 {
            file.flush()?;
            return Ok(file);
        }
    }
}

/// The encoding that a declaration of XML names, which can be read since its signs are those of ASCII.
fn in_declaration(beginning: &[u8]) -> Option<&[u8]> {
    let text = &beginning[..beginning.len().min(DECLARATION_BYTES_MAX)];
    let declaration = text.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = declaration.windows(2).position(|pair| pair == b"?>")?;
    let named = declaration[..end]
        .windows(8)
        .position(|name| name == b"encoding")?;
    let value = declaration[named + 8..end]
        .trim_ascii_start()
        .strip_prefix(b"=")?
        .trim_ascii_start();
    let (quote, value) = value.split_first()?;
    let end = value.iter().position(|sign| sign == quote)?;
    Some(value[..end].trim_ascii())
}

/// Writes a file as UTF-8 into a new one, without the mark of its byte order; or says from which byte on it is not written in this encoding.
///
/// # Errors
/// What reading or writing says.
pub(super) fn as_utf8(
    mut input: impl BufRead,
    encoding: &'static Encoding,
) -> io::Result<Result<NamedTempFile, String>> {
    let mut file = NamedTempFile::new()?;
    let (mut decoder, mut buffer, mut byte) = (
        encoding.new_decoder_with_bom_removal(),
        vec![0; DECODED_BYTES],
        0,
    );
    loop {
        let encoded = input.fill_buf()?;
        let is_last = encoded.is_empty();
        let (result, n_read, n_written) =
            decoder.decode_to_utf8_without_replacement(encoded, &mut buffer, is_last);
        byte += n_read;
        file.write_all(&buffer[..n_written])?;
        input.consume(n_read);
        match result {
            DecoderResult::Malformed(..) => {
                return Ok(Err(format!(
                    "is not written in {}, as it says itself (byte {byte})",
                    encoding.name()
                )));
            }
            DecoderResult::InputEmpty if is_last => break,
            DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
        }
    }
    file.flush()?;
    Ok(Ok(file))
}

#[cfg(test)]
mod tests {
    use super::super::files;
    use crate::credential::text_in;
    use skillgap_esco::report::ReadReport;

    /// Titles, and reasons, of what is read from a file.
    fn read(bytes: &[u8]) -> Vec<String> {
        let (mut report, mut said) = (ReadReport::default(), Vec::new());
        files::read_one("f", bytes, 0, &mut report, &mut |credential| {
            said.push(text_in(&credential.title, "en").to_owned());
            Ok(())
        })
        .unwrap();
        said.extend(
            report
                .rejected
                .into_iter()
                .map(|rejected| format!("{}: {}", rejected.line, rejected.reason)),
        );
        said
    }

    fn loq(encoding: &str, title: &str) -> String {
        format!(
            "<?xml version='1.0' encoding = \"{encoding}\"?>\n<Courses><learningOpportunityReferences>\n<learningOpportunity id='u:1'><title language='de'>{title}</title>\
             <providedBy idref='o'/></learningOpportunity></learningOpportunityReferences></Courses>"
        )
    }

    fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes_of).collect()
    }

    #[test]
    fn xml_is_read_in_the_encoding_that_it_declares() {
        for (label, title, bytes) in [
            ("ISO-8859-1", "Bäckerei", &b"B\xe4ckerei"[..]),
            ("windows-1252", "5 € – für", b"5 \x80 \x96 f\xfcr"),
            ("iso-8859-2", "Łódź", b"\xa3\xf3d\xbc"),
            ("windows-1251", "курс", b"\xea\xf3\xf0\xf1"),
            ("Shift_JIS", "溶接", b"\x97\x6e\x90\xda"),
            ("us-ascii", "plain", b"plain"),
            ("UTF-16", "mislabelled ä", "mislabelled ä".as_bytes()),
        ] {
            let text = loq(label, "@");
            let (before, after) = text.split_once('@').unwrap();
            assert_eq!(
                read(&[before.as_bytes(), bytes, after.as_bytes()].concat()),
                [title],
                "{label}"
            );
        }
    }

    #[test]
    fn marks_of_utf_16_are_known_with_and_without_a_declaration() {
        let (text, csv) = (loq("UTF-16", "Łódź 𝄞"), "id\ttitle\r\na\tMünchen\r\n");
        let marked = |text: &str| format!("\u{feff}{text}");
        for bytes in [
            utf16(&marked(&text), u16::to_le_bytes),
            utf16(&marked(&text), u16::to_be_bytes),
            utf16(&text, u16::to_le_bytes),
        ] {
            assert_eq!(read(&bytes), ["Łódź 𝄞"]);
        }
        assert_eq!(read(&utf16(&marked(csv), u16::to_le_bytes)), ["München"]);
        assert_eq!(
            read(&utf16(
                &marked("[{\"id\":\"a\",\"title\":\"ü\"}]"),
                u16::to_be_bytes
            )),
            ["ü"]
        );
    }

    #[test]
    fn what_is_long_is_decoded_piece_by_piece() {
        let title = "ä".repeat(300);
        let (before, after) = (
            b"<?xml version='1.0' encoding='latin1'?><Courses><learningOpportunityReferences>",
            "</learningOpportunityReferences></Courses>",
        );
        let latin: Vec<u8> = title.chars().map(|sign| sign as u8).collect();
        let course = |at: usize| {
            [
                format!("<learningOpportunity id='u:{at}'><title>").as_bytes(),
                &latin,
                b"</title></learningOpportunity>\n",
            ]
            .concat()
        };
        let courses: Vec<u8> = (0..2_000).flat_map(course).collect();
        let said = read(&[before, &courses[..], after.as_bytes()].concat());
        assert!(
            said.len() == 2_000 && said.iter().all(|said| *said == title),
            "{}: {:?}",
            said.len(),
            said.last()
        );
    }

    #[test]
    fn unknown_encodings_and_bytes_that_belong_to_none_are_refused() {
        let reason = "0: is written in \"EBCDIC-CP-BE\", as it says itself, which is no encoding that is known here";
        assert_eq!(read(loq("EBCDIC-CP-BE", "t").as_bytes()), [reason]);
        assert_eq!(
            read(b"\xff\xfe<\0a\0\x00\xd8<\0"),
            ["0: is not written in UTF-16LE, as it says itself (byte 8)"]
        );
        let text = loq("utf-8", "M@nchen");
        let (before, after) = text.split_once('@').unwrap();
        let said = read(&[before.as_bytes(), b"\xfc", after.as_bytes()].concat());
        assert!(said[0].contains("UTF-8"), "{said:?}");
    }
}
