//! Does any text, however mangled, make linking, extraction, search or advice panic, or point outside of it? A short run here;
//! `SKILLGAP_MUTATION_SECONDS` makes it long.

use std::time::{Duration, Instant};

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use skillgap::demand::{AdText, Demand, Options, extract};
use skillgap::engine::{Recommend, Target, Watch, recommend};
use skillgap::gap::ProfileParts;
use skillgap::limits::Limits;
use skillgap::pathway::Budgets;
use skillgap::rank::{Persona, Weights};
use skillgap_catalogue::Catalogue;
use skillgap_catalogue::Filter;
use skillgap_linker::{Query, TextKind};

use crate::ads::PIECES;
use crate::world::starter;

/// Texts where nothing else is said.
const TEXTS_USUAL: usize = 60;
/// What is mangled: ads and CVs in several languages.
const SOUND: [&str; 8] = [
    "Your tasks:\n- Operate the till, advise customers\n- 3+ years of experience with SAP required, Python is a plus\nWe offer free fruit.",
    "<h2>Ihr Profil</h2><ul><li>Gute Englischkenntnisse (B1)</li><li>Führerschein Klasse B, keine Berufserfahrung nötig</li></ul>",
    "Vous parlez couramment l'anglais (C1). Expérience en soudage MIG/MAG exigée; le permis cariste est un atout.",
    "Se requiere experiencia en contabilidad. No es necesario título universitario.",
    "Wij zoeken een magazijnmedewerker: heftruckcertificaat, orderverzameling, ploegendienst.",
    "Du har erfarenhet av projektledning och goda kunskaper i Excel. Körkort B.",
    "My name is Ana Ruiz, 45, Spanish, mother of two. I sold shoes for ten years, handled complaints and trained new colleagues.",
    "C, C++, C#, .NET, Node.js, PL/SQL, CI/CD; TCP/IP & ISO 9001 — EQF level 5",
];
const LANGUAGES: [Option<&str>; 6] = [
    None,
    Some("en"),
    Some("de"),
    Some("fr"),
    Some("xx"),
    Some(""),
];
/// Bytes of one mangled text, at most.
const BYTES_MAX: usize = 16 << 10;

struct Mangler(TestRng);

impl Mangler {
    fn below(&mut self, most: usize) -> usize {
        self.0.next_u32() as usize % most.max(1)
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// A position of a text that lies between two characters.
    fn place(&mut self, text: &str) -> usize {
        let at = self.below(text.len() + 1);
        (at..=text.len())
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(text.len())
    }

    fn text(&mut self) -> String {
        let mut text = (0..=self.below(4))
            .map(|_| self.one(&SOUND))
            .collect::<Vec<_>>()
            .join("\n");
        for _ in 0..self.below(12) {
            let at = self.place(&text);
            match self.below(6) {
                0 => text.truncate(at),
                1 => {
                    let end = self.place(&text).max(at);
                    text.replace_range(at..end, "");
                }
                2 => {
                    let end = self.place(&text).max(at);
                    let copied = text[at..end].to_owned();
                    text.insert_str(at, &copied);
                }
                3 => text.insert_str(at, &self.one(&PIECES).repeat(1 + self.below(300))),
                4 => text.insert(
                    at,
                    char::from_u32(self.0.next_u32() % 0x11_0000).unwrap_or('\u{fffd}'),
                ),
                _ => text.insert_str(at, self.one(&PIECES)),
            }
            let end = (0..=BYTES_MAX.min(text.len()))
                .rev()
                .find(|at| text.is_char_boundary(*at))
                .unwrap_or(0);
            text.truncate(end);
        }
        text
    }
}

fn fits(text: &str, demand: &Demand) {
    let spans = demand
        .skills
        .iter()
        .flat_map(|skill| &skill.spans)
        .chain(&demand.unmatched)
        .chain(demand.asked.iter().map(|asked| &asked.span));
    spans.for_each(|span| {
        assert!(
            !span.is_empty() && text.get(span.clone()).is_some(),
            "{span:?} of {text:?}"
        )
    });
    assert!(
        demand
            .skills
            .iter()
            .all(|skill| (0.0..=1.0).contains(&skill.confidence)
                && skill.weight > 0.0
                && skill.weight <= 1.0),
        "{text:?}"
    );
}

fn advise(catalogue: &Catalogue, ad: AdText<'_>, cv: Option<AdText<'_>>) {
    let request = Recommend {
        target: Target::Ad(ad, Options::default()),
        profile: ProfileParts {
            text: cv,
            ..ProfileParts::default()
        },
        filter: Filter::default(),
        persona: Persona::Unemployed,
        weights: Weights::of(Persona::Unemployed),
        pathway: Some(Budgets {
            count_max: 3,
            ..Budgets::default()
        }),
        alternatives: false,
        after: None,
        top_k: 5,
        usefulness_min: 0.0,
        questions: 0,
    };
    let answer = recommend(catalogue, &request, &Limits::default(), &Watch::unlimited()).unwrap();
    assert!(
        answer
            .recommendations
            .iter()
            .all(|one| one.ranked.score().is_finite())
    );
}

#[test]
fn no_text_makes_anything_panic() {
    let catalogue = starter();
    let seconds = std::env::var("SKILLGAP_MUTATION_SECONDS")
        .ok()
        .and_then(|seconds| seconds.parse().ok());
    let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut mangler = Mangler(TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let mut n_texts = 0;
    while until.map_or(n_texts < TEXTS_USUAL, |until| Instant::now() < until) {
        n_texts += 1;
        let (text, cv) = (mangler.text(), mangler.text());
        let Ok(ad) = AdText::new("ad", &text, BYTES_MAX) else {
            continue;
        };
        let options = Options {
            language: mangler.one(&LANGUAGES),
            confidence_min: mangler.one(&[0.0, 0.15]),
            ..Options::default()
        };
        fits(&text, &extract(catalogue, ad, options));
        let (short, language) = (&text[..mangler.place(&text)], mangler.one(&LANGUAGES));
        for kind in [
            TextKind::Sentence,
            TextKind::Requirement,
            TextKind::Outcome,
            TextKind::Term,
        ] {
            let linked = catalogue
                .linker
                .link_kinds(
                    &[(
                        Query {
                            text: short,
                            language,
                        },
                        kind,
                    )],
                    20,
                )
                .pop()
                .unwrap();
            assert!(
                linked
                    .iter()
                    .all(|linked| (0.0..=1.0).contains(&linked.confidence)
                        && linked.score.is_finite()),
                "{short:?}"
            );
            let whole =
                |linked: &skillgap_linker::Linked| short.get(linked.range.clone()).is_some();
            assert!(
                kind == TextKind::Outcome || linked.iter().all(whole),
                "{short:?}"
            );
        }
        assert!(
            catalogue
                .concepts
                .search(&catalogue.esco, short, &[], 10)
                .is_ok()
        );
        advise(catalogue, ad, AdText::new("cv", &cv, BYTES_MAX).ok());
    }
    println!("{n_texts} mangled texts");
}
