//! One posting as feeds write it: a JobPosting of schema.org, an ad of JobTech's stream, or a line of our own. A value that cannot be read costs
//! that value; a posting without text or day cannot be counted.

use serde_json::Value;
use skillgap_credentials::day;
use skillgap_esco::text::{stable_hash, words};

use crate::IscoCode;

/// Longest value that is kept, in bytes: a name, an id, a title.
const VALUE_BYTES_MAX: usize = 500;
/// Places of one posting: more are one of everywhere.
const PLACES_MAX: usize = 20;
/// Lists in each other that are looked through for postings.
const DEPTH_MAX: usize = 4;
/// Years that a posting may be of.
const FIRST_DAY: i64 = 7_305;

/// Where a job is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
    /// NUTS code as stated, or by the operator's table.
    pub nuts: String,
    /// Postal code, code of a region or municipality, name of a place: what the operator's table may know.
    pub codes: Vec<String>,
}

impl Place {
    /// The code that is counted by: NUTS, else the country.
    pub fn code(&self) -> &str {
        match self.nuts.is_empty() {
            true => &self.country,
            false => &self.nuts,
        }
    }

    /// What tells it apart from other places.
    pub(crate) fn hash(&self) -> u64 {
        let codes = match self.codes.first() {
            Some(code) => code,
            None => self.code(),
        };
        folded_hash(&format!("{} {codes}", self.country))
    }
}

/// What a feed says of an offer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Posting {
    /// Where it stands.
    pub source: String,
    /// Its id there.
    pub id: String,
    /// Its title and text; nowhere kept.
    pub title: String,
    /// See [`Self::title`].
    pub text: String,
    /// ISO 639-1, if stated.
    pub language: Option<String>,
    /// Number or name of the employer; kept as a hash.
    pub employer: String,
    /// Whether who offers it is an agency, that works for others.
    pub is_agency: bool,
    /// The first day of the offer, in days since 1970-01-01.
    pub first_day: i32,
    /// The last one, if stated.
    pub last_day: Option<i32>,
    /// Where the job is.
    pub places: Vec<Place>,
    /// Its occupation, if stated.
    pub isco: Option<IscoCode>,
    /// URI of its ESCO occupation, if stated.
    pub occupation: Option<String>,
    /// Section of NACE, if stated.
    pub nace: Option<char>,
    /// It is there no more: nothing but id and last day count.
    pub is_over: bool,
}

/// A field and why its value is not taken.
pub type Doubt = (&'static str, &'static str);

/// What is taken of a value, and what is doubted.
struct Reader<'v> {
    value: &'v Value,
    doubts: Vec<Doubt>,
}

/// All postings in a document: itself, or those in its lists and graphs.
pub fn each<'v>(value: &'v Value, take: &mut dyn FnMut(&'v Value)) {
    look(value, DEPTH_MAX, take);
}

fn look<'v>(value: &'v Value, depth: usize, take: &mut dyn FnMut(&'v Value)) {
    match value {
        Value::Array(values) if depth > 0 => values.iter().for_each(|of| look(of, depth - 1, take)),
        Value::Object(members) => {
            let lists = ["@graph", "itemListElement", "item", "hits", "mainEntity"];
            let mut inner = lists
                .iter()
                .filter_map(|name| members.get(*name))
                .peekable();
            if is_posting(value) || inner.peek().is_none() {
                take(value);
            } else if depth > 0 {
                inner.for_each(|of| look(of, depth - 1, take));
            }
        }
        _ => take(value),
    }
}

fn is_posting(value: &Value) -> bool {
    let types = value.get("@type");
    let is_name = |of: &Value| of.as_str().is_some_and(|name| name.ends_with("JobPosting"));
    match types {
        Some(Value::Array(types)) => types.iter().any(is_name),
        Some(one) => is_name(one),
        None => false,
    }
}

impl Posting {
    /// Reads one value. `source` counts where it names none; `today` is in days since 1970-01-01.
    ///
    /// # Errors
    /// Why it is no posting that can be counted.
    pub fn read(
        value: &Value,
        source: &str,
        today: i64,
    ) -> Result<(Self, Vec<Doubt>), &'static str> {
        if !value.is_object() {
            return Err("is no JSON object");
        }
        if value.get("@type").is_some() && !is_posting(value) {
            return Err("is no JobPosting");
        }
        let mut reader = Reader {
            value,
            doubts: Vec::new(),
        };
        let posting = reader.posting(source, today)?;
        Ok((posting, reader.doubts))
    }
}

