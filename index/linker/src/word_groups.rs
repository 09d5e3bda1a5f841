//! Word groups: a list of words by what they say, looked up by one folded word.

use rustc_hash::FxHashMap;
use skillgap_esco::text::fold;

/// Letters of a beginning by which it is found.
const KEY_BYTES: usize = 3;

/// Words by group.
pub(crate) struct WordGroups {
    groups: Vec<&'static str>,
    /// Folded word → position of its group.
    whole: FxHashMap<String, usize>,
    /// Folded beginnings of words with the positions of their groups, by their first letters.
    beginnings: FxHashMap<Vec<u8>, Vec<(String, usize)>>,
}

impl WordGroups {
    /// Reads `[group]` lines, then lines of words; a `*` at the end of a word, of three letters at least, lets it go on.
    pub(crate) fn parse(list: &'static str) -> Self {
        let mut read = Self {
            groups: Vec::new(),
            whole: FxHashMap::default(),
            beginnings: FxHashMap::default(),
        };
        for (name, line) in grouped(list) {
            if read.groups.last() != Some(&name) {
                read.groups.push(name);
            }
            let group = read.groups.len() - 1;
            for word in line.split_whitespace() {
                match word.strip_suffix('*') {
                    Some(beginning) => {
                        let beginning = fold(beginning);
                        let key = beginning.as_bytes().iter().take(KEY_BYTES);
                        let of_key = read.beginnings.entry(key.copied().collect()).or_default();
                        of_key.push((beginning, group));
                    }
                    None => drop(read.whole.entry(fold(word)).or_insert(group)),
                }
            }
        }
        read
    }

    /// The group of a folded word: as a whole, else by its longest beginning.
    pub(crate) fn group_of(&self, folded: &str) -> Option<&'static str> {
        let begun = || {
            let key = folded.as_bytes().get(..KEY_BYTES)?;
            let known = self.beginnings.get(key)?.iter();
            known
                .filter(|(beginning, _)| folded.starts_with(beginning.as_str()))
                .max_by_key(|(beginning, _)| beginning.len())
                .map(|(_, group)| group)
        };
        let group = self.whole.get(folded).or_else(begun)?;
        self.groups.get(*group).copied()
    }

    /// The names of the groups.
    pub(crate) fn groups(&self) -> &[&'static str] {
        &self.groups
    }
}

/// The lines of a list with the group that each stands in.
pub(crate) fn grouped(list: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut group = "";
    list.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(move |line| {
            match line
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
            {
                Some(name) => {
                    group = name;
                    None
                }
                None => Some((group, line)),
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_whole_or_by_its_longest_beginning() {
        let groups = WordGroups::parse("[a]\nund polsk*\n[b]\npolska polskie*");
        for (word, group) in [
            ("und", Some("a")),
            ("unde", None),
            ("polskt", Some("a")),
            ("polska", Some("b")),
            ("polskiego", Some("b")),
            ("po", None),
        ] {
            assert_eq!(groups.group_of(word), group, "{word}");
        }
    }
}
