//! What is compared? The ranking as served, and what people would use in its place.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use skillgap::Limits;
use skillgap::api::{View, answer_json, recommend_credentials};
use skillgap::config::Policy;
use skillgap::engine::Watch;
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::schema::taught;
use skillgap_credentials::credential::{Credential, text_in};
use skillgap_credentials::day;
use skillgap_esco::SkillId;
use skillgap_esco::text::{singular, words};
use skillgap_linker::encoder::Encoder;

use crate::cases::Case;

/// What the service answers to a request in JSON.
pub fn answered<Q: DeserializeOwned, A: Serialize>(
    catalogue: &Catalogue,
    method: fn(&View<'_>, Q) -> skillgap::Result<A>,
    request: &Value,
) -> Value {
    let view = View {
        catalogue,
        limits: &Limits::default(),
        policy: &Policy::default(),
        today: day::today(),
        market: None,
        unheard_seconds: None,
        watch: &Watch::unlimited(),
    };
    let answer = answer_json(&view, method, request.clone());
    serde_json::from_str(&answer.unwrap_or_else(|error| panic!("{request}: {error}"))).unwrap()
}

/// Something that ranks credentials for a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// As served.
    Ranking,
    /// Cosine of the target's and the credential's text by the same encoder.
    Text,
    /// Cosine of weighed words (TF-IDF), as a search box does.
    Words,
    /// Number of asked skills, less those stated as held, that the credential names or declares by an exact label.
    Exact,
    /// Number of skills taught, whatever is asked for.
    Popularity,
}

impl System {
    /// All, the ranking first.
    pub const ALL: [Self; 5] = [
        Self::Ranking,
        Self::Text,
        Self::Words,
        Self::Exact,
        Self::Popularity,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Ranking => "ranking",
            Self::Text => "text similarity",
            Self::Words => "shared words",
            Self::Exact => "exact overlap",
            Self::Popularity => "popularity",
        }
    }
}

/// The credentials, prepared for every system.
pub struct Baselines<'a> {
    catalogue: &'a Catalogue,
    encoder: &'static Encoder,
    credentials: Vec<Prepared>,
    /// In how many credentials a word stands.
    n_with_word: BTreeMap<String, usize>,
}

struct Prepared {
    id: String,
    vector: Vec<f32>,
    words: Vec<String>,
    exact: BTreeSet<SkillId>,
    n_taught: usize,
}

impl<'a> Baselines<'a> {
    pub fn new(catalogue: &'a Catalogue, credentials: Vec<Credential>) -> Self {
        let mut this = Self {
            catalogue,
            encoder: Encoder::carried().unwrap(),
            credentials: Vec::new(),
            n_with_word: BTreeMap::new(),
        };
        for credential in credentials {
            let outcomes = credential
                .outcomes
                .iter()
                .map(|outcome| text_in(&outcome.text, "en"));
            let text = [text_in(&credential.title, "en")]
                .into_iter()
                .chain(outcomes)
                .collect::<Vec<_>>()
                .join(". ");
            let declared = taught(&credential, &catalogue.esco)
                .into_iter()
                .filter(|(_, confidence)| *confidence >= 1.0);
            let mut exact = this.named(&text);
            exact.extend(declared.map(|(skill, _)| skill));
            let indexed = catalogue.credentials.get(&credential.id).unwrap().unwrap();
            let prepared = Prepared {
                vector: this.vector(&text),
                words: content_words(&text),
                exact,
                n_taught: taught(&indexed, &catalogue.esco).len(),
                id: credential.id,
            };
            prepared
                .words
                .iter()
                .collect::<BTreeSet<_>>()
                .into_iter()
                .for_each(|word| *this.n_with_word.entry(word.clone()).or_default() += 1);
            this.credentials.push(prepared);
        }
        this
    }

    /// Ids, best first; what the person holds is left out for every system.
    pub fn ranked(&self, system: System, case: &Case) -> Vec<String> {
        let target = self.target(case);
        match system {
            System::Ranking => self.recommended(case, Some(0.0)),
            System::Text => {
                let asked = self.vector(&target);
                self.by(case, |credential| {
                    credential
                        .vector
                        .iter()
                        .zip(&asked)
                        .map(|(a, b)| f64::from(a * b))
                        .sum()
                })
            }
            System::Words => {
                let asked = self.weighed(&content_words(&target));
                self.by(case, |credential| {
                    cosine(&asked, &self.weighed(&credential.words))
                })
            }
            System::Exact => {
                let asked = self.asked(case, &target);
                self.by(case, |credential| {
                    credential.exact.intersection(&asked).count() as f64
                })
            }
            System::Popularity => self.by(case, |credential| credential.n_taught as f64),
        }
    }

