//! The words of a Europass CV, as a person would write them: jobs with their years, what was done there, education, skills and languages. Of who the person is
//! nothing is taken: no name, no address, no birth, no picture.
//!
//! Read are the XML and the JSON of the older form (`SkillsPassport`) and the XML of the newer one (`Candidate`, after HR Open).

use serde_json::Value;

use crate::standards::xml;

/// Longest document that is looked at.
const BYTES_MAX: usize = 4 << 20;

/// Names of languages: those of the Union, and those that many in it speak.
const LANGUAGES: &str = "ar:Arabic bg:Bulgarian bs:Bosnian cs:Czech da:Danish de:German el:Greek en:English es:Spanish et:Estonian fa:Persian fi:Finnish fr:French ga:Irish \
    hr:Croatian hu:Hungarian is:Icelandic it:Italian lt:Lithuanian lv:Latvian mk:Macedonian mt:Maltese nl:Dutch no:Norwegian pl:Polish pt:Portuguese ro:Romanian ru:Russian \
    sk:Slovak sl:Slovenian sq:Albanian sr:Serbian sv:Swedish tr:Turkish uk:Ukrainian zh:Chinese";

/// The words of a CV; nothing if the document is none.
pub fn words(document: &str) -> Option<String> {
    let text = document.trim_start_matches('\u{feff}').trim();
    let is_named = text.contains("SkillsPassport") || text.contains("Candidate");
    if text.len() > BYTES_MAX || !is_named {
        return None;
    }
    let root = match text.starts_with('<') {
        true => {
            let (name, root) = xml::read(text.as_bytes()).ok()?;
            Some(root).filter(|_| matches!(name.as_str(), "SkillsPassport" | "Candidate"))?
        }
        false => {
            let mut root: Value = serde_json::from_str(text).ok()?;
            root.get_mut("SkillsPassport").map(Value::take)?
        }
    };
    let mut cv = Words::default();
    for learner in all(&root, "LearnerInfo") {
        passport(learner, &mut cv);
    }
    for profile in all(&root, "CandidateProfile") {
        candidate(profile, &mut cv);
    }
    (!cv.text.is_empty()).then_some(cv.text)
}

/// The older form.
fn passport(learner: &Value, cv: &mut Words) {
    for headline in all(learner, "Headline/Description") {
        cv.line(&said(headline));
    }
    let jobs = all(learner, "WorkExperience");
    let jobs = jobs
        .into_iter()
        .chain(all(learner, "WorkExperienceList/WorkExperience"));
    cv.section("Work experience", jobs, |job, cv| {
        let years = years(job, "Period/From", "Period/To");
        cv.job(
            &first(job, "Position"),
            &first(job, "Employer/Name"),
            &years,
        );
        cv.lines(all(job, "Activities"));
    });
    let courses = all(learner, "Education");
    let courses = courses
        .into_iter()
        .chain(all(learner, "EducationList/Education"));
    cv.section("Education", courses, |course, cv| {
        let years = years(course, "Period/From", "Period/To");
        cv.job(
            &first(course, "Title"),
            &first(course, "Organisation/Name"),
            &years,
        );
        cv.lines(all(course, "Activities"));
    });
    let skills = [
        "Communication",
        "Organisational",
        "JobRelated",
        "Computer",
        "Driving",
        "Other",
    ];
    let skills = skills
        .iter()
        .flat_map(|name| all(learner, &format!("Skills/{name}/Description")));
    cv.section("Skills", skills, |skill, cv| {
        cv.line(&said(skill));
        for licence in all(skill, "Licence") {
            cv.line(&format!("Driving licence {}", said(licence)));
        }
    });
    let native = [
        "Skills/Linguistic/MotherTongue",
        "Skills/Linguistic/MotherTongueList/MotherTongue",
    ];
    let native = native.iter().flat_map(|path| all(learner, path));
    cv.section("Languages", native, |language, cv| {
        cv.line(&format!(
            "{}: native language",
            first(language, "Description")
        ));
    });
    let foreign = [
        "Skills/Linguistic/ForeignLanguage",
        "Skills/Linguistic/ForeignLanguageList/ForeignLanguage",
    ];
    let foreign = foreign.iter().flat_map(|path| all(learner, path));
    cv.section("Languages", foreign, |language, cv| {
        let levels = all(language, "ProficiencyLevel").into_iter();
        let levels = levels
            .filter_map(Value::as_object)
            .flat_map(|levels| levels.values());
        cv.language(&first(language, "Description"), levels.map(said).collect());
    });
}

