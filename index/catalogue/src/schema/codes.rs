//! Codes of facts as numbers, by which columns are filtered and ranked, and back.

use skillgap_credentials::credential::{Credential, DeliveryMode, PrerequisiteGroup, Signal};
use skillgap_esco::SkillId;
use skillgap_esco::text::{stable_hash, words};

/// Confidence in steps of 1/10000 below, row above, and above that the level of a language, 0 where none is stated.
pub fn teach_code(skill: SkillId, confidence: f64, level: u8) -> u64 {
    u64::from(level) << 48
        | u64::from(skill.0) << 16
        | (confidence.clamp(0.0, 1.0) * 10_000.0).round() as u64
}

/// What [`teach_code`] wrote.
pub fn teach_decode(code: u64) -> (SkillId, f64) {
    (
        SkillId((code >> 16) as u32),
        (code & 0xffff) as f64 / 10_000.0,
    )
}

/// The skill and its level of a language from what [`teach_code`] wrote; nothing where no level is stated.
pub fn level_decode(code: u64) -> Option<(SkillId, u8)> {
    let level = (code >> 48) as u8;
    (level > 0).then_some((SkillId((code >> 16) as u32), level))
}

/// Each group as how many of how many (high and low half of a number), then the hashed ids of its members.
pub fn groups_code(groups: &[PrerequisiteGroup]) -> impl Iterator<Item = u64> + '_ {
    groups.iter().flat_map(|group| {
        let head = u64::from(group.held_min) << 32 | group.credential_ids.len() as u64;
        std::iter::once(head).chain(group.credential_ids.iter().map(|id| id_hash(id)))
    })
}

/// What [`groups_code`] wrote: how many of which hashed ids.
pub fn groups_decode(mut codes: impl Iterator<Item = u64>) -> Vec<(usize, Vec<u64>)> {
    let mut groups = Vec::new();
    while let Some(head) = codes.next() {
        groups.push((
            (head >> 32) as usize,
            codes.by_ref().take((head & 0xffff_ffff) as usize).collect(),
        ));
    }
    groups
}

/// The id of a credential as a number, for columns.
pub fn id_hash(id: &str) -> u64 {
    stable_hash(id.bytes())
}

/// A short code such as `EUR` or `de` as a number, without regard to case.
pub fn letters_code(code: &str) -> u64 {
    code.bytes().take(8).fold(0, |number, byte| {
        number << 8 | u64::from(byte.to_ascii_lowercase())
    })
}

/// What [`letters_code`] wrote, in lower case.
pub fn letters_decode(code: u64) -> String {
    code.to_be_bytes()
        .into_iter()
        .filter(|byte| *byte != 0)
        .map(char::from)
        .collect()
}

/// The id or name of a right as a number, without regard to case and accents.
pub fn right_key(right: &str) -> u64 {
    let folded: Vec<String> = words(right).into_iter().map(|word| word.folded).collect();
    stable_hash(folded.join(" ").bytes())
}

/// The number of a mode in the contract.
pub fn mode_code(mode: DeliveryMode) -> u64 {
    mode as u64
}

/// Two bits a signal, in the order of [`Signal::ALL`]: 0 not stated, 1 yes, 2 no.
pub fn signal_code(credential: &Credential) -> u64 {
    let bits = |signal: &Signal| match credential.signal(*signal) {
        None => 0,
        Some(stated) if stated.is_so() => 1,
        Some(_) => 2,
    };
    Signal::ALL
        .iter()
        .enumerate()
        .fold(0, |code, (at, signal)| code | bits(signal) << (2 * at))
}

/// What [`signal_code`] wrote: each signal that is stated, with its value.
pub fn signal_decode(code: u64) -> Vec<(Signal, bool)> {
    let stated = |(at, signal)| match code >> (2 * at) & 3 {
        1 => Some((signal, true)),
        2 => Some((signal, false)),
        _ => None,
    };
    Signal::ALL
        .into_iter()
        .enumerate()
        .filter_map(stated)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use skillgap_credentials::credential::{Quality, TrustSignal};

    #[test]
    fn codes_and_back() {
        assert_eq!(letters_decode(letters_code("EUR")), "eur");
        assert_eq!(letters_decode(letters_code("*")), "*");
        assert_eq!(
            teach_decode(teach_code(SkillId(13_890), 0.75, 3)),
            (SkillId(13_890), 0.75)
        );
        assert_eq!(
            level_decode(teach_code(SkillId(13_890), 0.75, 3)),
            Some((SkillId(13_890), 3))
        );
        assert_eq!(level_decode(teach_code(SkillId(13_890), 0.75, 0)), None);
    }

    #[test]
    fn groups_keep_their_counts_and_members() {
        let group = |held_min, ids: &[&str]| PrerequisiteGroup {
            held_min,
            credential_ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        };
        let groups = [group(1, &["a", "b"]), group(2, &[]), group(1, &["c"])];
        let decoded = groups_decode(groups_code(&groups));
        assert_eq!(
            decoded,
            [
                (1, vec![id_hash("a"), id_hash("b")]),
                (2, vec![]),
                (1, vec![id_hash("c")])
            ]
        );
    }

    #[test]
    fn signals_are_three_valued() {
        let credential = Credential {
            quality: Some(Quality {
                trust_signals: vec![
                    TrustSignal::of(Signal::Assessed, false, ""),
                    TrustSignal::of(Signal::Guidance, true, ""),
                ],
                ..Quality::default()
            }),
            ..Credential::default()
        };
        assert_eq!(
            signal_decode(signal_code(&credential)),
            [(Signal::Assessed, false), (Signal::Guidance, true)]
        );
    }
}
