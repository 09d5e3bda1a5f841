//! How do the skills of the shortlist rank for one text? Every signal is computed for each, and fused.

use std::borrow::Cow;
use std::ops::Range;

use ndarray::{Array2, Axis};
use rayon::prelude::*;

use super::ads::{InAd, Resources};
use super::fuse::{self, TextContext};
use super::names::{NameGroup, PieceProducts};
use super::shortlist::Shortlist;
use super::windows::{Windows, token_vectors};
use super::{Linked, Linker, Mention, Query, Signals, TextKind, lexical, outcome};
use crate::detect::detect_language;
use crate::encoder::{Token, normalise};
use crate::grams::Tongue;
use crate::int8::QuantisedQuery;
use crate::languages::is_about_polishing;
use skillgap_esco::SkillId;
use skillgap_esco::text::{Word, words};

/// Length of a shortlist, at least. Rough vectors know English names only, so terms in other languages get a longer one.
const SHORTLIST_MIN: usize = 32;
const TERM_SHORTLIST_MIN: usize = 160;

/// A text, cut up and encoded.
struct Read<'a> {
    kind: TextKind,
    /// What is linked: of an outcome, what is left without its lead-in.
    text: Cow<'a, str>,
    /// ISO 639-1 code, as told or as the text tells.
    language: Option<&'a str>,
    tokens: Vec<Token>,
    /// Sums of each token's rows, `[n_tokens, dim]`.
    of_tokens: Array2<f32>,
    /// Their sum, `[dim]`, of length one.
    vector: QuantisedQuery,
    /// Which weights it has, where it is a text of an ad.
    of_ad: Option<Resources>,
    /// Logit that it asks for anything at all; and the same by word pieces, in English.
    gates: [f32; 2],
}

impl Linker {
    /// Ranks the `top` skills for each of up to [`TOGETHER`](super::shortlist::TOGETHER) texts, best first; ties by row.
    pub(super) fn rank_together(
        &self,
        texts: &[(Query<'_>, TextKind)],
        top: usize,
    ) -> Vec<Vec<Linked>> {
        let read: Vec<Read<'_>> = texts
            .iter()
            .map(|(query, kind)| self.read(*query, *kind))
            .collect();
        let meant = self
            .rough
            .products(&read.iter().map(|read| &read.vector).collect::<Vec<_>>());
        let ranked =
            read.par_iter()
                .zip(&meant)
                .map(|(read, meant)| match read.tokens.is_empty() {
                    true => Vec::new(),
                    false => self.rank(read, meant, top),
                });
        ranked.collect()
    }

    fn read<'a>(&self, query: Query<'a>, kind: TextKind) -> Read<'a> {
        let text = if kind == TextKind::Outcome {
            outcome::core(query.text)
        } else {
            query.text
        };
        let language = query.language.or_else(|| detect_language(text));
        let is_ad = matches!(kind, TextKind::Sentence | TextKind::Requirement);
        let tongue = Tongue::of(language, is_ad);
        let of_ad = is_ad.then(|| Resources::of(language, &self.languages));
        let text = without_joined_letters(text);
        let tokens = self.encoder.tokens_in(&text, tongue);
        let of_tokens = token_vectors(self.encoder, &tokens, tongue);
        let mut vector = of_tokens.sum_axis(Axis(0)).to_vec();
        normalise(&mut vector);
        Read {
            gates: match of_ad {
                Some(of @ Resources::InEnglish) => {
                    [self.ads.gate(&vector, of), self.fusion.gate(&tokens)]
                }
                Some(of) => [self.ads.gate(&vector, of), 0.0],
                None => [0.0; 2],
            },
            of_ad,
            kind,
            text,
            language,
            tokens,
            of_tokens,
            vector: QuantisedQuery::new(&vector),
        }
    }

