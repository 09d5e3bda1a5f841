//! What could any set of credentials close? A few numbers of every credential that helps, so that a bound speaks of the whole catalogue.

use rustc_hash::FxHashMap;
use skillgap_index::catalogue::{Place, Taught, Teaching};

use super::needs::Scorer;

/// Every credential that helps, by kind: those of one kind teach the same of what is missing, as surely, and take the same. A second one of a kind adds nothing
/// to a set with the first, and 20,000 credentials are of some 1,000 kinds.
///
/// Memory: 12 bytes for each credential, and some 150 for each kind.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// In the order of the catalogue.
    places: Vec<Place>,
    /// By place.
    kinds: Vec<u32>,
    /// In the order in which the catalogue has the first of each.
    table: Vec<Kind>,
    /// The kind of those that teach and take something; nothing where that does not help.
    known: FxHashMap<Traits, Option<u32>>,
    /// By position in the demand: the largest gain.
    best: Vec<f32>,
    /// Those of the last credential.
    traits: Traits,
}

/// What makes credentials one kind: what they teach of what is missing, and the bits of their hours and their
/// cost, 0 where these are not stated or not asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Traits {
    taught: Vec<Taught>,
    sizes: [u64; 2],
}

/// What the credentials of a kind do.
#[derive(Clone, Debug)]
struct Kind {
    traits: Traits,
    /// Share of the gap that each closes, in (0, 1].
    closure: f64,
    /// (position in the demand, share of the gap rounded up), in the order of the demand.
    gains: Vec<(u32, f32)>,
    /// Credentials of this kind.
    n: usize,
}

impl Field {
    /// Adds a credential, if it helps.
    pub(super) fn push(&mut self, teaching: &Teaching<'_>, scorer: &mut Scorer<'_>) {
        self.traits.taught.clear();
        self.traits.taught.extend(scorer.needed(teaching.taught));
        self.traits.sizes = [teaching.hours, teaching.cost].map(|size| size.unwrap_or_default().to_bits());
        let kind = match self.known.get(&self.traits) {
            Some(kind) => *kind,
            None => self.met_first(scorer),
        };
        if let Some(kind) = kind {
            self.table[kind as usize].n += 1;
            self.places.push(teaching.address);
            self.kinds.push(kind);
        }
    }

    /// The kind of the credential at hand, of which none was met before.
    fn met_first(&mut self, scorer: &mut Scorer<'_>) -> Option<u32> {
        let closure = scorer.score(&self.traits.taught);
        if closure <= 0.0 {
            self.known.insert(self.traits.clone(), None);
            return None;
        }
        let gains = scorer.gains().map(|(at, gain)| (at as u32, rounded_up(gain))).collect();
        Some(self.add(Kind { traits: self.traits.clone(), closure, gains, n: 0 }))
    }

    /// Adds a kind, or those of it to those that are there; returns its number.
    fn add(&mut self, kind: Kind) -> u32 {
        if let Some(Some(known)) = self.known.get(&kind.traits) {
            self.table[*known as usize].n += kind.n;
            return *known;
        }
        for (at, gain) in &kind.gains {
            let at = *at as usize;
            self.best.resize(self.best.len().max(at + 1), 0.0);
            self.best[at] = self.best[at].max(*gain);
        }
        let number = self.table.len() as u32;
        self.known.insert(kind.traits.clone(), Some(number));
        self.table.push(kind);
        number
    }

    /// Some fields, one after the other.
    pub(super) fn joined(fields: impl IntoIterator<Item = Self>) -> Self {
        fields.into_iter().reduce(Self::followed_by).unwrap_or_default()
    }

    fn followed_by(mut self, after: Self) -> Self {
        let here: Vec<u32> = after.table.into_iter().map(|kind| self.add(kind)).collect();
        self.kinds.extend(after.kinds.iter().map(|kind| here[*kind as usize]));
        self.places.extend(after.places);
        self
    }

    /// The credentials that close most: `n` of them, and all others that close as much as the last of these. In the order of the catalogue, each with
    /// the share of the gap that it closes.
    pub(super) fn most_closing(&self, n: usize) -> Vec<(f64, Place)> {
        let mut by_closure: Vec<(f64, usize)> = self.table.iter().map(|kind| (kind.closure, kind.n)).collect();
        by_closure.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let (mut least, mut missing) = (f64::INFINITY, n);
        for (closure, n_of) in by_closure {
            if missing == 0 {
                break;
            }
            (least, missing) = (closure, missing.saturating_sub(n_of));
        }
        let each = self.kinds.iter().zip(&self.places).map(|(kind, place)| (self.table[*kind as usize].closure, *place));
        each.filter(|(closure, _)| *closure >= least).collect()
    }

