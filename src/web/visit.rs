//! A visit to a page: what was sent, and in which language to answer.

use bytes::Bytes;
use http::HeaderValue;

use super::form::Form;
use super::words::words;
use crate::api::Words;
use crate::error::Result;

/// A visit.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The words of its language.
    pub words: &'static Words,
    /// The path of the page.
    pub path: String,
    /// The query, without the language.
    pub query: String,
    /// What was sent.
    pub form: Form,
}

impl Visit {
    /// Reads what was sent. `words` are those to answer with, unless the form names another language.
    ///
    /// # Errors
    /// As [`Form::read`].
    pub async fn read(
        asked: &'static Words,
        (path, query): (&str, &str),
        form: Option<&HeaderValue>,
        body: Bytes,
    ) -> Result<Self> {
        let form = Form::read(query, form, body).await?;
        let rest = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "lang");
        Ok(Self {
            words: words(form.one("lang")).unwrap_or(asked),
            path: path.to_owned(),
            query: form_urlencoded::Serializer::new(String::new())
                .extend_pairs(rest)
                .finish(),
            form,
        })
    }

    /// The code of its language, for requests.
    pub fn language(&self) -> Option<String> {
        Some(self.words.code().to_owned())
    }
}
