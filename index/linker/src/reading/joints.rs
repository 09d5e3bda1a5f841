//! Joints: words between the things that a text lists, which belong to none of them: *ainsi que*, *such as*, *u. a.*.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use skillgap_esco::text::Word;

/// What joint words do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    /// Join two things.
    Join,
    /// Lead in examples, or end a list.
    Introduce,
}

/// Folded words that join two things, in English, German, French, Spanish, Dutch, Italian, Polish, Swedish, Danish, Portuguese and Finnish. One word each is in
/// [`is_joint`](crate::languages::is_joint).
const JOINING: [&[&str]; 13] = [
    &["as", "well", "as"],
    &["sowie", "auch"],
    &["ainsi", "que"],
    &["asi", "como"],
    &["y", "tambien"],
    &["en", "ook"],
    &["nonche", "anche"],
    &["jak", "rowniez"],
    &["a", "takze"],
    &["saval", "som"],
    &["samt", "ogsa"],
    &["assim", "como"],
    &["seka", "myos"],
];

/// Folded words that lead in examples or end a list, in the same languages.
const INTRODUCING: [&[&str]; 51] = [
    &["such", "as"],
    &["for", "example"],
    &["e", "g"],
    &["eg"],
    &["including"],
    &["etc"],
    &["z", "b"],
    &["u", "a"],
    &["zum", "beispiel"],
    &["unter", "anderem"],
    &["beispielsweise"],
    &["insbesondere"],
    &["inkl"],
    &["usw"],
    &["par", "exemple"],
    &["p", "ex"],
    &["tels", "que"],
    &["telles", "que"],
    &["notamment"],
    &["por", "ejemplo"],
    &["p", "ej"],
    &["tales", "como"],
    &["zoals"],
    &["bijvoorbeeld"],
    &["bijv"],
    &["onder", "andere"],
    &["enz"],
    &["ad", "esempio"],
    &["ad", "es"],
    &["tra", "cui"],
    &["ecc"],
    &["na", "przyklad"],
    &["np"],
    &["takie", "jak"],
    &["takich", "jak"],
    &["miedzy", "innymi"],
    &["m", "in"],
    &["itp"],
    &["itd"],
    &["till", "exempel"],
    &["t", "ex"],
    &["bland", "annat"],
    &["bl", "a"],
    &["osv"],
    &["for", "eksempel"],
    &["f", "eks"],
    &["blandt", "andet"],
    &["por", "exemplo"],
    &["tais", "como"],
    &["esim"],
    &["kuten"],
];

/// The folded words of a joint, and what they do.
type Words = (&'static [&'static str], Joint);

/// Joint words by the first of them: most words begin none.
static JOINTS: LazyLock<FxHashMap<&str, Vec<Words>>> = LazyLock::new(|| {
    let joining = JOINING.iter().map(|joint| (*joint, Joint::Join));
    let introducing = INTRODUCING.iter().map(|joint| (*joint, Joint::Introduce));
    let mut joints: FxHashMap<&str, Vec<Words>> = FxHashMap::default();
    for (words, joint) in joining.chain(introducing) {
        if let Some(first) = words.first() {
            joints.entry(first).or_default().push((words, joint));
        }
    }
    joints
});

/// The joint words that stand at a position, by their number.
pub(super) fn joint_at(words: &[Word], at: usize) -> Option<(usize, Joint)> {
    let known = JOINTS.get(words[at].folded.as_str())?.iter();
    let stands = |(joint, _): &&Words| {
        let said = words[at..].iter().map(|word| word.folded.as_str());
        words.len() - at >= joint.len() && joint.iter().zip(said).all(|(a, b)| *a == b)
    };
    let longest = known.filter(stands).max_by_key(|(joint, _)| joint.len());
    longest.map(|(joint, what)| (joint.len(), *what))
}
