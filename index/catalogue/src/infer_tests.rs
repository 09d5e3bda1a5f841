//! Do titles and descriptions speak only where outcomes do not, and are their links less sure and marked?

use skillgap_credentials::credential::{Credential, LinkEvidence, Outcome, SkillLink, texts};

use crate::starter;

const REGISTER: &str = "http://data.europa.eu/esco/skill/0cb013af-6dd9-4fb2-b34e-63dda1a5cf82";

fn course(title: &str, description: &str, outcomes: &[&str]) -> Credential {
    let outcome = |text: &&str| Outcome {
        text: texts([("en", text)]),
        skills: Vec::new(),
    };
    Credential {
        id: title.to_owned(),
        title: texts([("en", title)]),
        description: texts([("en", description)]),
        outcomes: outcomes.iter().map(outcome).collect(),
        ..Credential::default()
    }
}

/// The link of a course to the cash register, once it is linked.
fn register(mut course: Credential) -> Option<SkillLink> {
    let catalogue = starter().unwrap();
    catalogue.link_outcomes(std::slice::from_mut(&mut course));
    let link = course.links().find(|link| link.uri == REGISTER).cloned();
    assert_eq!(catalogue.teaches(&course), course.links().count() > 0);
    link
}

#[test]
fn title_and_description_speak_where_outcomes_do_not_and_less_surely() {
    let outcome = register(course("Course 12", "", &["Operate cash register"])).unwrap();
    let title = register(course("Operate cash register", "", &[])).unwrap();
    let description =
        register(course("Course 12", "Learn to operate cash register.", &[])).unwrap();
    let evidence = [&outcome, &title, &description].map(SkillLink::evidence);
    let expected = [
        LinkEvidence::Unspecified,
        LinkEvidence::Title,
        LinkEvidence::Description,
    ];
    assert_eq!(evidence, expected);
    assert!(title.certainty() < outcome.certainty() && title.is_inferred());
    assert!(description.certainty() < outcome.certainty());
}

#[test]
fn a_link_that_this_version_lacks_switches_nothing_off_and_stays() {
    let mut known = course("Course 12", "", &["Operate cash register"]);
    let unknown = "http://data.europa.eu/esco/skill/00000000-0000-4000-8000-000000000000";
    let plain = register(known.clone()).unwrap();
    known.outcomes[0].skills = vec![SkillLink::declared(unknown)];
    assert_eq!(register(known.clone()), Some(plain));
    starter()
        .unwrap()
        .link_outcomes(std::slice::from_mut(&mut known));
    assert_eq!(known.outcomes[0].skills[0], SkillLink::declared(unknown));
}

#[test]
fn levels_marks_and_attendance_are_linked_to_nothing() {
    let catalogue = starter().unwrap();
    let texts = ["Level 5", "EQF 4", "Proficient", "Attended the conference"];
    let mut none = course("Level 5", "", &texts);
    catalogue.link_outcomes(std::slice::from_mut(&mut none));
    assert_eq!(none.links().count(), 0, "{none:?}");
}