    /// `meant` is the products of the text's vector with the rough one of every skill, `[n_skills]`.
    fn rank(&self, read: &Read<'_>, meant: &[f32], top: usize) -> Vec<Linked> {
        let Read {
            kind,
            ref text,
            language,
            ref tokens,
            ref of_tokens,
            ref vector,
            of_ad,
            gates: [gate, pieces_gate],
        } = *read;
        let spelled = lexical::compare(&self.spellings, text, language);
        let said = words(text);
        let mut mentions = self.phrases.find(&said);
        mentions.retain(|mention| !begins_compound(text, &mention.range));
        let mentioned = mentioned(&mentions, &said);
        let n_min = match kind {
            TextKind::Term => TERM_SHORTLIST_MIN,
            _ => SHORTLIST_MIN,
        };
        let shortlist = Shortlist {
            meant,
            spelled: &spelled.best,
            fusion: self.fusion,
            priors: of_ad.is_some().then_some(&self.prior_scores),
            n_min,
        };
        let mut skills = shortlist.with(mentioned.iter().map(|(skill, _)| *skill), top);
        // The vectors of one letter say nothing.
        let is_named = |skill: &SkillId| {
            mentioned
                .binary_search_by_key(skill, |(skill, _)| *skill)
                .is_ok()
        };
        skills.retain(|skill| self.letters.binary_search(skill).is_err() || is_named(skill));
        if is_about_polishing(text, &said) {
            skills.retain(|skill| !self.polish.contains(skill));
        }

        let own_language = spelled
            .own
            .as_ref()
            .map(|(of, _)| *of)
            .filter(|_| kind == TextKind::Term)
            .or(language);
        let english = self
            .languages
            .iter()
            .position(|of| of == "en")
            .map(|at| at as u32);
        let group_of = |at: u32| match own_language {
            _ if Some(at) == english => Some(NameGroup::English),
            None => Some(NameGroup::Own),
            Some(own) if self.languages.get(at as usize).is_some_and(|of| of == own) => {
                Some(NameGroup::Own)
            }
            Some(_) => (kind == TextKind::Term).then_some(NameGroup::Other),
        };
        let rows: Vec<usize> = skills.iter().map(|skill| skill.row()).collect();
        let windows = Windows::new(tokens, of_tokens, &self.labels, &rows);
        let described = self.described.products_of(&rows, vector);
        let products = PieceProducts::of(vector, &self.names, &skills);
        let weigh = |(at, ((skill, window), described)): (usize, ((&SkillId, f32), f32))| {
            let mention = mentioned
                .binary_search_by_key(skill, |(skill, _)| *skill)
                .ok()
                .map(|at| &mentioned[at].1);
            let nearest = self.names.nearest(*skill, &products, group_of);
            let signals = Signals {
                nearest_name: nearest.english.max(nearest.own.unwrap_or(0.0)),
                nearest_english: nearest.english,
                nearest_own: nearest.own,
                nearest_other: nearest.other,
                described,
                window,
                overlap: spelled.best[skill.row()],
                overlap_own: spelled
                    .own
                    .as_ref()
                    .map_or(0.0, |(_, scores)| scores[skill.row()]),
                name: mention.map_or(0.0, |mention| mention.strength),
                whole: mention.is_some_and(|mention| mention.whole),
            };
            let score = match of_ad {
                Some(resources) => {
                    let prior = &self.priors[skill.row()];
                    self.ads.score(&signals, prior, resources)
                }
                None if kind == TextKind::Term => {
                    self.fusion.term_score(&signals, spelled.own.is_some())
                }
                None => self.fusion.outcome_score(&signals),
            };
            Weighed { at, score, signals }
        };
        let mut weighed: Vec<Weighed> = skills
            .iter()
            .zip(windows.best())
            .zip(described)
            .enumerate()
            .map(weigh)
            .collect();
        // Skills are sorted by row, so their order settles ties.
        weighed.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.at.cmp(&b.at)));
        let best = weighed.first().map_or(0.0, |weighed| weighed.score);
        let log_sum_exp = best
            + weighed
                .iter()
                .map(|weighed| (weighed.score - best).exp())
                .sum::<f32>()
                .ln();
        let in_text = TextContext {
            best,
            log_sum_exp,
            gate,
        };
        let linked = weighed
            .into_iter()
            .take(top)
            .map(|Weighed { at, score, signals }| {
                let skill = skills[at];
                let probability = match of_ad {
                    Some(resources) => {
                        let text = InAd {
                            context: in_text,
                            pieces_gate,
                            is_requirement: kind == TextKind::Requirement,
                            n_tokens: tokens.len(),
                            resources,
                        };
                        let prior = &self.priors[skill.row()];
                        self.ads.probability(&signals, prior, score, text)
                    }
                    // The weights were fitted so that shares are chances.
                    None if kind == TextKind::Term => (score - log_sum_exp).exp(),
                    None => self.fusion.outcome_probability(&signals, score, in_text),
                };
                let named = mentioned
                    .binary_search_by_key(&skill, |(skill, _)| *skill)
                    .ok()
                    .map(|at| &mentioned[at].1);
                let (range, further) = named.map_or_else(
                    || (windows.range(at), Vec::new()),
                    |name| (name.range.clone(), name.further.clone()),
                );
                Linked {
                    skill,
                    score,
                    confidence: (probability * 1e4).round() / 1e4,
                    range,
                    further,
                    signals,
                }
            });
        linked.collect()
    }
}