/// The newer form.
fn candidate(profile: &Value, cv: &mut Words) {
    cv.lines(all(profile, "ExecutiveSummary"));
    let jobs = all(profile, "EmploymentHistory/EmployerHistory");
    cv.section("Work experience", jobs.into_iter(), |employer, cv| {
        for job in all(employer, "PositionHistory") {
            let years = years(
                job,
                "EmploymentPeriod/StartDate/FormattedDateTime",
                "EmploymentPeriod/EndDate/FormattedDateTime",
            );
            cv.job(
                &first(job, "PositionTitle"),
                &first(employer, "OrganizationName"),
                &years,
            );
            cv.lines(all(job, "Description"));
        }
    });
    let courses = all(profile, "EducationHistory/EducationOrganizationAttendance");
    cv.section("Education", courses.into_iter(), |course, cv| {
        let names = ["EducationDegree/DegreeName", "ProgramName"].map(|path| first(course, path));
        let name = names
            .into_iter()
            .find(|name| !name.is_empty())
            .unwrap_or_default();
        let years = years(
            course,
            "AttendancePeriod/StartDate/FormattedDateTime",
            "AttendancePeriod/EndDate/FormattedDateTime",
        );
        cv.job(&name, &first(course, "OrganizationName"), &years);
        cv.lines(all(course, "EducationDegree/OccupationalSkillsCovered"));
    });
    let competencies = all(profile, "PersonQualifications/PersonCompetency");
    cv.section(
        "Languages and skills",
        competencies.into_iter(),
        |competency, cv| {
            let scores = all(competency, "CompetencyDimension/Score/ScoreText").into_iter();
            let names = ["CompetencyName", "CompetencyID"].map(|path| first(competency, path));
            let name = names
                .into_iter()
                .find(|name| !name.is_empty())
                .unwrap_or_default();
            match crate::standards::codes::language(&name) {
                Some(code) => cv.language(&language_name(&code), scores.map(said).collect()),
                None => cv.line(&name),
            }
        },
    );
}

/// The name of a language in English, by which texts call it; its code where it has none here.
fn language_name(code: &str) -> String {
    let named = LANGUAGES
        .split(' ')
        .find_map(|entry| entry.strip_prefix(code)?.strip_prefix(':'));
    named.unwrap_or(code).to_owned()
}

/// Words that grow line by line.
#[derive(Default)]
struct Words {
    text: String,
}

impl Words {
    fn line(&mut self, line: &str) {
        let line = line.trim();
        if !line.is_empty() {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    fn lines(&mut self, texts: Vec<&Value>) {
        for text in texts.into_iter().map(said) {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            lines.for_each(|line| self.line(&format!("- {line}")));
        }
    }

    /// A heading with what stands below it; nothing of both where there is nothing.
    fn section<'v>(
        &mut self,
        heading: &str,
        entries: impl Iterator<Item = &'v Value>,
        mut write: impl FnMut(&Value, &mut Self),
    ) {
        let mut inner = Self::default();
        entries.for_each(|entry| write(entry, &mut inner));
        if !inner.text.is_empty() {
            self.text.push_str(&format!("\n{heading}\n{}", inner.text));
        }
    }

    fn job(&mut self, name: &str, place: &str, years: &str) {
        let named = [name, place].into_iter().filter(|part| !part.is_empty());
        let named = named.collect::<Vec<_>>().join(", ");
        match years {
            "" => self.line(&named),
            years => self.line(&format!("{named} ({years})")),
        }
    }

    /// A language with the lowest level of its parts: what it is sure to be.
    fn language(&mut self, name: &str, levels: Vec<String>) {
        let is_level = |level: &String| matches!(level.as_bytes(), [b'A'..=b'C', b'1' | b'2']);
        match levels.into_iter().filter(is_level).min() {
            Some(level) => self.line(&format!("{name}: {level}")),
            None => self.line(name),
        }
    }
}

/// The values at the end of a path, lists on the way opened.
fn all<'v>(value: &'v Value, path: &str) -> Vec<&'v Value> {
    let open = |value: &'v Value| match value {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    };
    path.split('/').fold(vec![value], |values, name| {
        let inner = values.into_iter().filter_map(|value| value.get(name));
        inner.flat_map(open).collect()
    })
}

fn first(value: &Value, path: &str) -> String {
    all(value, path)
        .first()
        .map(|value| said(value))
        .unwrap_or_default()
}

/// The words of a value: its text or its label, without markup, a line a paragraph.
fn said(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Object(_) => {
            let mut names = ["Label", "#text", "@value"].into_iter();
            return names
                .find_map(|name| value.get(name))
                .map(said)
                .unwrap_or_default();
        }
        _ => String::new(),
    };
    let (mut plain, mut rest) = (String::new(), text.as_str());
    while let Some((before, tag)) = rest.split_once('<') {
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        plain.push_str(before);
        let is_inline = matches!(
            tag.trim_start_matches('/'),
            "b" | "i" | "u" | "em" | "strong"
        );
        plain.push_str(if is_inline { "" } else { "\n" });
        rest = after;
    }
    plain.push_str(rest);
    let plain = plain
        .replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    plain.replace("&amp;", "&").trim().to_owned()
}

