//! What is ESCO, once read? Concepts in dense rows, sorted by URI, and the relations between them by row.
//!
//! The one idea: everything downstream works on row numbers; URIs appear only where something enters or leaves.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Row of a skill: `0..n_skills`, in the order of URIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SkillId(pub u32);

impl SkillId {
    /// The row as an index into arrays with one entry a skill.
    pub fn row(self) -> usize {
        self.0 as usize
    }
}

/// Row of an occupation: `0..n_occupations`, in the order of URIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OccupationId(pub u32);

impl OccupationId {
    /// The row as an index into arrays with one entry an occupation.
    pub fn row(self) -> usize {
        self.0 as usize
    }
}

/// A node of the skill hierarchy: skills come first (`0..n_skills`), skill groups after them (`n_skills..`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeId(pub u32);

/// ESCO's two kinds of skill concept; a few concepts state neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SkillType {
    /// `skill/competence`.
    Skill,
    /// `knowledge`.
    Knowledge,
    /// Blank in the package.
    #[default]
    NotStated,
}

/// How widely ESCO says that a skill is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReuseLevel {
    /// In every kind of work.
    Transversal,
    /// In several sectors.
    CrossSector,
    /// Within one sector.
    SectorSpecific,
    /// In one occupation or specialism.
    OccupationSpecific,
    /// Blank in the package.
    #[default]
    NotStated,
}

/// ESCO's collections of skills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Collection {
    /// `greenSkillsCollection`.
    Green,
    /// `digitalSkillsCollection`; `ictSkillsCollection` until 1.1.0.
    Digital,
    /// `transversalSkillsCollection`.
    Transversal,
    /// `languageSkillsCollection`.
    Language,
    /// `researchSkillsCollection`.
    Research,
    /// `digCompSkillsCollection`.
    DigComp,
}

impl Collection {
    /// All collections, in the order of their bits.
    pub const ALL: [Self; 6] = [
        Self::Green,
        Self::Digital,
        Self::Transversal,
        Self::Language,
        Self::Research,
        Self::DigComp,
    ];

    /// The collection's bit in [`Collections`].
    fn bit(self) -> u8 {
        1 << (self as u8)
    }

    /// The name used in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Digital => "digital",
            Self::Transversal => "transversal",
            Self::Language => "language",
            Self::Research => "research",
            Self::DigComp => "digcomp",
        }
    }
}

/// The set of collections that a skill belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collections(u8);

impl Collections {
    /// Adds a collection.
    pub fn insert(&mut self, collection: Collection) {
        self.0 |= collection.bit();
    }

    /// Tells whether the skill belongs to `collection`.
    pub fn contains(self, collection: Collection) -> bool {
        self.0 & collection.bit() != 0
    }

    /// The collections, in the order of [`Collection::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Collection> {
        Collection::ALL
            .into_iter()
            .filter(move |collection| self.contains(*collection))
    }
}

/// The labels of a concept in one language. No label is empty or has white space at its ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    /// ISO 639-1 code, lower case.
    pub language: String,
    /// Preferred label; empty where only alternatives are known.
    pub preferred: String,
    /// Alternative (and hidden) labels in the order of the package, without duplicates and without the preferred one.
    pub alternatives: Vec<String>,
}

/// A text in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// ISO 639-1 code, lower case.
    pub language: String,
    /// The text, trimmed, not empty.
    pub text: String,
}

/// One skill or knowledge concept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skill {
    /// ESCO URI, the key.
    pub uri: String,
    /// Skill or knowledge.
    pub skill_type: SkillType,
    /// How widely it is used.
    pub reuse_level: ReuseLevel,
    /// ESCO's status, such as `released`; empty where the package lacks the column.
    pub status: String,
    /// Collections that list it.
    pub collections: Collections,
    /// Labels, one entry a language, sorted by language.
    pub labels: Vec<Labels>,
    /// Descriptions, one entry a language, sorted by language.
    pub descriptions: Vec<Text>,
}

/// A group of the skill hierarchy: a node above skills that is not itself a skill.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkillGroup {
    /// ESCO URI, the key.
    pub uri: String,
    /// ESCO's code, such as `S1.0`; empty where the package has none.
    pub code: String,
    /// Labels, one entry a language, sorted by language.
    pub labels: Vec<Labels>,
}

/// One occupation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occupation {
    /// ESCO URI, the key.
    pub uri: String,
    /// ISCO-08 group code, such as `2654`; empty where the package lacks it.
    pub isco_group: String,
    /// ESCO's status; empty where the package lacks the column.
    pub status: String,
    /// Labels, one entry a language, sorted by language.
    pub labels: Vec<Labels>,
    /// Descriptions, one entry a language, sorted by language.
    pub descriptions: Vec<Text>,
    /// Essential skills, sorted.
    pub essential: Vec<SkillId>,
    /// Optional skills, sorted; none of them essential.
    pub optional: Vec<SkillId>,
}

/// One group of the ISCO-08 classification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IscoGroup {
    /// ISCO-08 code, such as `26`; the key.
    pub code: String,
    /// URI.
    pub uri: String,
    /// Labels, one entry a language, sorted by language.
    pub labels: Vec<Labels>,
}

