//! Lines of a page, also where its text stands only in its schema.org JobPosting (JSON-LD), as on pages that a script fills: then that is the ad.
//!
//! The JSON is searched as text, since each line must lead back to the bytes of the page, and since real pages break its rules.

use std::ops::Range;

use super::html;
use super::line::Line;
use super::source::Mapped;

/// Members of a posting that are its text: its title with its description, else with what stands in for that.
const TITLE: &str = "title";
const DESCRIPTION: &str = "description";
const PARTS: [&str; 5] = [
    "responsibilities",
    "qualifications",
    "skills",
    "experienceRequirements",
    "educationRequirements",
];

/// Bytes of a tag that are looked at, and most objects and lists in each other.
const TAG_BYTES_MAX: usize = 512;
const DEPTH_MAX: usize = 128;

/// Reads an ad as lines. Of a page that shows less than its posting says, the posting.
pub(super) fn lines(ad: &str) -> Vec<Line> {
    let shown = html::lines(ad);
    if !ad.contains("JobPosting") || !html::has_markup(ad) {
        return shown;
    }
    let said: Vec<Line> = posting(ad)
        .into_iter()
        .flat_map(|text| of_text(ad, text))
        .collect();
    let length = |lines: &[Line]| lines.iter().map(|line| line.body.text.len()).sum::<usize>();
    match length(&said) > length(&shown) {
        true => said,
        false => shown,
    }
}

/// The lines of a JSON string that stands at these bytes of the ad.
fn of_text(ad: &str, at: Range<usize>) -> Vec<Line> {
    let mut text = Mapped::decoded(&ad[at.clone()], at.start, unescaped);
    // Many systems write the markup of a description with entities.
    if !html::has_markup(&text.text) && text.text.contains("&lt;") {
        let decoded = Mapped::decoded(&text.text, 0, html::decode_once);
        text = decoded.through(&text);
    }
    let lines = html::lines(&text.text).into_iter();
    let through = |line: Line| Line {
        body: line.body.through(&text),
        ..line
    };
    lines.map(through).collect()
}

/// The character that an escape of JSON stands for, and the bytes that it takes.
fn unescaped(rest: &str) -> Option<(char, usize)> {
    let unit = |rest: &str| u16::from_str_radix(rest.strip_prefix("\\u")?.get(..4)?, 16).ok();
    let c = match rest.strip_prefix('\\')?.chars().next()? {
        'n' | 'r' => '\n',
        't' | 'b' | 'f' => ' ',
        c @ ('"' | '\\' | '/') => c,
        'u' => {
            let units = [Some(unit(rest)?), rest.get(6..).and_then(unit)];
            let mut decoded = char::decode_utf16(units.into_iter().flatten());
            let c = decoded.next()?.ok()?;
            return Some((c, 6 * c.len_utf16()));
        }
        _ => return None,
    };
    Some((c, 2))
}

/// An object or an array that is open.
#[derive(Default)]
struct Open {
    is_array: bool,
    /// The name that the next value belongs to.
    name: Range<usize>,
    is_posting: bool,
    title: Option<Range<usize>>,
    description: Option<Range<usize>>,
    parts: Vec<Range<usize>>,
}

/// Where the strings stand that are the text of the first posting: bytes of the ad, without their quotes. Cost: linear.
fn posting(ad: &str) -> Vec<Range<usize>> {
    let mut open: Vec<Open> = Vec::new();
    let bytes = ad.as_bytes();
    let mut at = 0;
    while let Some(start) = ld_json(ad, at) {
        open.clear();
        at = start;
        while let Some(byte) = bytes.get(at).filter(|_| open.len() <= DEPTH_MAX) {
            match byte {
                b'{' | b'[' => open.push(Open {
                    is_array: *byte == b'[',
                    ..Open::default()
                }),
                b'}' | b']' => {
                    if let Some(Open {
                        is_posting: true,
                        title,
                        description,
                        parts,
                        ..
                    }) = open.pop()
                    {
                        let said = description.map_or(parts, |description| vec![description]);
                        return title.into_iter().chain(said).collect();
                    }
                }
                b'"' => {
                    let text = string_at(bytes, at + 1);
                    at = text.end;
                    string(ad, text, &mut open);
                }
                b'<' => break,
                _ => {}
            }
            at += 1;
        }
    }
    Vec::new()
}