    /// What the service shows: what is likely of use.
    pub fn shown(&self, case: &Case) -> Vec<String> {
        self.recommended(case, None)
    }

    fn recommended(&self, case: &Case, usefulness_min: Option<f64>) -> Vec<String> {
        let mut request = case.request.clone();
        request["usefulnessMin"] = usefulness_min.into();
        let answer = answered(self.catalogue, recommend_credentials, &request);
        let list = answer["recommendations"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        list.iter()
            .map(|one| one["credentialId"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Ids with a value above 0, highest first, ties by id.
    fn by(&self, case: &Case, value: impl Fn(&Prepared) -> f64) -> Vec<String> {
        let held = case.held();
        let open = self
            .credentials
            .iter()
            .filter(|credential| !held.contains(credential.id.as_str()));
        let mut valued: Vec<(Reverse<i64>, &str)> = open
            .map(|credential| {
                (
                    Reverse((value(credential) * 1e6).round() as i64),
                    credential.id.as_str(),
                )
            })
            .collect();
        valued.sort_unstable();
        valued
            .into_iter()
            .filter(|(value, _)| value.0 > 0)
            .map(|(_, id)| id.to_owned())
            .collect()
    }

    /// The ad, else the labels of what is asked for.
    fn target(&self, case: &Case) -> String {
        if let Some(ad) = case.request["ad"].as_str() {
            return ad.to_owned();
        }
        let labels: Vec<&str> = self
            .listed(case)
            .into_iter()
            .map(|skill| self.catalogue.skill_label(skill, "en"))
            .collect();
        labels.join(". ")
    }

    /// Skills that the request lists, or that its occupation needs.
    fn listed(&self, case: &Case) -> Vec<SkillId> {
        let esco = &self.catalogue.esco;
        if let Some(uri) = case.request["occupationUri"].as_str() {
            return esco
                .occupations
                .iter()
                .find(|occupation| occupation.uri == uri)
                .unwrap()
                .essential
                .clone();
        }
        let demand = case.request["demand"].as_array().into_iter().flatten();
        demand
            .filter_map(|skill| esco.skill_by_uri(skill["uri"].as_str()?))
            .collect()
    }

    /// Skills asked for by an exact label or by the caller, less those that the person states.
    fn asked(&self, case: &Case, target: &str) -> BTreeSet<SkillId> {
        let mut asked: BTreeSet<SkillId> = self.listed(case).into_iter().collect();
        if asked.is_empty() {
            asked = self.named(target);
        }
        let stated = case.request["profile"]["skills"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|skill| skill["uri"].as_str());
        stated
            .filter_map(|uri| self.catalogue.esco.skill_by_uri(uri))
            .for_each(|skill| {
                asked.remove(&skill);
            });
        asked
    }

    fn named(&self, text: &str) -> BTreeSet<SkillId> {
        let mentions = self.catalogue.linker.phrases().find(&words(text));
        mentions
            .into_iter()
            .flat_map(|mention| mention.skills)
            .map(|(skill, _)| skill)
            .collect()
    }

    fn vector(&self, text: &str) -> Vec<f32> {
        let mut vector = vec![0.0; self.encoder.dim()];
        self.encoder.encode_into(text, &mut vector);
        vector
    }

    fn weighed(&self, words: &[String]) -> BTreeMap<String, f64> {
        let n_credentials = self.credentials.len() as f64;
        let mut weighed = BTreeMap::new();
        for word in words {
            if let Some(n_with) = self.n_with_word.get(word) {
                *weighed.entry(word.clone()).or_default() += (n_credentials / *n_with as f64).ln();
            }
        }
        weighed
    }
}

/// Folded words of at least three letters, without plural endings.
fn content_words(text: &str) -> Vec<String> {
    let folded = words(text)
        .into_iter()
        .map(|word| word.folded)
        .filter(|word| word.len() > 2);
    folded.map(|word| singular(&word).to_owned()).collect()
}

fn cosine(a: &BTreeMap<String, f64>, b: &BTreeMap<String, f64>) -> f64 {
    let length = |of: &BTreeMap<String, f64>| {
        of.values()
            .map(|weight| weight * weight)
            .sum::<f64>()
            .sqrt()
    };
    let product: f64 = a
        .iter()
        .filter_map(|(word, weight)| Some(weight * b.get(word)?))
        .sum();
    if product > 0.0 {
        product / length(a) / length(b)
    } else {
        0.0
    }
}