/// What becomes of one URI.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Fate {
    /// It is there, under the same label.
    Same,
    /// It is there, under another preferred label.
    Renamed {
        /// Label in the old version.
        from: String,
        /// Label in the new version.
        to: String,
    },
    /// ESCO says what comes in its place.
    Replaced {
        /// The new URI.
        uri: String,
    },
    /// A skill of the new version has the same label.
    Relinked {
        /// The new URI.
        uri: String,
        /// How sure, in [0, 1].
        confidence: f64,
    },
    /// It is not there any more.
    Gone {
        /// Label in the old version.
        label: String,
    },
    /// Neither version has it.
    Unknown,
}

impl Fate {
    /// One word for reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Renamed { .. } => "renamed",
            Self::Replaced { .. } => "replaced",
            Self::Relinked { .. } => "relinked by label",
            Self::Gone { .. } => "gone",
            Self::Unknown => "in neither version",
        }
    }

    /// The URI that came in its place, and how sure it is that both mean the same, in [0, 1].
    pub fn successor(&self) -> Option<(&str, f64)> {
        match self {
            Self::Replaced { uri } => Some((uri, 1.0)),
            Self::Relinked { uri, confidence } => Some((uri, *confidence)),
            Self::Same | Self::Renamed { .. } | Self::Gone { .. } | Self::Unknown => None,
        }
    }
}

/// All of ESCO that a package holds. Concepts are sorted by URI (ISCO groups by code), relations by both ends, without duplicates.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Esco {
    /// Version as the package names it, such as `1.1.1`; `unknown` where nothing says so.
    pub version: String,
    /// Languages that have at least one skill label, sorted.
    pub languages: Vec<String>,
    /// Skills; the position is the [`SkillId`].
    pub skills: Vec<Skill>,
    /// Skill groups; position plus `skills.len()` is the [`NodeId`].
    pub groups: Vec<SkillGroup>,
    /// Occupations; the position is the [`OccupationId`].
    pub occupations: Vec<Occupation>,
    /// ISCO groups.
    pub isco_groups: Vec<IscoGroup>,
    /// (narrower, broader) pairs of the skill hierarchy.
    pub broader: Vec<(NodeId, NodeId)>,
    /// (original, related) pairs: `related` is essential for `original`.
    pub essential: Vec<(SkillId, SkillId)>,
    /// (original, related) pairs: `related` is optional for `original`.
    pub optional: Vec<(SkillId, SkillId)>,
    /// URIs of former versions that this one does not have, and what became of them.
    pub former: BTreeMap<String, Fate>,
}

impl Esco {
    /// Languages in which at least one skill has a label, sorted.
    pub(crate) fn label_languages(&self) -> Vec<String> {
        let labels = self.skills.iter().flat_map(|skill| &skill.labels);
        let languages: BTreeSet<&str> = labels.map(|labels| labels.language.as_str()).collect();
        languages.into_iter().map(str::to_owned).collect()
    }

    /// The URI that one of a former version became; any other as it is.
    pub fn led_on<'a>(&'a self, uri: &'a str) -> &'a str {
        self.former
            .get(uri)
            .and_then(Fate::successor)
            .map_or(uri, |(new, _)| new)
    }

    /// Finds a skill by URI.
    pub fn skill_by_uri(&self, uri: &str) -> Option<SkillId> {
        let row = self
            .skills
            .binary_search_by(|skill| skill.uri.as_str().cmp(uri))
            .ok()?;
        Some(SkillId(row as u32))
    }

    /// Finds an occupation by URI.
    pub fn occupation_by_uri(&self, uri: &str) -> Option<OccupationId> {
        let row = self
            .occupations
            .binary_search_by(|occupation| occupation.uri.as_str().cmp(uri))
            .ok()?;
        Some(OccupationId(row as u32))
    }

    /// Finds a node of the skill hierarchy, skill or group, by URI.
    pub fn node_by_uri(&self, uri: &str) -> Option<NodeId> {
        if let Some(skill) = self.skill_by_uri(uri) {
            return Some(NodeId(skill.0));
        }
        let row = self
            .groups
            .binary_search_by(|group| group.uri.as_str().cmp(uri))
            .ok()?;
        Some(NodeId((self.skills.len() + row) as u32))
    }
}

/// The text in the language asked for, else in English, else the first.
pub fn text_of<'a>(texts: &'a [Text], language: &str) -> Option<&'a Text> {
    let of = |code: &str| texts.iter().find(|text| text.language == code);
    of(language).or_else(|| of("en")).or_else(|| texts.first())
}

/// The labels in the language asked for, else in English, else in the first language that has a preferred label.
pub fn labels_in<'a>(labels: &'a [Labels], language: &str) -> Option<&'a Labels> {
    let with_preferred = || labels.iter().filter(|labels| !labels.preferred.is_empty());
    let of = |code: &str| with_preferred().find(|labels| labels.language == code);
    of(language)
        .or_else(|| of("en"))
        .or_else(|| with_preferred().next())
}

/// The preferred label of [`labels_in`].
pub fn label_in<'a>(labels: &'a [Labels], language: &str) -> Option<&'a str> {
    labels_in(labels, language).map(|labels| labels.preferred.as_str())
}

/// A version of ESCO with its name, which that of an excerpt has in it.
pub fn version_name(version: &str) -> String {
    match version.contains("ESCO") {
        true => version.to_owned(),
        false => format!("ESCO {version}"),
    }
}
