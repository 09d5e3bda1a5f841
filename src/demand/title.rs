//! Where does an ad say which job it is about? In its first short lines.

use super::AdText;
use super::segment::segments;

/// Segments that are looked at, and words of one that may still be a title.
const LINES_MAX: usize = 4;
const WORDS_MAX: usize = 20;

/// The first lines of an ad that are short enough for a title, in order; cleaned of tags and bullets.
pub fn title_lines(ad: AdText<'_>) -> Vec<String> {
    let first = segments(ad.as_str())
        .into_iter()
        .take(LINES_MAX)
        .map(|segment| segment.text);
    first
        .filter(|text| text.split_whitespace().count() <= WORDS_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_short_lines_may_be_titles() {
        let long = "word ".repeat(30);
        let ad = format!("<h1>Welder (m/f/d)</h1><p>{long}</p><p>We are looking for a welder.</p>");
        let lines = title_lines(AdText::new("ad", &ad, 10_000).unwrap());
        assert_eq!(lines, ["Welder (m/f/d)", "We are looking for a welder."]);
    }
}
