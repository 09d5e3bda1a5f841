//! What is baked into a picture: the badge that a PNG or an SVG carries (Open Badges, baking 2.0 and 3.0), as its JSON or its token.

use std::io::Read;

use flate2::read::ZlibDecoder;
use quick_xml::XmlVersion;
use quick_xml::events::Event;
use quick_xml::reader::Reader;

/// Most bytes of a picture, and of what it carries.
pub const PICTURE_BYTES_MAX: usize = 16 << 20;
const BAKED_BYTES_MAX: u64 = 4 << 20;
/// How a PNG begins.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Keywords of the chunks, in 2.0 and 3.0; in SVG they are elements of the namespace.
const KEYWORDS: [&[u8]; 2] = [b"openbadges", b"openbadgecredential"];
const ELEMENTS: [&str; 2] = ["assertion", "credential"];

/// What a picture carries.
///
/// # Errors
/// Why there is nothing.
pub fn baked(picture: &[u8]) -> Result<String, String> {
    if picture.len() > PICTURE_BYTES_MAX {
        return Err(format!(
            "is a picture of more than {PICTURE_BYTES_MAX} bytes"
        ));
    }
    let found = match picture.strip_prefix(PNG) {
        Some(chunks) => in_chunks(chunks)?,
        None => in_svg(picture)?,
    };
    found.ok_or_else(|| "is a picture that carries no badge".to_owned())
}

fn in_chunks(mut rest: &[u8]) -> Result<Option<String>, String> {
    while let Some((head, after)) = rest.split_at_checked(8) {
        let length = head
            .iter()
            .take(4)
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        let Some(data) = after.get(..length) else {
            return Err("is a picture that is cut off".to_owned());
        };
        if let Some((keyword, text)) = split(data)
            && KEYWORDS.contains(&keyword)
        {
            match &head[4..] {
                b"iTXt" => return international(text).map(Some),
                b"tEXt" => return Ok(Some(String::from_utf8_lossy(text).into_owned())),
                _ => {}
            }
        }
        rest = after.get(length + 4..).unwrap_or_default();
    }
    Ok(None)
}

/// The text of a chunk with a language, packed or not.
fn international(data: &[u8]) -> Result<String, String> {
    let [is_packed, _, tagged @ ..] = data else {
        return Err("carries a badge that is cut off".to_owned());
    };
    let text = split(tagged).and_then(|(_, rest)| split(rest));
    let (_, text) = text.ok_or("carries a badge that is cut off")?;
    let mut unpacked = Vec::new();
    if *is_packed == 0 {
        unpacked.extend(text);
    } else {
        let unpacking = ZlibDecoder::new(text)
            .take(BAKED_BYTES_MAX)
            .read_to_end(&mut unpacked);
        unpacking.map_err(|error| format!("carries a badge that cannot be unpacked: {error}"))?;
    }
    String::from_utf8(unpacked).map_err(|_| "carries a badge that is not UTF-8".to_owned())
}

/// What stands before and after the next zero.
fn split(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let zero = data.iter().position(|byte| *byte == 0)?;
    Some((&data[..zero], &data[zero + 1..]))
}

/// The text of the element of a badge, else its attribute `verify`, where that is no mere address.
fn in_svg(picture: &[u8]) -> Result<Option<String>, String> {
    let text = std::str::from_utf8(picture).map_err(|_| "is no picture in UTF-8".to_owned())?;
    let mut reader = Reader::from_str(text);
    let (mut is_within, mut said) = (false, String::new());
    loop {
        match reader
            .read_event()
            .map_err(|error| format!("is no SVG: {error}"))?
        {
            Event::Start(start) | Event::Empty(start)
                if ELEMENTS.contains(&start.local_name().as_ref())
                    && start.name().as_ref().starts_with("openbadges:") =>
            {
                is_within = true;
                let verify = start
                    .attributes()
                    .flatten()
                    .find(|one| one.key.as_ref() == "verify");
                if let Some(verify) = verify
                    && let Ok(value) = verify.normalized_value(XmlVersion::Implicit1_0)
                    && !value.starts_with("http")
                {
                    said.push_str(&value);
                }
            }
            Event::Text(text) if is_within => {
                said.push_str(&text.xml_content(XmlVersion::Implicit1_0))
            }
            Event::CData(text) if is_within => {
                let text = text.xml_content(XmlVersion::Implicit1_0);
                // The claims stand there once more beside the token.
                if !said.trim_start().starts_with("eyJ") {
                    said.push_str(&text);
                }
            }
            Event::End(end) if is_within && ELEMENTS.contains(&end.local_name().as_ref()) => break,
            Event::Eof => break,
            _ => {}
        }
    }
    let said = said.trim();
    Ok((!said.is_empty()).then(|| said.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;

    const BADGE: &str = "{\"type\":\"Assertion\"}";

    fn png(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
        let mut picture = PNG.to_vec();
        for (kind, data) in chunks {
            picture.extend((data.len() as u32).to_be_bytes());
            picture.extend(*kind);
            picture.extend(data);
            picture.extend([0; 4]);
        }
        picture
    }

    fn packed(text: &str) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_badge_is_found_in_either_picture() {
        let text =
            |keyword: &str, head: &[u8], said: &[u8]| [keyword.as_bytes(), head, said].concat();
        let header = (b"IHDR", vec![0; 13]);
        for chunk in [
            (b"iTXt", text("openbadges", b"\0\0\0\0\0", BADGE.as_bytes())),
            (
                b"iTXt",
                text("openbadgecredential", b"\0\x01\0en\0\0", &packed(BADGE)),
            ),
            (b"tEXt", text("openbadges", b"\0", BADGE.as_bytes())),
        ] {
            assert_eq!(baked(&png(&[header.clone(), chunk])).as_deref(), Ok(BADGE));
        }
        for inside in [
            format!(
                "<openbadges:assertion verify=\"https://x/1\"><![CDATA[{BADGE}]]></openbadges:assertion>"
            ),
            format!("<g/><openbadges:credential><![CDATA[\n{BADGE}\n]]></openbadges:credential>"),
        ] {
            let svg = format!("<svg xmlns:openbadges=\"http://openbadges.org\">{inside}</svg>");
            assert_eq!(baked(svg.as_bytes()).as_deref(), Ok(BADGE), "{svg}");
        }
        let svg = "<svg><openbadges:credential verify=\"eyJ.e30.x\"/></svg>";
        assert_eq!(baked(svg.as_bytes()).as_deref(), Ok("eyJ.e30.x"));
    }

    #[test]
    fn a_picture_without_a_badge_says_so_and_a_packed_one_ends() {
        let bomb = packed(&"a".repeat(BAKED_BYTES_MAX as usize + 10));
        let bomb = [b"openbadges\0\x01\0\0\0".as_slice(), &bomb].concat();
        assert_eq!(
            baked(&png(&[(b"iTXt", bomb)])).unwrap().len() as u64,
            BAKED_BYTES_MAX
        );
        for picture in [
            png(&[(b"IHDR", vec![0; 13])]),
            b"<svg></svg>".to_vec(),
            PNG.to_vec(),
        ] {
            assert!(baked(&picture).unwrap_err().contains("carries no badge"));
        }
        let mut broken = png(&[(b"iTXt", b"openbadges\0\0\0\0\0{}".to_vec())]);
        broken.truncate(20);
        assert!(baked(&broken).unwrap_err().contains("cut off"));
    }
}
