//! A form as a browser sends it: names and values in their order, from a query, a body of a form, or one with files.

use std::convert::Infallible;

use bytes::Bytes;
use form_urlencoded::parse;
use futures_util::stream;
use http::HeaderValue;
use multer::{Multipart, parse_boundary};
use skillgap_credentials::encoding;

use crate::error::{Error, Result};

/// Fields of one form. The largest that the page makes has four for each of 200 skills.
const FIELDS_MAX: usize = 4_000;

/// The fields of a form, in their order.
#[derive(Clone, Debug, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads what stands in a query and in a body of one of the two forms of browsers.
    ///
    /// # Errors
    /// [`Error::Invalid`] for too many fields, a file that is no text, and a body of another form.
    pub async fn read(query: &str, form: Option<&HeaderValue>, body: Bytes) -> Result<Self> {
        let mut fields = owned(query.as_bytes());
        let form = form.and_then(|form| form.to_str().ok()).unwrap_or_default();
        if form.starts_with("application/x-www-form-urlencoded") {
            fields.extend(owned(&body));
        } else if let Ok(boundary) = parse_boundary(form) {
            fields.extend(parts(body, boundary).await?);
        } else if !body.is_empty() {
            return Err(Error::invalid("form", "is no form of a browser"));
        }
        if fields.len() > FIELDS_MAX {
            let reason = format!("has more than {FIELDS_MAX} fields");
            return Err(Error::invalid("form", reason));
        }
        Ok(Self(fields))
    }

    /// The values of a name.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        let of_name = self.0.iter().filter(move |(known, _)| known == name);
        of_name.map(|(_, value)| value.as_str())
    }

    /// The last value of a name that is not blank; empty if there is none.
    pub fn one<'f>(&'f self, name: &'f str) -> &'f str {
        let stated = self.all(name).filter(|value| !value.trim().is_empty());
        stated.last().unwrap_or_default()
    }
}

fn owned(encoded: &[u8]) -> Vec<(String, String)> {
    let fields = parse(encoded).take(FIELDS_MAX + 1);
    fields
        .map(|(name, value)| (name.into_owned(), lines(&value)))
        .collect()
}

/// Browsers send a line's end as two characters.
fn lines(value: &str) -> String {
    value.replace("\r\n", "\n")
}

/// The parts of a form with files; a file is a field whose value is its text.
async fn parts(body: Bytes, boundary: String) -> Result<Vec<(String, String)>> {
    let broken = |_| Error::invalid("form", "breaks off or is damaged");
    let whole = stream::iter([Ok::<_, Infallible>(body)]);
    let (mut form, mut fields) = (Multipart::new(whole, boundary), Vec::new());
    while let Some(part) = form.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(broken)?;
        let text = encoding::text(&bytes);
        let text = text.ok_or_else(|| Error::invalid(name.clone(), "is no text"))?;
        fields.push((name, lines(&text)));
        if fields.len() > FIELDS_MAX {
            break;
        }
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(query: &str, form: &str, body: &str) -> Result<Form> {
        let form: HeaderValue = form.parse().unwrap();
        Form::read(query, Some(&form), Bytes::copy_from_slice(body.as_bytes())).await
    }

    #[tokio::test]
    async fn fields_keep_their_order_and_the_last_that_says_something_counts() {
        let form = read(
            "a=1",
            "application/x-www-form-urlencoded",
            "b=x%0D%0Ay&a=2&a=+",
        )
        .await
        .unwrap();
        assert_eq!(
            (form.one("a"), form.one("b"), form.one("c")),
            ("2", "x\ny", "")
        );
        assert_eq!(form.all("a").collect::<Vec<_>>(), ["1", "2", " "]);
    }

    #[tokio::test]
    async fn a_file_is_a_field() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"ad\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nCook\r\nwanted\r\n--b--\r\n";
        let form = read("", "multipart/form-data; boundary=b", body)
            .await
            .unwrap();
        assert_eq!(form.one("ad"), "Cook\nwanted");
        let cut = read("", "multipart/form-data; boundary=b", &body[..60]).await;
        assert!(matches!(cut, Err(Error::Invalid(_))));
    }

    #[tokio::test]
    async fn what_is_no_form_and_what_has_too_many_fields_is_refused() {
        for (form, body) in [
            ("application/json", "{}".to_owned()),
            (
                "application/x-www-form-urlencoded",
                "a=&".repeat(FIELDS_MAX + 1),
            ),
        ] {
            assert!(matches!(
                read("", form, &body).await,
                Err(Error::Invalid(_))
            ));
        }
    }
}