impl<'v> Reader<'v> {
    /// The first value that stands at one of these paths.
    fn at(&self, paths: &[&str]) -> Option<&'v Value> {
        let at = |path: &&str| {
            let mut value = self.value;
            for name in path.split('.') {
                value = match value {
                    Value::Array(values) => values.first()?.get(name)?,
                    value => value.get(name)?,
                };
            }
            Some(value).filter(|value| !value.is_null())
        };
        paths.iter().find_map(at)
    }

    /// The first text or number that stands at one of these paths.
    fn text(&self, paths: &[&str]) -> Option<String> {
        let texts = paths.iter().filter_map(|path| text_of(self.at(&[path])?));
        let mut texts = texts.filter(|text| !text.is_empty());
        texts.next()
    }

    /// The same, if it is short enough to be a name or a code.
    fn short(&mut self, field: &'static str, paths: &[&str]) -> Option<String> {
        let text = self.text(paths)?;
        if text.len() > VALUE_BYTES_MAX {
            self.doubts.push((field, "is longer than 500 bytes"));
            return None;
        }
        Some(text)
    }

    fn day(&mut self, field: &'static str, paths: &[&str], latest: i64) -> Option<i32> {
        let text = self.short(field, paths)?;
        // JobTech's days of removal are milliseconds.
        let millis = text
            .parse::<i64>()
            .ok()
            .map(|millis| millis.div_euclid(86_400_000));
        let day = day::parse(&text).or(millis);
        let day = day.filter(|day| (FIRST_DAY..=latest).contains(day));
        if day.is_none() {
            self.doubts.push((
                field,
                "is no date such as 2026-01-31 from 1990 on, or lies in the future",
            ));
        }
        day.map(|day| day as i32)
    }

    fn posting(&mut self, source: &str, today: i64) -> Result<Posting, &'static str> {
        let is_over = self.at(&["removed"]).and_then(Value::as_bool) == Some(true);
        let title = self
            .text(&["title", "headline", "name"])
            .unwrap_or_default();
        let text = self.body().unwrap_or_default();
        let posted = ["datePosted", "publication_date", "posted"];
        let first_day = self.day("posted", &posted, today + 1);
        let until = [
            "removed_date",
            "validThrough",
            "last_publication_date",
            "until",
        ];
        let last_day = self.day("until", &until, today + 3_660);
        if !is_over && text.trim().is_empty() {
            return Err("has no text");
        }
        let first_day = match first_day {
            Some(day) => day,
            None if is_over => last_day.unwrap_or(today as i32),
            None => return Err("does not say on which day it was posted"),
        };
        let employer = [
            "employer.organization_number",
            "hiringOrganization.identifier.value",
            "hiringOrganization.name",
            "hiringOrganization",
            "employer.name",
            "employer",
        ];
        let id = ["identifier.value", "identifier", "id", "url", "@id"];
        let id = self.short("id", &id).unwrap_or_else(|| {
            let content = [title.as_bytes(), text.as_bytes()].concat();
            format!("{:016x}", stable_hash(content))
        });
        let agency = self.at(&["agency", "hiringOrganization.isAgency"]);
        let last_day = last_day.map(|day| day.min(first_day + 366));
        Ok(Posting {
            source: (self.short("source", &["source", "source_type"]))
                .unwrap_or_else(|| source.to_owned()),
            id,
            employer: self.short("employer", &employer).unwrap_or_default(),
            is_agency: agency.and_then(Value::as_bool).unwrap_or_default(),
            first_day,
            last_day: last_day.filter(|day| *day >= first_day || is_over),
            places: self.places(),
            isco: self.isco(),
            occupation: self.occupation(),
            nace: self.nace(),
            language: self
                .short("lang", &["inLanguage", "lang", "language"])
                .and_then(|code| code.get(..2).map(str::to_lowercase)),
            title,
            text,
            is_over,
        })
    }

    /// The text: a description, with what stands beside it in fields of its own.
    fn body(&self) -> Option<String> {
        let text = self.text(&["description.text", "description.text_formatted", "text"]);
        let description = text.or_else(|| self.text(&["description"]));
        let parts = [
            "responsibilities",
            "qualifications",
            "skills",
            "experienceRequirements",
            "educationRequirements",
        ];
        let parts = parts.iter().filter_map(|part| match self.at(&[part])? {
            Value::Array(values) => {
                let texts: Vec<String> = values.iter().filter_map(text_of).collect();
                Some(texts.join("\n"))
            }
            value => text_of(value),
        });
        let all: Vec<String> = description.into_iter().chain(parts).collect();
        (!all.is_empty()).then(|| all.join("\n\n"))
    }

    fn places(&mut self) -> Vec<Place> {
        let stated = self.at(&["jobLocation", "workplace_address", "place"]);
        let all: Vec<&Value> = match stated {
            Some(Value::Array(values)) => values.iter().collect(),
            Some(value) => vec![value],
            None => vec![self.value],
        };
        if all.len() > PLACES_MAX {
            self.doubts.push(("place", "has more than 20 places"));
            return Vec::new();
        }
        let mut places: Vec<Place> = Vec::new();
        for value in all {
            let place = self.place(value);
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }

    fn place(&mut self, value: &'v Value) -> Place {
        let mut of = Reader {
            value,
            doubts: Vec::new(),
        };
        let country = [
            "address.addressCountry.name",
            "address.addressCountry",
            "country_code",
            "country",
        ];
        let country = of.short("country", &country).unwrap_or_default();
        // JobTech: 199 is its code of Sweden.
        let country = match country.as_str() {
            "199" | "Sverige" => "SE".to_owned(),
            code => match code.to_uppercase().as_str() {
                // NUTS has codes of its own for two countries.
                "GR" => "EL".to_owned(),
                "GB" => "UK".to_owned(),
                code => code.to_owned(),
            },
        };
        let is_country =
            country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
        let nuts = of
            .short("nuts", &["nuts", "address.nuts"])
            .unwrap_or_default();
        let nuts = nuts.to_uppercase();
        let is_nuts = (2..=5).contains(&nuts.len())
            && nuts.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && nuts.bytes().take(2).all(|byte| byte.is_ascii_uppercase());
        if !country.is_empty() && !is_country {
            of.doubts
                .push(("country", "is no code of two letters (ISO 3166-1)"));
        }
        if !nuts.is_empty() && !is_nuts {
            of.doubts.push(("nuts", "is no code of NUTS"));
        }
        let codes = [
            &["address.postalCode", "postcode", "postal_code"][..],
            &["municipality_code"],
            &["region_code", "address.addressRegion"],
            &["address.addressLocality", "city", "municipality"],
        ];
        let codes = codes
            .iter()
            .filter_map(|paths| of.short("place", paths))
            .collect();
        self.doubts.append(&mut of.doubts);
        let nuts = nuts.get(..).filter(|_| is_nuts).unwrap_or_default();
        Place {
            country: match is_country {
                true => country,
                false => nuts.get(..2).unwrap_or_default().to_owned(),
            },
            nuts: nuts.to_owned(),
            codes,
        }
    }

    fn isco(&mut self) -> Option<IscoCode> {
        let stated = self.short("isco", &["isco", "isco_code"]);
        let of_posting = || {
            let category =
                self.text(&["occupationalCategory.codeValue", "occupationalCategory"])?;
            let set = self.text(&[
                "occupationalCategory.inCodeSet.name",
                "occupationalCategory.inCodeSet",
            ]);
            let names_isco = |text: &str| text.to_uppercase().contains("ISCO");
            match set {
                Some(set) => names_isco(&set).then_some(category),
                // Such as "ISCO-08 2221"; other codes of four digits are of other classifications.
                None => names_isco(&category).then(|| {
                    category
                        .rsplit([' ', ':', '/', 'C'])
                        .next()
                        .map(str::to_owned)
                })?,
            }
        };
        let text = stated.or_else(of_posting)?;
        let code = IscoCode::parse(text.trim()).filter(|code| code.digits() > 0);
        if code.is_none() {
            self.doubts.push(("isco", "is no code of ISCO-08"));
        }
        code
    }

    fn occupation(&mut self) -> Option<String> {
        let paths = [
            "occupation_uri",
            "relevantOccupation.@id",
            "occupationalCategory.@id",
            "occupationalCategory.url",
        ];
        let uri = self.short("occupation", &paths)?;
        uri.contains("esco/occupation/").then_some(uri)
    }

    fn nace(&mut self) -> Option<char> {
        let text = self.short("nace", &["nace", "industry.codeValue"])?;
        let section = section_of(text.trim());
        if section.is_none() {
            self.doubts.push(("nace", "is no code of NACE"));
        }
        section
    }
}