/// From the first year to the last, which is today where none is stated.
fn years(value: &Value, from: &str, to: &str) -> String {
    let year = |path: &str| {
        let at = all(value, path);
        let stated = at.first()?;
        let mut names = ["@year", "Year"].into_iter();
        let year = names.find_map(|name| stated.get(name)).unwrap_or(stated);
        said(year).get(..4).map(str::to_owned)
    };
    match (year(from), year(to)) {
        (Some(from), Some(to)) => format!("{from} - {to}"),
        (Some(from), None) => format!("since {from}"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "<?xml version=\"1.0\"?><SkillsPassport xmlns=\"http://europass.cedefop.europa.eu/Europass\" locale=\"en\"><LearnerInfo>\
        <Identification><PersonName><FirstName>Jo</FirstName><Surname>Doe</Surname></PersonName></Identification>\
        <WorkExperienceList><WorkExperience><Period><From year=\"2014\" month=\"--01\"/><To year=\"2018\"/></Period><Position><Label>Cashier</Label></Position>\
        <Activities>&lt;p&gt;Operate the &lt;b&gt;cash&lt;/b&gt; register&lt;/p&gt;&lt;p&gt;Arrange displays&lt;/p&gt;</Activities><Employer><Name>A shop</Name></Employer></WorkExperience></WorkExperienceList>\
        <EducationList><Education><Title>Retail</Title><Organisation><Name>A school</Name></Organisation></Education></EducationList>\
        <Skills><Linguistic><MotherTongueList><MotherTongue><Description><Label>Polish</Label></Description></MotherTongue></MotherTongueList>\
        <ForeignLanguageList><ForeignLanguage><Description><Label>German</Label></Description><ProficiencyLevel><Listening>B2</Listening><Writing>B1</Writing></ProficiencyLevel></ForeignLanguage></ForeignLanguageList></Linguistic>\
        <Computer><Description>Spreadsheets</Description></Computer></Skills></LearnerInfo></SkillsPassport>";
    const EXPECTED: &str = "\nWork experience\nCashier, A shop (2014 - 2018)\n- Operate the cash register\n- Arrange displays\n\nEducation\nRetail, A school\n\nSkills\nSpreadsheets\n\
        \nLanguages\nPolish: native language\n\nLanguages\nGerman: B1\n";

    #[test]
    fn either_form_gives_the_words_and_nothing_of_who_it_is() {
        assert_eq!(words(OLD).as_deref(), Some(EXPECTED));
        let json = r#"{"SkillsPassport":{"LearnerInfo":{"Identification":{"PersonName":{"Surname":"Doe"}},"WorkExperience":[{"Period":{"From":{"Year":2019},"Current":true},
            "Position":{"Label":"Welder"},"Employer":{"Name":"A yard"},"Activities":"<p>Weld pipes</p>"}],"Skills":{"Linguistic":{"MotherTongue":[{"Description":{"Label":"Greek"}}]}}}}}"#;
        let read = words(json).unwrap();
        assert!(
            read.contains("Welder, A yard (since 2019)\n- Weld pipes\n")
                && read.contains("Greek: native language"),
            "{read}"
        );
        let new = "<Candidate xmlns=\"http://www.europass.eu/1.0\" xmlns:hr=\"http://www.hr-xml.org/3\"><CandidatePerson><PersonName>Jo Doe</PersonName></CandidatePerson><CandidateProfile>\
            <EmploymentHistory><EmployerHistory><hr:OrganizationName>A yard</hr:OrganizationName><PositionHistory><PositionTitle>Welder</PositionTitle>\
            <eures:EmploymentPeriod xmlns:eures=\"x\"><eures:StartDate><hr:FormattedDateTime>2019-05-01</hr:FormattedDateTime></eures:StartDate></eures:EmploymentPeriod>\
            <oa:Description xmlns:oa=\"y\">&lt;ul&gt;&lt;li&gt;Weld pipes&lt;/li&gt;&lt;/ul&gt;</oa:Description></PositionHistory></EmployerHistory></EmploymentHistory>\
            <PersonQualifications><PersonCompetency><CompetencyID schemeName=\"ISO639-3\">deu</CompetencyID><CompetencyDimension><Score><ScoreText>C1</ScoreText></Score></CompetencyDimension></PersonCompetency></PersonQualifications>\
            </CandidateProfile></Candidate>";
        let read = words(new).unwrap();
        assert!(
            read.contains("Welder, A yard (since 2019)\n")
                && read.contains("- Weld pipes\n")
                && read.contains("German: C1\n"),
            "{read}"
        );
        for text in [OLD, json, new].map(|text| words(text).unwrap()) {
            assert!(!text.contains("Doe") && !text.contains("Jo"), "{text}");
        }
    }

    #[test]
    fn other_documents_are_none() {
        for text in [
            "",
            "{}",
            "SkillsPassport",
            "<a>Candidate</a>",
            "{\"SkillsPassport\":{}}",
            "<Candidate/>",
            "<Candidate>",
        ] {
            assert_eq!(words(text), None, "{text}");
        }
    }
}
