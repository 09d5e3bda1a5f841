//! Files of ads: JSON lines, one list of them, one document, or a page with JSON-LD. One ad at a time is in memory.

use std::cell::Cell;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use anyhow::Context;
use serde::Deserializer as _;
use serde::de::{SeqAccess, Visitor};
use serde_json::Value;
use skillgap_market::posting::each;

use super::lines::{Objects, values};

/// Longest ad in a list, and longest page.
const ELEMENT_BYTES_MAX: usize = 4 << 20;
const PAGE_BYTES_MAX: u64 = 16 << 20;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// An ad with the line on which it begins, as far as that is known, or why there is none.
pub(super) type Found = (u64, Result<Value, String>);

/// Reads the ads of a file.
///
/// # Errors
/// That the file cannot be read, and what `take` says.
pub(super) fn for_each(
    path: &Path,
    take: &mut dyn FnMut(Found) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let mut file = BufReader::with_capacity(1 << 16, file);
    if file.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
        file.consume(BYTE_ORDER_MARK.len());
    }
    loop {
        let bytes = file.fill_buf()?;
        let n_blank = bytes
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        match (n_blank, bytes.get(n_blank)) {
            (0, Some(b'[')) => return list(file, take),
            (0, Some(b'<')) => return page(file, take),
            (0, _) => return lines(file, take),
            _ => file.consume(n_blank),
        }
    }
}

fn lines(
    mut file: impl BufRead,
    take: &mut dyn FnMut(Found) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for object in Objects::new(&mut file) {
        let object = object?;
        match object.text {
            Err(reason) => take((object.line, Err(reason)))?,
            Ok(text) => {
                for value in values(&text) {
                    match value {
                        Ok(value) => within(&value, object.line, take)?,
                        Err(_) => take((object.line, Err("is no JSON".to_owned())))?,
                    }
                }
            }
        }
    }
    Ok(())
}

/// The ads within a document.
fn within(
    value: &Value,
    line: u64,
    take: &mut dyn FnMut(Found) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut ads = Vec::new();
    each(value, &mut |ad| ads.push(ad));
    ads.into_iter()
        .try_for_each(|ad| take((line, Ok(ad.clone()))))
}

/// The JSON-LD of a page.
fn page(file: impl Read, take: &mut dyn FnMut(Found) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    file.take(PAGE_BYTES_MAX).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut n_found = 0;
    for script in text.split("<script").skip(1) {
        let Some((tag, rest)) = script.split_once('>') else {
            continue;
        };
        let json = rest.split("</script").next().unwrap_or_default();
        if tag.contains("ld+json")
            && let Ok(value) = serde_json::from_str(json)
        {
            within(&value, 0, &mut |found| {
                let is_ad = found
                    .1
                    .as_ref()
                    .is_ok_and(|ad| ad.get("description").is_some());
                n_found += usize::from(is_ad);
                if is_ad { take(found) } else { Ok(()) }
            })?;
        }
    }
    match n_found {
        0 => take((0, Err("has no JobPosting (JSON-LD)".to_owned()))),
        _ => Ok(()),
    }
}

/// A reader that gives no more than so many bytes for one element.
struct Bounded<R> {
    from: R,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let most = to.len().min(self.left.get());
        if most == 0 && !to.is_empty() {
            return Err(io::Error::other("an ad is longer than 4 MiB"));
        }
        let n = self.from.read(&mut to[..most])?;
        self.left.set(self.left.get() - n);
        Ok(n)
    }
}

/// Hands each element of a list on.
struct Elements<'t> {
    left: Rc<Cell<usize>>,
    take: &'t mut dyn FnMut(Found) -> anyhow::Result<()>,
    failed: &'t mut Option<anyhow::Error>,
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list of ads")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut elements: S) -> Result<(), S::Error> {
        while let Some(value) = elements.next_element::<Value>()? {
            self.left.set(ELEMENT_BYTES_MAX);
            if let Err(error) = within(&value, 0, self.take) {
                *self.failed = Some(error);
                return Err(serde::de::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

fn list(file: impl Read, take: &mut dyn FnMut(Found) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let left = Rc::new(Cell::new(ELEMENT_BYTES_MAX));
    let bounded = Bounded {
        from: file,
        left: Rc::clone(&left),
    };
    let mut failed = None;
    let elements = Elements {
        left,
        take: &mut *take,
        failed: &mut failed,
    };
    let mut deserializer = serde_json::Deserializer::from_reader(BufReader::new(bounded));
    let read = deserializer.deserialize_seq(elements);
    if let Some(error) = failed {
        return Err(error);
    }
    match read {
        Ok(()) => Ok(()),
        // serde's message may quote the text.
        Err(error) => take((
            error.line() as u64,
            Err(
                "the list is broken here or has an ad of more than 4 MiB; what follows is not read"
                    .to_owned(),
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[Option<&str>]) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ads");
        std::fs::write(&path, text).unwrap();
        let mut found = Vec::new();
        for_each(&path, &mut |(_, ad)| {
            found.push(
                ad.ok()
                    .map(|ad| ad["id"].as_str().unwrap_or("?").to_owned()),
            );
            Ok(())
        })
        .unwrap();
        let found: Vec<Option<&str>> = found.iter().map(Option::as_deref).collect();
        assert_eq!(found, expected, "{}", &text[..text.len().min(200)]);
    }

    #[test]
    fn every_form_gives_its_ads_and_a_bad_one_costs_itself() {
        check(
            "{\"id\":\"a\"}\nno json\n{\"id\":\"b\"}\n",
            &[Some("a"), None, Some("b")],
        );
        check(
            "\u{feff} \n[{\"id\":\"a\"}, {\"id\":\"b\"}]",
            &[Some("a"), Some("b")],
        );
        check("[{\"id\":\"a\"}, {\"id\":", &[Some("a"), None]);
        check(
            "{\"@graph\":[{\"id\":\"a\"},{\"id\":\"b\"}]}",
            &[Some("a"), Some("b")],
        );
        let script =
            "<script type=\"application/ld+json\">{\"id\":\"a\",\"description\":\"x\"}</script>";
        check(&format!("<html><head>{script}</head></html>"), &[Some("a")]);
        check("<html></html>", &[None]);
        check("", &[]);
        let long = format!("[{{\"id\":\"a\"}},{{\"id\":\"{}\"}}]", "x".repeat(5 << 20));
        check(&long, &[Some("a"), None]);
    }
}