/// A hash of the words of a text, however it is written.
pub(crate) fn folded_hash(text: &str) -> u64 {
    let words = words(text).into_iter();
    stable_hash(words.flat_map(|word| [word.folded.into_bytes(), vec![b' ']].concat()))
}

/// The text of a value that is one, or of what is called after it.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => values.first().and_then(text_of),
        _ => None,
    }
}

/// The section of a code of NACE Rev. 2: the letter itself, or that of the division that it begins with (Regulation (EC) No 1893/2006, annex I).
fn section_of(code: &str) -> Option<char> {
    let mut letters = code.chars();
    match (letters.next(), code.len()) {
        (Some(letter @ ('A'..='U' | 'a'..='u')), 1) => return Some(letter.to_ascii_uppercase()),
        (Some('A'..='U'), _) => return code.get(1..).and_then(section_of),
        _ => {}
    }
    let division: u8 = code.get(..2)?.parse().ok()?;
    let ends = [
        (1, 3, 'A'),
        (5, 9, 'B'),
        (10, 33, 'C'),
        (35, 35, 'D'),
        (36, 39, 'E'),
        (41, 43, 'F'),
        (45, 47, 'G'),
        (49, 53, 'H'),
        (55, 56, 'I'),
        (58, 63, 'J'),
        (64, 66, 'K'),
        (68, 68, 'L'),
        (69, 75, 'M'),
        (77, 82, 'N'),
        (84, 84, 'O'),
        (85, 85, 'P'),
        (86, 88, 'Q'),
        (90, 93, 'R'),
        (94, 96, 'S'),
        (97, 98, 'T'),
        (99, 99, 'U'),
    ];
    let of = ends
        .iter()
        .find(|(first, last, _)| (*first..=*last).contains(&division));
    of.map(|(_, _, section)| *section)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Result<(Posting, Vec<Doubt>), &'static str> {
        Posting::read(&value, "feed", 20_700)
    }

    #[test]
    fn the_three_forms_say_the_same() {
        let schema = json!({"@type": "JobPosting", "title": "Nurse", "description": "<p>Take blood samples</p>",
            "identifier": {"@type": "PropertyValue", "value": "17"}, "datePosted": "2026-03-02", "validThrough": "2026-04-01T00:00",
            "hiringOrganization": {"@type": "Organization", "name": "Ward"}, "industry": {"codeValue": "86.1"},
            "jobLocation": {"@type": "Place", "address": {"addressCountry": "SE", "postalCode": "11120"}},
            "occupationalCategory": {"codeValue": "2221", "inCodeSet": "ISCO-08"}});
        let jobtech = json!({"id": "17", "headline": "Nurse", "description": {"text": "Take blood samples"},
            "publication_date": "2026-03-02T08:00:00", "last_publication_date": "2026-04-01T23:59:59",
            "employer": {"name": "Ward"}, "workplace_address": {"country_code": "199", "postcode": "11120"}});
        let own = json!({"id": "17", "title": "Nurse", "text": "Take blood samples", "posted": "2026-03-02", "until": "2026-04-01",
            "employer": "Ward", "country": "se", "postal_code": "11120", "isco": "2221", "nace": "Q"});
        for (value, isco) in [(schema, true), (jobtech, false), (own, true)] {
            let (posting, doubts) = read(value).unwrap();
            assert_eq!(doubts, []);
            assert_eq!(
                (posting.id.as_str(), posting.title.as_str()),
                ("17", "Nurse")
            );
            assert_eq!(
                (posting.first_day, posting.last_day),
                (20_514, Some(20_544))
            );
            assert_eq!(posting.employer, "Ward");
            assert_eq!(posting.places[0].code(), "SE");
            assert_eq!(posting.places[0].codes, ["11120"]);
            assert_eq!(posting.isco, IscoCode::parse("2221").filter(|_| isco));
            assert_eq!(posting.nace, isco.then_some('Q'));
        }
    }

    #[test]
    fn a_bad_value_costs_itself_and_no_day_or_text_costs_the_posting() {
        let good = json!({"text": "Take blood samples", "posted": "2026-03-02"});
        let with = |name: &str, value: Value| {
            let mut of = good.clone();
            of[name] = value;
            read(of)
        };
        for (field, name, value) in [
            ("isco", "isco", json!("nurse")),
            ("nuts", "nuts", json!("1DE")),
            ("country", "country", json!("Germany")),
            ("until", "until", json!("soon")),
            ("nace", "nace", json!("health")),
            ("employer", "employer", json!("x".repeat(501))),
        ] {
            let (_, doubts) = with(name, value).unwrap();
            assert_eq!(
                doubts.iter().map(|doubt| doubt.0).collect::<Vec<_>>(),
                [field]
            );
        }
        assert!(with("text", json!(" ")).is_err());
        assert!(with("posted", json!("yesterday")).is_err());
        assert!(with("posted", json!("2031-01-01")).is_err());
        assert!(with("@type", json!("Person")).is_err());
        assert!(read(json!(["text"])).is_err());
        assert!(with("removed", json!(true)).unwrap().0.is_over);
        for value in [
            json!(1e300),
            json!([[[[[[]]]]]]),
            json!({"text": {}}),
            json!({"place": vec![json!({}); 30]}),
        ] {
            let _ = read(value);
        }
    }

    #[test]
    fn postings_are_found_in_lists_and_graphs() {
        let one = json!({"@type": "JobPosting"});
        for (document, n) in [
            (json!({"@graph": [one, {"@type": "WebSite"}]}), 2),
            (json!([one, one]), 2),
            (json!({"hits": [{"id": 1}, {"id": 2}]}), 2),
            (json!({"id": 1}), 1),
        ] {
            let mut found = 0;
            each(&document, &mut |_| found += 1);
            assert_eq!(found, n, "{document}");
        }
    }
}
