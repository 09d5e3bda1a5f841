//! What could any set of credentials close? A few numbers of every credential that helps, so that a bound speaks of the whole catalogue.

use rustc_hash::FxHashMap;
use skillgap_catalogue::{Place, Taught, Teaching};

use super::needs::Scorer;

/// Every credential that helps, by kind: those of one kind teach the same of what is missing, as surely, and take the same. A second one of a kind adds nothing
/// to a set with the first, and 20,000 credentials are of some 1,000 kinds.
///
/// Memory: 12 bytes for each credential, and for each kind some 150, 16 for each skill that it teaches and 8 for each that it covers.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// In the order of the catalogue.
    places: Vec<Place>,
    /// By place: the number of its kind.
    kind_of: Vec<u32>,
    /// Those that close most first; ties by what they teach and take.
    kinds: Vec<Kind>,
}

/// What makes credentials one kind: what they teach of what is missing, and the bits of their hours and their cost, 0 where these are not stated or not
/// asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

impl Kind {
    /// Nothing where such credentials do not help.
    fn of(traits: &Traits, scorer: &mut Scorer<'_>) -> Option<Self> {
        let closure = scorer.score(&traits.taught);
        let gains = || {
            scorer
                .gains()
                .map(|(at, gain)| (at as u32, rounded_up(gain)))
                .collect()
        };
        (closure > 0.0).then(|| Self {
            traits: traits.clone(),
            closure,
            gains: gains(),
            n: 0,
        })
    }
}

/// A field that credentials are added to, in the order of the catalogue.
#[derive(Default)]
pub(super) struct FieldBuilder {
    field: Field,
    /// The number of the kind with some traits; nothing where that does not help.
    known: FxHashMap<Traits, Option<u32>>,
    /// Those of the last credential.
    traits: Traits,
}

impl FieldBuilder {
    /// Adds a credential, if it helps.
    pub(super) fn push(&mut self, teaching: &Teaching<'_>, scorer: &mut Scorer<'_>) {
        self.traits.taught.clear();
        self.traits.taught.extend(scorer.needed(teaching.taught));
        self.traits.sizes =
            [teaching.hours, teaching.cost].map(|size| size.unwrap_or_default().to_bits());
        let number = match self.known.get(&self.traits) {
            Some(number) => *number,
            None => match Kind::of(&self.traits, scorer) {
                Some(kind) => Some(self.add(kind)),
                None => {
                    self.known.insert(self.traits.clone(), None);
                    None
                }
            },
        };
        if let Some(number) = number {
            self.field.kinds[number as usize].n += 1;
            self.field.places.push(teaching.address);
            self.field.kind_of.push(number);
        }
    }

    /// Adds a kind that is new; returns its number.
    fn add(&mut self, kind: Kind) -> u32 {
        let number = self.field.kinds.len() as u32;
        self.known.insert(kind.traits.clone(), Some(number));
        self.field.kinds.push(kind);
        number
    }

    /// Adds the credentials of another, which come after these.
    fn append(&mut self, after: Self) {
        let taken_in = |kind: Kind| match self.known.get(&kind.traits).copied().flatten() {
            Some(number) => {
                self.field.kinds[number as usize].n += kind.n;
                number
            }
            None => self.add(kind),
        };
        let numbers: Vec<u32> = after.field.kinds.into_iter().map(taken_in).collect();
        self.field.kind_of.extend(
            after
                .field
                .kind_of
                .iter()
                .map(|kind| numbers[*kind as usize]),
        );
        self.field.places.extend(after.field.places);
    }

    /// All of some, one after the other.
    pub(super) fn joined(builders: impl IntoIterator<Item = Self>) -> Field {
        let all = builders.into_iter().reduce(|mut all, after| {
            all.append(after);
            all
        });
        all.unwrap_or_default().field.sorted()
    }
}

impl Field {
    /// With its kinds in an order that does not depend on where credentials lie.
    fn sorted(mut self) -> Self {
        let mut kinds: Vec<(usize, Kind)> = self.kinds.into_iter().enumerate().collect();
        kinds.sort_unstable_by(|(_, a), (_, b)| {
            b.closure
                .total_cmp(&a.closure)
                .then_with(|| a.traits.cmp(&b.traits))
        });
        let mut numbers = vec![0; kinds.len()];
        kinds
            .iter()
            .zip(0..)
            .for_each(|((before, _), number)| numbers[*before] = number);
        self.kind_of
            .iter_mut()
            .for_each(|kind| *kind = numbers[*kind as usize]);
        self.kinds = kinds.into_iter().map(|(_, kind)| kind).collect();
        self
    }

