//! Is a text a learning outcome at all? A level, a mark of a rubric and a statement that somebody was there say nothing of what was learned, so that nothing is
//! linked to them.

use std::sync::LazyLock;

/// Words of levels, of marks, and of having been there, a group a heading.
const WORDS: &str = include_str!("outcome.txt");

static GROUPS: LazyLock<[Vec<&str>; 5]> = LazyLock::new(|| {
    ["level", "mark", "before", "attended", "event"].map(|group| {
        let lines = WORDS
            .lines()
            .skip_while(|line| *line != format!("[{group}]"));
        let lines = lines.skip(1).take_while(|line| !line.starts_with('['));
        lines.flat_map(str::split_whitespace).collect()
    })
});

/// Most words of a statement of having been there; a longer one says more.
const ATTENDED_WORDS_MAX: usize = 14;

/// Whether a text says nothing that one can learn.
pub fn is_no_outcome(text: &str) -> bool {
    is_level(text) || is_attendance(text)
}

/// Whether a text is a mere level of something, or a mark: "Level 5", "EQF 4", "Niveau B2", "Proficient".
pub fn is_level(text: &str) -> bool {
    let [levels, marks, ..] = &*GROUPS;
    let is_number = |word: &str| {
        word.parse::<u32>().is_ok()
            || word.len() <= 4 && word.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x'))
            || matches!(word.as_bytes(), [b'a'..=b'c', b'1' | b'2'])
    };
    let words = words(text);
    let is_known = |word: &str| levels.contains(&word) || marks.contains(&word);
    let is_named = words.iter().any(|word| is_known(word));
    is_named && words.iter().all(|word| is_known(word) || is_number(word))
}

/// Whether a text says no more than that somebody was there: "Attended the conference".
fn is_attendance(text: &str) -> bool {
    let [_, _, before, attended, events] = &*GROUPS;
    let words = words(text);
    let is_in = |group: &[&str], word: &str| group.contains(&word);
    let mut told = words.iter().skip_while(|word| is_in(before, word));
    let said = told.next().into_iter().chain(words.last());
    words.len() <= ATTENDED_WORDS_MAX
        && said.into_iter().any(|word| is_in(attended, word))
        && words.iter().any(|word| is_in(events, word))
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// The lines of a text that lists several outcomes, without bullets.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    let bullets = |c: char| c.is_whitespace() || matches!(c, '-' | '*' | '•' | '–' | '·');
    let lines = text
        .lines()
        .map(move |line| line.trim().trim_start_matches(bullets));
    lines.filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_attendance_are_no_outcomes() {
        for (text, expected) in [
            ("Level 5", true),
            ("EQF level 4", true),
            ("DQR-Niveau 6", true),
            ("Niveau B2", true),
            ("Proficient", true),
            ("Level IV", true),
            ("Attended the conference", true),
            ("Has participated in the two-day workshop", true),
            ("Hat an der Tagung teilgenommen", true),
            ("A participé à la conférence", true),
            ("Asistió al congreso", true),
            ("Operate the cash register", false),
            ("German B2", false),
            ("Level the ground", false),
            ("Participate in team meetings", false),
            ("Plan a conference", false),
            ("Encourage participation in training sessions", false),
            ("4", false),
            ("", false),
        ] {
            assert_eq!(is_no_outcome(text), expected, "{text}");
        }
    }

    #[test]
    fn lists_are_cut_into_lines() {
        let found: Vec<&str> = lines("- Run a till\n\n• Count cash\r\nGreet guests").collect();
        assert_eq!(found, ["Run a till", "Count cash", "Greet guests"]);
    }
}
