//! Up to which level does a credential teach a language?

use skillgap_credentials::credential::Credential;
use skillgap_esco::Skill;
use skillgap_linker::languages::{level_in, names_language};

/// Up to which level of the Framework a credential teaches a language, 1 to 6, as the outcomes that are linked to the skill say, else the title; 0 where they do
/// not, and for skills that are about no language.
pub fn level_taught(credential: &Credential, skill: &Skill) -> u8 {
    if !names_language(skill) {
        return 0;
    }
    // `write German` and `German`: the last word is the name.
    let names: Vec<&str> = skill
        .labels
        .iter()
        .filter_map(|labels| labels.preferred.rsplit(' ').next())
        .filter(|name| !name.is_empty())
        .collect();
    let linked = credential
        .outcomes
        .iter()
        .filter(|outcome| outcome.skills.iter().any(|link| link.uri == skill.uri));
    let stated = linked
        .flat_map(|outcome| outcome.text.values())
        .map(|text| level_in(text, &names))
        .max()
        .unwrap_or_default();
    if stated > 0 {
        stated
    } else {
        credential
            .title
            .values()
            .map(|text| level_in(text, &names))
            .max()
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use skillgap_credentials::credential::{Outcome, SkillLink, texts};
    use skillgap_esco::Labels;

    use super::*;

    #[test]
    fn the_level_of_a_course_is_read_from_its_outcome_before_its_title() {
        let skill = |label: &str| Skill {
            uri: "s".into(),
            labels: vec![Labels {
                language: "en".into(),
                preferred: label.into(),
                alternatives: Vec::new(),
            }],
            ..Skill::default()
        };
        let course = |title: &str, outcome: &str| Credential {
            title: texts([("de", title)]),
            outcomes: vec![Outcome {
                text: texts([("de", outcome)]),
                skills: vec![SkillLink::declared("s")],
            }],
            ..Credential::default()
        };
        for (title, outcome, level) in [
            ("Deutsch B1", "Briefe schreiben", 3),
            ("Deutsch B1-B2", "auf A2 sprechen", 2),
            ("Deutsch B1 bis B2", "", 4),
            ("Deutsch", "reden", 0),
            ("Deutsch b1", "", 0),
            ("", "German at level A2 and English at level C1", 2),
            ("", "C1 English, A2 German", 2),
            ("German A1, first step towards C1", "", 1),
            ("Deutsch A2 und Englisch C1", "", 0),
        ] {
            assert_eq!(
                level_taught(
                    &course(title, outcome),
                    &skill("interact verbally in German")
                ),
                level,
                "{title}, {outcome}"
            );
        }
        assert_eq!(
            level_taught(&course("Licence C1", ""), &skill("drive lorries")),
            0
        );
    }
}