    /// The credentials that close most: `n` of them, and all others that close as much as the last of these. In the order of the catalogue, each with
    /// the share of the gap that it closes.
    pub(super) fn most_closing(&self, n: usize) -> Vec<(f64, Place)> {
        let mut missing = n;
        let needed = |kind: &&Kind| {
            let is_needed = missing > 0;
            missing = missing.saturating_sub(kind.n);
            is_needed
        };
        let least = self
            .kinds
            .iter()
            .take_while(needed)
            .last()
            .map_or(f64::INFINITY, |kind| kind.closure);
        let each = self
            .kind_of
            .iter()
            .zip(&self.places)
            .map(|(kind, place)| (self.kinds[*kind as usize].closure, *place));
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

    /// Kinds of them. A kind is meant by its number below this.
    pub fn n_kinds(&self) -> usize {
        self.kinds.len()
    }

    /// What all of them together would close.
    pub fn closure_of_all(&self) -> f64 {
        let mut best: Vec<f32> = Vec::new();
        for (at, gain) in self.kinds.iter().flat_map(|kind| &kind.gains) {
            let at = *at as usize;
            best.resize(best.len().max(at + 1), 0.0);
            best[at] = best[at].max(*gain);
        }
        best.into_iter().map(f64::from).sum::<f64>().min(1.0)
    }

    /// The kind of a credential, if it helps.
    pub fn kind(&self, place: Place) -> Option<usize> {
        Some(self.kind_of[self.places.binary_search(&place).ok()?] as usize)
    }

    /// Where the credentials of some kinds lie: a list for each, in the order of the catalogue.
    pub fn places_of(&self, kinds: &[usize]) -> Vec<Vec<Place>> {
        let mut list_of = vec![None; self.kinds.len()];
        kinds
            .iter()
            .enumerate()
            .for_each(|(at, kind)| list_of[*kind] = Some(at));
        let mut lists = vec![Vec::new(); kinds.len()];
        for (place, kind) in self.places.iter().zip(&self.kind_of) {
            if let Some(at) = list_of[*kind as usize] {
                lists[at].push(*place);
            }
        }
        lists
    }

    /// Credentials of a kind.
    pub fn n_of(&self, kind: usize) -> usize {
        self.kinds[kind].n
    }

    /// What each of a kind adds to each demanded skill: shares of the gap, not below the true ones.
    pub fn gains(&self, kind: usize) -> &[(u32, f32)] {
        &self.kinds[kind].gains
    }

    /// Hours and cost of each of a kind; 0 where they are not stated.
    pub fn sizes(&self, kind: usize) -> (f64, f64) {
        let [hours, cost] = self.kinds[kind].traits.sizes;
        (f64::from_bits(hours), f64::from_bits(cost))
    }
}

/// The least number of 32 bits that is not below.
fn rounded_up(value: f64) -> f32 {
    let near = value as f32;
    if f64::from(near) < value {
        near.next_up()
    } else {
        near
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Credentials by place and hours; those that take as long are of one kind.
    fn builder(of: &[(u32, f64)]) -> FieldBuilder {
        let mut builder = FieldBuilder::default();
        for (document, hours) in of {
            let traits = Traits {
                taught: Vec::new(),
                sizes: [hours.to_bits(), 0],
            };
            let (closure, gains) = (hours / 10.0, vec![(*hours as u32, *hours as f32 / 10.0)]);
            let field = Field {
                places: vec![Place::new(0, *document)],
                kind_of: vec![0],
                kinds: vec![Kind {
                    traits,
                    closure,
                    gains,
                    n: 1,
                }],
            };
            builder.append(FieldBuilder {
                field,
                ..FieldBuilder::default()
            });
        }
        builder
    }

    const ALL: [(u32, f64); 6] = [(1, 1.0), (2, 3.0), (4, 1.0), (5, 2.0), (7, 3.0), (9, 3.0)];

    #[test]
    fn a_field_is_the_same_however_it_is_cut() {
        let at = |document| Place::new(0, document);
        for cut in 0..=ALL.len() {
            let field = FieldBuilder::joined([builder(&ALL[..cut]), builder(&ALL[cut..])]);
            let kinds = [1, 2, 4, 5, 7, 9, 3].map(|document| field.kind(at(document)));
            assert_eq!(
                kinds,
                [Some(2), Some(0), Some(2), Some(1), Some(0), Some(0), None]
            );
            assert_eq!(
                (
                    field.len(),
                    field.n_kinds(),
                    [0, 1, 2].map(|kind| field.n_of(kind))
                ),
                (6, 3, [3, 1, 2])
            );
            assert_eq!(
                (field.gains(2), field.sizes(1)),
                (&[(1, 0.1)][..], (2.0, 0.0))
            );
            assert!((field.closure_of_all() - 0.6).abs() < 1e-6);
            assert_eq!(
                field.places_of(&[2, 0]),
                [vec![at(1), at(4)], vec![at(2), at(7), at(9)]]
            );
        }
        assert!(
            FieldBuilder::joined([]).is_empty()
                && FieldBuilder::joined([]).most_closing(3).is_empty()
        );
    }

    #[test]
    fn those_that_close_most_come_with_all_that_close_as_much_as_the_last() {
        let field = FieldBuilder::joined([builder(&ALL)]);
        for (n, expected) in [
            (0, vec![]),
            (1, vec![2, 7, 9]),
            (3, vec![2, 7, 9]),
            (4, vec![2, 5, 7, 9]),
            (5, vec![1, 2, 4, 5, 7, 9]),
            (99, vec![1, 2, 4, 5, 7, 9]),
        ] {
            let found: Vec<u32> = field
                .most_closing(n)
                .into_iter()
                .map(|(_, place)| place.doc_id)
                .collect();
            assert_eq!(found, expected, "{n}");
        }
    }

    #[test]
    fn gains_are_never_below_the_true_ones() {
        for number in 1..2_000_u32 {
            let value = f64::from(number) / 1_999.0;
            assert!(
                f64::from(rounded_up(value)) >= value
                    && f64::from(rounded_up(value)) - value < 1e-7
            );
        }
    }
}
