//! How often are the annotated skills of a sentence among the first? And where they are not, what stands there instead?

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use skillgap_catalogue::Catalogue;
use skillgap_esco::{Esco, NodeId, SkillId};
use skillgap_linker::Query;

use crate::reference::Reference;

use super::label;
use super::measures::{Mean, mean, recall_precision, reciprocal_rank};
use super::sets::Annotated;

/// Skills ranked for each sentence.
const TOP: usize = 50;

/// Head of the table whose rows [`Row`] prints.
pub const HEADER: &str =
    "| set | sentences | RP@1 | RP@5 | RP@10 | MRR |\n|---|---|---|---|---|---|";

/// Figures of one set, with 95 % intervals.
#[derive(Clone, Debug)]
pub struct Row {
    name: String,
    n: usize,
    /// RP@1, RP@5, RP@10.
    pub rp: [Mean; 3],
    /// Mean reciprocal rank.
    pub mrr: Mean,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [at_1, at_5, at_10] = self.rp;
        write!(
            f,
            "| {} | {} | {at_1} | {at_5} | {at_10} | {} |",
            self.name, self.n, self.mrr
        )
    }
}

/// Links all sentences of a set as [`Query`] in English.
pub fn measure(catalogue: &Catalogue, name: &str, annotated: &Annotated) -> Row {
    let ranked = catalogue.linker.link_all(&queries(annotated), TOP);
    row(
        catalogue,
        name,
        annotated,
        ranked
            .iter()
            .map(|linked| linked.iter().map(|linked| linked.skill).collect())
            .collect(),
    )
}

fn queries(annotated: &Annotated) -> Vec<Query<'_>> {
    annotated
        .keys()
        .map(|text| Query {
            text,
            language: Some("en"),
        })
        .collect()
}

fn row(catalogue: &Catalogue, name: &str, annotated: &Annotated, ranked: Vec<Vec<SkillId>>) -> Row {
    let hits = |(skills, gold): (&Vec<SkillId>, &BTreeSet<String>)| -> Vec<bool> {
        skills
            .iter()
            .map(|skill| gold.contains(label(catalogue, *skill)))
            .collect()
    };
    let hits: Vec<Vec<bool>> = ranked.iter().zip(annotated.values()).map(hits).collect();
    let rp = |k| {
        let of =
            |(hits, gold): (&Vec<bool>, &BTreeSet<String>)| recall_precision(hits, gold.len(), k);
        mean(
            &hits
                .iter()
                .zip(annotated.values())
                .map(of)
                .collect::<Vec<_>>(),
        )
    };
    let mrr = mean(
        &hits
            .iter()
            .map(|hits| reciprocal_rank(hits))
            .collect::<Vec<_>>(),
    );
    Row {
        name: name.to_owned(),
        n: annotated.len(),
        rp: [rp(1), rp(5), rp(10)],
        mrr,
    }
}

/// What shortlists and rounded vectors cost: the same sentences with every skill weighed in full precision.
pub struct Precision(Vec<(Row, Row)>);

impl Precision {
    /// Ranks each set twice.
    ///
    /// # Errors
    /// As [`Reference::new`].
    pub fn measure(
        catalogue: &Catalogue,
        esco: &Esco,
        sets: &[(&str, Annotated)],
    ) -> skillgap_esco::Result<Self> {
        let reference = Reference::new(&catalogue.linker, esco)?;
        let both = |(name, annotated): &(&str, Annotated)| {
            let ranked = queries(annotated)
                .iter()
                .map(|query| reference.rank(*query, TOP))
                .collect();
            (
                measure(catalogue, name, annotated),
                row(catalogue, name, annotated, ranked),
            )
        };
        Ok(Self(sets.iter().map(both).collect()))
    }

    /// Largest difference of RP@5, in points.
    pub fn difference(&self) -> f64 {
        self.0
            .iter()
            .map(|(fast, full)| (fast.rp[1].value - full.rp[1].value).abs())
            .fold(0.0, f64::max)
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| set | RP@5 as served | RP@5 in full precision |\n|---|---|---|"
        )?;
        self.0.iter().try_for_each(|(fast, full)| {
            writeln!(
                f,
                "| {} | {:.1} | {:.1} |",
                fast.name, fast.rp[1].value, full.rp[1].value
            )
        })
    }
}

