//! Which part of ESCO does a file hold? Its name says so: `skills_en.csv`, `occupationSkillRelations.csv`, `greenSkillsCollection_de.csv`.

use crate::Collection;

/// What a file of a package holds, in the order of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Its rows are concepts with labels.
    Concepts(ConceptKind),
    /// Its rows refer to concepts.
    References(ReferenceKind),
    /// It says nothing that is used here.
    NotNeeded,
}

/// The files that name concepts; skills come before groups, and groups before the hierarchy that adds to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ConceptKind {
    /// `skills_xx.csv`.
    Skills,
    /// `skillGroups_xx.csv`.
    SkillGroups,
    /// `occupations_xx.csv`.
    Occupations,
    /// `ISCOGroups_xx.csv`.
    IscoGroups,
    /// `skillsHierarchy_xx.csv`.
    Hierarchy,
}

/// The files that refer to concepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ReferenceKind {
    /// `broaderRelationsSkillPillar.csv`.
    Broader,
    /// `occupationSkillRelations.csv`.
    OccupationSkill,
    /// `skillSkillRelations.csv`.
    SkillSkill,
    /// `greenSkillsCollection_xx.csv` and its like.
    Collection(Collection),
}

/// Reads kind and language from a file name without folders; `None` for anything but a CSV file.
pub(super) fn parse(name: &str) -> Option<(Kind, Option<String>)> {
    let lower = name.to_ascii_lowercase();
    let stem = lower.strip_suffix(".csv")?;
    let (base, language) = match stem.rsplit_once('_') {
        Some((base, language)) if is_language(language) => (base, Some(language.to_owned())),
        _ => (stem, None),
    };
    Some((kind_of(base), language))
}

/// Tells whether `code` has the form of an ISO 639-1 code: two lower-case letters.
pub(crate) fn is_language(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The kind by lower-case name without language and extension.
fn kind_of(base: &str) -> Kind {
    match base {
        "skills" => Kind::Concepts(ConceptKind::Skills),
        "skillgroups" => Kind::Concepts(ConceptKind::SkillGroups),
        "occupations" => Kind::Concepts(ConceptKind::Occupations),
        "iscogroups" => Kind::Concepts(ConceptKind::IscoGroups),
        "skillshierarchy" => Kind::Concepts(ConceptKind::Hierarchy),
        "broaderrelationsskillpillar" => Kind::References(ReferenceKind::Broader),
        "occupationskillrelations" => Kind::References(ReferenceKind::OccupationSkill),
        "skillskillrelations" => Kind::References(ReferenceKind::SkillSkill),
        _ => collection_of(base).map_or(Kind::NotNeeded, |collection| {
            Kind::References(ReferenceKind::Collection(collection))
        }),
    }
}

/// The collection by lower-case name without language and extension.
fn collection_of(base: &str) -> Option<Collection> {
    match base.strip_suffix("skillscollection")? {
        "green" => Some(Collection::Green),
        "digital" | "ict" => Some(Collection::Digital),
        "transversal" => Some(Collection::Transversal),
        "language" => Some(Collection::Language),
        "research" => Some(Collection::Research),
        "digcomp" => Some(Collection::DigComp),
        _ => None,
    }
}

/// Finds the last version in a path, such as `1.1.1` in `ESCO dataset - v1.1.1 - classification - en - csv.zip`.
pub(super) fn version_in(path: &str) -> Option<&str> {
    path.rmatch_indices(['v', 'V']).find_map(|(at, letter)| {
        let stands_alone = !path[..at].ends_with(|before: char| before.is_alphanumeric());
        let rest = &path[at + letter.len()..];
        let end = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let version = rest[..end].trim_end_matches('.');
        let is_version = version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.');
        (stands_alone && is_version).then_some(version)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_gives_kind_and_language() {
        let check = |name: &str, kind: Kind, language: Option<&str>| {
            assert_eq!(
                parse(name),
                Some((kind, language.map(str::to_owned))),
                "{name}"
            );
        };
        let digital = Kind::References(ReferenceKind::Collection(Collection::Digital));
        check(
            "skills_en.csv",
            Kind::Concepts(ConceptKind::Skills),
            Some("en"),
        );
        check(
            "SKILLS_DE.CSV",
            Kind::Concepts(ConceptKind::Skills),
            Some("de"),
        );
        check("skills.csv", Kind::Concepts(ConceptKind::Skills), None);
        check(
            "ISCOGroups_fr.csv",
            Kind::Concepts(ConceptKind::IscoGroups),
            Some("fr"),
        );
        check(
            "occupationSkillRelations.csv",
            Kind::References(ReferenceKind::OccupationSkill),
            None,
        );
        check(
            "occupationSkillRelations_en.csv",
            Kind::References(ReferenceKind::OccupationSkill),
            Some("en"),
        );
        check("ictSkillsCollection_en.csv", digital, Some("en"));
        check("digitalSkillsCollection_en.csv", digital, Some("en"));
        check(
            "researchOccupationsCollection_en.csv",
            Kind::NotNeeded,
            Some("en"),
        );
        check("conceptSchemes_en.csv", Kind::NotNeeded, Some("en"));
        check("somethingNew_en.csv", Kind::NotNeeded, Some("en"));
        assert_eq!(parse("skills_en.xlsx"), None);
    }

    #[test]
    fn version_is_the_last_one_in_the_path() {
        let check =
            |path: &str, version: Option<&str>| assert_eq!(version_in(path), version, "{path}");
        check(
            "esco/v1.1.1/ESCO dataset - v1.1.0 - classification - en - csv.zip!skills_en.csv",
            Some("1.1.0"),
        );
        check("data/v1.2.0-partial/skills_en.csv", Some("1.2.0"));
        check("ESCO_V1.2.csv.zip", Some("1.2"));
        check("v2/skills_en.csv", None);
        check("level1.1/skills_en.csv", None);
        check("esco.zip!skills_en.csv", None);
    }
}
