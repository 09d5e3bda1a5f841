//! What is a clean label? One line, single spaces, nothing invisible; alternatives without repeats and without the preferred label.

use crate::Labels;

/// The most alternatives that a concept may have in one language; official packages stay below 100.
const ALTERNATIVES_MAX: usize = 1_000;

/// Trims, makes each run of white space (line feeds, no-break spaces) one space, and drops characters that have no width.
pub(crate) fn clean_label(raw: &str) -> String {
    const NO_WIDTH: [char; 5] = ['\u{ad}', '\u{200b}', '\u{200e}', '\u{200f}', '\u{feff}'];
    let mut label = String::with_capacity(raw.len());
    for word in raw.split_whitespace() {
        let before = label.len();
        if before > 0 {
            label.push(' ');
        }
        let start = label.len();
        label.extend(word.chars().filter(|c| !NO_WIDTH.contains(c)));
        if label.len() == start {
            label.truncate(before);
        }
    }
    label
}

/// Splits a cell of alternative labels, one a line, and adds those that are new.
pub(super) fn add_alternatives(labels: &mut Labels, cell: &str) -> Result<(), String> {
    for line in cell.split(['\n', '\r']) {
        add_alternative(labels, clean_label(line))?;
    }
    Ok(())
}

/// Adds a clean label if it is new and not empty.
pub(crate) fn add_alternative(labels: &mut Labels, label: String) -> Result<(), String> {
    if label.is_empty() || label == labels.preferred || labels.alternatives.contains(&label) {
        return Ok(());
    }
    if labels.alternatives.len() == ALTERNATIVES_MAX {
        return Err(format!(
            "more than {ALTERNATIVES_MAX} alternative labels in language {}",
            labels.language
        ));
    }
    labels.alternatives.push(label);
    Ok(())
}

/// Gives the entry of `language`, which it adds empty where there is none, so that `all` stays sorted.
pub(crate) fn insert_labels<'l>(all: &'l mut Vec<Labels>, language: &str) -> &'l mut Labels {
    let at = match all.binary_search_by(|labels| labels.language.as_str().cmp(language)) {
        Ok(at) => at,
        Err(at) => {
            all.insert(
                at,
                Labels {
                    language: language.to_owned(),
                    ..Labels::default()
                },
            );
            at
        }
    };
    &mut all[at]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_is_one_clean_line() {
        let check = |raw: &str, label: &str| assert_eq!(clean_label(raw), label, "{raw:?}");
        check(" manage musical staff ", "manage musical staff");
        check("ICT\u{a0}safety", "ICT safety");
        check("two\nlines\r\n  here", "two lines here");
        check("zero\u{200b}width\u{feff}", "zerowidth");
        check("a \u{200b} b", "a b");
        check("\u{feff} \u{a0}\n", "");
        check("Gebäude  prüfen\t", "Gebäude prüfen");
    }

    #[test]
    fn alternatives_keep_their_order_without_repeats() {
        let mut labels = Labels {
            language: "en".to_owned(),
            preferred: "bake".to_owned(),
            alternatives: Vec::new(),
        };
        add_alternatives(&mut labels, "make bread\r\n bake \n\nmake  bread\nbaking").unwrap();
        add_alternatives(&mut labels, "baking\nuse an oven").unwrap();
        assert_eq!(labels.alternatives, ["make bread", "baking", "use an oven"]);
    }

    #[test]
    fn alternatives_are_bounded() {
        let mut labels = Labels {
            language: "en".to_owned(),
            ..Labels::default()
        };
        let cell = |n: usize| (0..n).map(|n| format!("label {n}\n")).collect::<String>();
        add_alternatives(&mut labels, &cell(ALTERNATIVES_MAX)).unwrap();
        assert_eq!(
            add_alternatives(&mut labels, &cell(ALTERNATIVES_MAX + 1)).unwrap_err(),
            "more than 1000 alternative labels in language en"
        );
    }
}