/// What a wrong skill is to the nearest of the annotated ones, nearest kind first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kin {
    /// Directly broader or narrower.
    BroaderOrNarrower,
    /// Below the same skill or group.
    Sibling,
    /// Essential for one occupation together.
    SameOccupation,
    /// Their labels share a word.
    SharedWord,
    /// None of these.
    Other,
}

impl Kin {
    /// All kinds with their names.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::BroaderOrNarrower, "directly broader or narrower"),
        (Self::Sibling, "below the same skill or group"),
        (Self::SameOccupation, "essential for the same occupation"),
        (Self::SharedWord, "shares a word of the label"),
        (Self::Other, "none of these"),
    ];

    /// The nearest kinship of a skill with any of the labels.
    pub fn of(
        catalogue: &Catalogue,
        skill: SkillId,
        gold: &BTreeSet<String>,
        rows: &BTreeMap<&str, SkillId>,
    ) -> Self {
        gold.iter()
            .filter_map(|label| rows.get(label.as_str()))
            .map(|gold| Self::between(catalogue, skill, *gold))
            .min()
            .unwrap_or(Self::Other)
    }

    fn between(catalogue: &Catalogue, a: SkillId, b: SkillId) -> Self {
        let broader = |skill: SkillId| catalogue.graph.broader(NodeId(skill.0)).collect::<Vec<_>>();
        let (over_a, over_b) = (broader(a), broader(b));
        if over_a.contains(&NodeId(b.0)) || over_b.contains(&NodeId(a.0)) {
            return Self::BroaderOrNarrower;
        }
        if over_a.iter().any(|node| over_b.contains(node)) {
            return Self::Sibling;
        }
        if catalogue
            .esco
            .occupations
            .iter()
            .any(|of| of.essential.contains(&a) && of.essential.contains(&b))
        {
            return Self::SameOccupation;
        }
        let words = |skill| {
            label(catalogue, skill)
                .split_whitespace()
                .filter(|word| word.len() > 3)
                .map(str::to_lowercase)
                .collect::<BTreeSet<_>>()
        };
        if words(a).is_disjoint(&words(b)) {
            Self::Other
        } else {
            Self::SharedWord
        }
    }
}

/// Rows of the skills by their label.
pub fn rows_by_label(catalogue: &Catalogue) -> BTreeMap<&str, SkillId> {
    (0..catalogue.esco.skills.len() as u32)
        .rev()
        .map(|row| (label(catalogue, SkillId(row)), SkillId(row)))
        .collect()
}

/// First skills that are not annotated, by what they are and by where the first annotated one stands.
pub struct Errors {
    n: usize,
    by_kin: BTreeMap<Kin, usize>,
    by_rank: [usize; 4],
}

impl Errors {
    /// Looks at the first skill of every sentence of all sets.
    pub fn measure(catalogue: &Catalogue, sets: &[(&str, Annotated)]) -> Self {
        let rows = rows_by_label(catalogue);
        let mut errors = Self {
            n: 0,
            by_kin: BTreeMap::new(),
            by_rank: [0; 4],
        };
        for (_, annotated) in sets {
            let linked = catalogue.linker.link_all(&queries(annotated), TOP);
            for (linked, gold) in linked.iter().zip(annotated.values()) {
                errors.n += 1;
                let right = linked
                    .iter()
                    .position(|linked| gold.contains(label(catalogue, linked.skill)));
                let Some(first) = linked.first().filter(|_| right != Some(0)) else {
                    continue;
                };
                *errors
                    .by_kin
                    .entry(Kin::of(catalogue, first.skill, gold, &rows))
                    .or_default() += 1;
                errors.by_rank[match right {
                    Some(0..5) => 0,
                    Some(5..10) => 1,
                    Some(_) => 2,
                    None => 3,
                }] += 1;
            }
        }
        errors
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n_wrong: usize = self.by_rank.iter().sum();
        writeln!(
            f,
            "For {n_wrong} of {} sentences the first skill is not annotated. It is, to an annotated one:\n",
            self.n
        )?;
        writeln!(f, "| kind | sentences |\n|---|---|")?;
        for (kin, name) in Kin::ALL {
            writeln!(
                f,
                "| {name} | {} |",
                self.by_kin.get(&kin).copied().unwrap_or_default()
            )?;
        }
        let [to_5, to_10, to_50, beyond] = self.by_rank;
        write!(
            f,
            "\nThe first annotated skill stands at 2 to 5 for {to_5}, at 6 to 10 for {to_10}, at 11 to 50 for {to_50}, beyond for {beyond}."
        )
    }
}