/// A text without letters that are joined to others, byte for byte: `R&D` is no `R`, `C+E` no `C++`.
fn without_joined_letters(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '+']) {
        return Cow::Borrowed(text);
    }
    let mut blanked = text.to_owned();
    let letters = |word: &&Word| {
        let letters = text[word.range.clone()]
            .chars()
            .filter(|c| c.is_alphabetic());
        letters.count() == 1
    };
    let said = words(text);
    for pair in said.windows(2) {
        let [left, right] = pair else { continue };
        let sign = text[left.range.start..right.range.start]
            .trim_matches(|c: char| !matches!(c, '&' | '+'));
        if [left, right].iter().all(letters) && matches!(sign, "&" | "+") {
            for word in pair {
                blanked.replace_range(word.range.clone(), &" ".repeat(word.range.len()));
            }
        }
    }
    Cow::Owned(blanked)
}

/// Whether a letter is the beginning of a compound, and so names nothing by itself: `C-shift`.
fn begins_compound(text: &str, range: &Range<usize>) -> bool {
    let letters = text[range.clone()].chars().filter(|c| c.is_alphabetic());
    let mut after = text[range.end..].chars();
    letters.count() == 1
        && after.next() == Some('-')
        && after.next().is_some_and(char::is_alphabetic)
}

/// A skill of the shortlist, by its position there.
struct Weighed {
    at: usize,
    score: f32,
    signals: Signals,
}

/// How strongly and where a text names a skill.
struct Name {
    strength: f32,
    range: Range<usize>,
    /// Where else the skill is named.
    further: Vec<Range<usize>>,
    /// Whether the name is all that the text says.
    whole: bool,
}

/// The best name of each skill, one entry a skill, by row.
fn mentioned(mentions: &[Mention], said: &[Word]) -> Vec<(SkillId, Name)> {
    let of_mention = |mention: &Mention| {
        let (n_words, n_skills, range) =
            (mention.n_words, mention.skills.len(), mention.range.clone());
        let name = move |kind| Name {
            strength: fuse::name_strength(kind, n_words, n_skills),
            range: range.clone(),
            further: Vec::new(),
            whole: n_words == said.len(),
        };
        mention
            .skills
            .iter()
            .map(move |(skill, kind)| (*skill, name(*kind)))
            .collect::<Vec<_>>()
    };
    let mut names: Vec<(SkillId, Name)> = mentions.iter().flat_map(of_mention).collect();
    names.sort_by(|(a, a_name), (b, b_name)| {
        a.cmp(b).then(b_name.strength.total_cmp(&a_name.strength))
    });
    names.dedup_by(|(skill, name), (best, best_name)| {
        let same = skill == best;
        if same {
            best_name.further.push(name.range.clone());
        }
        same
    });
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_that_is_joined_to_another_names_nothing() {
        for (text, expected) in [
            ("3 years in R&D", "3 years in  & "),
            ("the R & D department", "the   &   department"),
            ("Führerschein C+E", "Führerschein    "),
            ("SPSS or R", "SPSS or R"),
            ("Python & R", "Python & R"),
            ("C++ and C#", "C++ and C#"),
            ("research + R", "research + R"),
        ] {
            assert_eq!(without_joined_letters(text), expected);
        }
        assert!(begins_compound("C-shift", &(0..1)));
        assert!(!begins_compound("C, R", &(0..1)));
    }
}