    /// Credentials.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether nothing helps.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Kinds of them.
    pub fn n_kinds(&self) -> usize {
        self.table.len()
    }

    /// What all of them together would close.
    pub fn closure_of_all(&self) -> f64 {
        self.best.iter().map(|gain| f64::from(*gain)).sum::<f64>().min(1.0)
    }

    /// The kind of a credential, if it helps.
    pub fn kind(&self, place: Place) -> Option<usize> {
        Some(self.kinds[self.places.binary_search(&place).ok()?] as usize)
    }

    /// Where credentials of some kinds lie that are wanted, up to `most` of each, in the order of the catalogue.
    pub fn places_of(&self, kinds: &[usize], most: usize, is_wanted: impl Fn(Place) -> bool) -> Vec<Place> {
        let mut left = vec![0; self.table.len()];
        kinds.iter().for_each(|kind| left[*kind] = most);
        let mut places = Vec::new();
        for (place, kind) in self.places.iter().zip(&self.kinds) {
            let left = &mut left[*kind as usize];
            if *left > 0 && is_wanted(*place) {
                *left -= 1;
                places.push(*place);
            }
        }
        places
    }

    /// Credentials of a kind.
    pub fn n_of(&self, kind: usize) -> usize {
        self.table[kind].n
    }

    /// What each of a kind adds to each demanded skill: shares of the gap, not below the true ones.
    pub fn gains(&self, kind: usize) -> &[(u32, f32)] {
        &self.table[kind].gains
    }

    /// Hours and cost of each of a kind; 0 where they are not stated.
    pub fn sizes(&self, kind: usize) -> (f64, f64) {
        let [hours, cost] = self.table[kind].traits.sizes;
        (f64::from_bits(hours), f64::from_bits(cost))
    }
}

/// The least number of 32 bits that is not below.
fn rounded_up(value: f64) -> f32 {
    let near = value as f32;
    if f64::from(near) < value { near.next_up() } else { near }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A field of credentials by place and hours; those that take as long are of one kind.
    fn field(of: &[(u32, f64)]) -> Field {
        let mut field = Field::default();
        for (document, hours) in of {
            let traits = Traits { taught: Vec::new(), sizes: [hours.to_bits(), 0] };
            let kind = field.add(Kind { traits, closure: hours / 10.0, gains: vec![(*hours as u32, *hours as f32 / 10.0)], n: 1 });
            field.places.push(Place::new(0, *document));
            field.kinds.push(kind);
        }
        field
    }

    #[test]
    fn a_field_is_the_same_however_it_is_cut() {
        let all = [(1, 3.0), (2, 1.0), (4, 3.0), (5, 2.0), (7, 1.0), (9, 3.0)];
        let at = |document| Place::new(0, document);
        for cut in 0..=all.len() {
            let field = Field::joined([field(&all[..cut]), field(&all[cut..])]);
            assert_eq!(
                [1, 2, 4, 5, 7, 9, 3].map(|document| field.kind(at(document))),
                [Some(0), Some(1), Some(0), Some(2), Some(1), Some(0), None]
            );
            assert_eq!((field.len(), field.n_kinds(), [0, 1, 2].map(|kind| field.n_of(kind))), (6, 3, [3, 2, 1]));
            assert_eq!((field.gains(1), field.sizes(2)), (&[(1, 0.1)][..], (2.0, 0.0)));
            assert!((field.closure_of_all() - 0.6).abs() < 1e-6);
            assert_eq!(field.places_of(&[0, 2], 2, |place| place != at(1)), [4, 5, 9].map(at));
        }
    }

    #[test]
    fn those_that_close_most_come_with_all_that_close_as_much_as_the_last() {
        let field = field(&[(1, 3.0), (2, 1.0), (4, 3.0), (5, 2.0), (7, 1.0), (9, 3.0)]);
        for (n, expected) in [
            (0, vec![]),
            (1, vec![1, 4, 9]),
            (3, vec![1, 4, 9]),
            (4, vec![1, 4, 5, 9]),
            (5, vec![1, 2, 4, 5, 7, 9]),
            (99, vec![1, 2, 4, 5, 7, 9]),
        ] {
            let found: Vec<u32> = field.most_closing(n).into_iter().map(|(_, place)| place.doc_id).collect();
            assert_eq!(found, expected, "{n}");
        }
    }

    #[test]
    fn gains_are_never_below_the_true_ones() {
        for number in 1..2_000_u32 {
            let value = f64::from(number) / 1_999.0;
            assert!(f64::from(rounded_up(value)) >= value && f64::from(rounded_up(value)) - value < 1e-7);
        }
    }
}