/// Where the text of the next element begins that is JSON-LD.
fn ld_json(ad: &str, from: usize) -> Option<usize> {
    let rest = ad.get(from..)?;
    rest.match_indices('<').find_map(|(at, _)| {
        let tag = &rest[at + 1..];
        let is_script = tag
            .get(..6)
            .is_some_and(|name| name.eq_ignore_ascii_case("script"));
        let mut bytes = tag.bytes().take(TAG_BYTES_MAX);
        let end = bytes.position(|byte| byte == b'>').filter(|_| is_script)?;
        let is_ld_json = tag[..end].contains("ld+json");
        is_ld_json.then_some(from + at + 1 + end + 1)
    })
}

/// The bytes of a string that begins here.
fn string_at(bytes: &[u8], start: usize) -> Range<usize> {
    let mut at = start;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    start..at.min(bytes.len())
}

/// Takes a string: the name of a member, or a value of one.
fn string(ad: &str, text: Range<usize>, open: &mut [Open]) {
    let is_name = ad[text.end..]
        .trim_start_matches('"')
        .trim_start()
        .starts_with(':');
    let Some((last, before)) = open.split_last_mut() else {
        return;
    };
    // What stands in a list belongs to the member that the list does.
    let owner = match (last.is_array, before.last_mut()) {
        (true, Some(owner)) => owner,
        _ => last,
    };
    if is_name {
        owner.name = text;
        return;
    }
    match &ad[owner.name.clone()] {
        "@type" => owner.is_posting |= ad[text].ends_with("JobPosting"),
        TITLE => owner.title = Some(text),
        DESCRIPTION => owner.description = Some(text),
        name if PARTS.contains(&name) => owner.parts.push(text),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ad: &str, expected: &[&str]) {
        let lines = lines(ad);
        let texts: Vec<&str> = lines.iter().map(|line| line.body.text.as_str()).collect();
        assert_eq!(texts, expected, "{ad}");
        for line in &lines {
            let word = line.body.text.split(' ').next().unwrap_or_default();
            assert_eq!(&ad[line.body.map.span(0..word.len())], word, "{ad}");
        }
    }

    fn page(json: &str) -> String {
        format!(
            "<html><head><title>x</title><script type=\"application/ld+json\">{json}</script></head><body><div id=root></div>Please wait</body></html>"
        )
    }

    #[test]
    fn a_page_whose_text_is_only_in_its_posting_is_read_from_it() {
        let posting = r#"{"@type":"JobPosting","hiringOrganization":{"@type":"Organization","description":"We are an old and large company."},
            "title":"Nurse","description":"<p>Your tasks<\/p><ul><li>Take blood samples<\/li><li>Wash \"patients\"<\/li><\/ul>"}"#;
        let expected = [
            "Nurse",
            "Your tasks",
            "Take blood samples",
            "Wash \"patients\"",
        ];
        check(&page(posting), &expected);
        check(
            &page(&format!("[{{\"@type\":\"BreadcrumbList\"}},{posting}]")),
            &expected,
        );
        check(&page(&format!("{{\"@graph\":[{posting}]}}")), &expected);
        check(
            &page(&posting.replace("\"JobPosting\"", "[\"JobPosting\"]")),
            &expected,
        );
        check(&page(&posting.replace("<\\/", "\\u003c/")), &expected);
        check(
            &page(
                &posting
                    .replace("<\\/", "&lt;/")
                    .replace('<', "&lt;")
                    .replace("&amp;", "&"),
            ),
            &expected,
        );
        let two = page("{\"@type\":\"WebSite\"}").replace(
            "</head>",
            &format!("<SCRIPT type='application/ld+json'>{posting}</SCRIPT></head>"),
        );
        check(&two, &expected);
        let parts = r#"{"@type":"JobPosting","title":"Nurse","qualifications":"Registered nurse","skills":["wound care"]}"#;
        check(&page(parts), &["Nurse", "Registered nurse", "wound care"]);
    }

    #[test]
    fn a_page_that_shows_its_text_is_read_as_it_is_shown() {
        let text = "We look for a nurse who takes blood samples and who gives the medicines that were prescribed";
        let json = format!("{{\"@type\":\"JobPosting\",\"description\":\"{text}\"}}");
        let shown = page(&json).replace("Please wait", &format!("<p>{text} on our ward</p>"));
        check(&shown, &[&format!("{text} on our ward")]);
        for broken in [
            "{\"@type\":\"JobPosting\",\"description\":\"Take",
            "{]}[\"",
            "\\u12",
            "{\"@type\":\"JobPosting\",\"description\":5}",
        ] {
            check(&page(broken), &["Please wait"]);
        }
        check(
            "A JobPosting in plain words",
            &["A JobPosting in plain words"],
        );
    }
}
