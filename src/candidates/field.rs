//! What could any set of credentials close? A few numbers of every credential that helps, so that a bound speaks of the whole catalogue.

use rustc_hash::FxHashMap;
use skillgap_index::catalogue::{Place, Teaching};

/// Every credential that helps, by kind: those of one kind add the same to each demanded skill, and take the same. A second one of a kind adds nothing to a set
/// with the first, and 20,000 credentials are of some 1,000 kinds.
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
    /// The kind with a key.
    known: FxHashMap<Vec<u64>, u32>,
    /// By position in the demand: the largest gain.
    best: Vec<f32>,
    /// The key of the last credential.
    key: Vec<u64>,
}

/// What the credentials of a kind have in common.
#[derive(Clone, Debug)]
struct Kind {
    /// (position in the demand, share of the gap rounded up), in the order of the demand.
    gains: Vec<(u32, f32)>,
    /// Hours and cost, 0 where they are not stated or not asked for.
    sizes: (f64, f64),
    /// Credentials of this kind.
    n: usize,
}

impl Kind {
    /// The kind with a key: a number for each gain, then the bits of hours and cost.
    fn of(key: &[u64]) -> Self {
        let (gains, sizes) = key.split_at(key.len() - 2);
        let gain = |code: &u64| ((code >> 32) as u32, f32::from_bits(*code as u32));
        Self { gains: gains.iter().map(gain).collect(), sizes: (f64::from_bits(sizes[0]), f64::from_bits(sizes[1])), n: 0 }
    }
}

impl Field {
    /// Adds a credential. Its gains are shares of the gap by position in the demand, in that order.
    pub(super) fn push(&mut self, teaching: &Teaching<'_>, gains: impl Iterator<Item = (usize, f64)>) {
        let mut key = std::mem::take(&mut self.key);
        key.clear();
        key.extend(gains.map(|(at, gain)| (at as u64) << 32 | u64::from(rounded_up(gain).to_bits())));
        key.extend([teaching.hours, teaching.cost].map(|size| size.unwrap_or_default().to_bits()));
        let kind = self.kind_with(&key);
        self.table[kind as usize].n += 1;
        self.places.push(teaching.address);
        self.kinds.push(kind);
        self.key = key;
    }

    /// The kind with a key, which is there from now on.
    fn kind_with(&mut self, key: &[u64]) -> u32 {
        if let Some(kind) = self.known.get(key) {
            return *kind;
        }
        let (number, kind) = (self.table.len() as u32, Kind::of(key));
        for (at, gain) in &kind.gains {
            let at = *at as usize;
            self.best.resize(self.best.len().max(at + 1), 0.0);
            self.best[at] = self.best[at].max(*gain);
        }
        self.table.push(kind);
        self.known.insert(key.to_vec(), number);
        number
    }

    /// Some fields, one after the other.
    pub(super) fn joined(fields: Vec<Self>) -> Self {
        fields.into_iter().reduce(Self::followed_by).unwrap_or_default()
    }

    fn followed_by(mut self, after: Self) -> Self {
        let mut keys: Vec<(u32, Vec<u64>)> = after.known.into_iter().map(|(key, kind)| (kind, key)).collect();
        keys.sort_unstable_by_key(|(kind, _)| *kind);
        let here: Vec<u32> = keys.iter().map(|(_, key)| self.kind_with(key)).collect();
        here.iter().zip(&after.table).for_each(|(kind, there)| self.table[*kind as usize].n += there.n);
        self.kinds.extend(after.kinds.iter().map(|kind| here[*kind as usize]));
        self.places.extend(after.places);
        self
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
        self.table[kind].sizes
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

    fn field(of: &[(u32, &[(usize, f64)])]) -> Field {
        let mut field = Field::default();
        for (place, gains) in of {
            let address = Place::new(0, *place);
            field.push(&Teaching { address, taught: &[], levels: &[], hours: Some(8.0), cost: None }, gains.iter().copied());
        }
        field
    }

    #[test]
    fn credentials_that_add_the_same_are_one_kind_however_the_field_is_cut() {
        let (a, b, c): (&[_], &[_], &[_]) = (&[(0, 0.5)], &[(0, 0.5), (3, 0.1)], &[(3, 0.2)]);
        let all = [(1, a), (2, b), (4, a), (5, c), (7, b), (9, a)];
        for cut in 0..=all.len() {
            let field = Field::joined(vec![field(&all[..cut]), field(&all[cut..])]);
            assert_eq!((field.len(), field.n_kinds()), (6, 3));
            assert_eq!(
                [1, 2, 4, 5, 7, 9, 3].map(|at| field.kind(Place::new(0, at))),
                [0, 1, 0, 2, 1, 0, 9].map(|kind| Some(kind).filter(|kind| *kind < 9))
            );
            assert_eq!([0, 1, 2].map(|kind| field.n_of(kind)), [3, 2, 1]);
            assert_eq!((field.gains(1), field.sizes(1)), (&[(0, 0.5), (3, rounded_up(0.1))][..], (8.0, 0.0)));
            assert!((field.closure_of_all() - 0.7).abs() < 1e-6);
            let others = field.places_of(&[0, 2], 2, |place| place.doc_id != 1);
            assert_eq!(others, [4, 5, 9].map(|at| Place::new(0, at)));
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
