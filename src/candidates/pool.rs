//! The candidate pool: every credential that helps, by equivalence class, so that a bound speaks of the whole catalogue.

use rustc_hash::FxHashMap;
use skillgap_catalogue::{Place, Taught, Teaching};

use super::needs::Needs;

/// Every credential that helps, by class: those of one class teach the same of what is missing, as surely, and take the same. A second one of a class adds nothing
/// to a set with the first, and 20,000 credentials are of some 1,000 classes.
///
/// Memory: 12 bytes for each credential, and for each class some 150, 16 for each skill that it teaches and 8 for each that it covers.
#[derive(Clone, Debug, Default)]
pub struct CandidatePool {
    /// In the order of the catalogue.
    places: Vec<Place>,
    /// By place: the number of its class.
    class_of: Vec<u32>,
    /// Those that close most first; ties by what they teach and take.
    classes: Vec<EquivalenceClass>,
}

/// What makes credentials one class: what they teach of what is missing, and the bits of their hours and their cost, 0 where these are not stated or not
/// asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct ClassKey {
    taught: Vec<Taught>,
    sizes: [u64; 2],
}

/// What the credentials of a class do.
#[derive(Clone, Debug)]
struct EquivalenceClass {
    key: ClassKey,
    /// Share of the gap that each closes, in (0, 1].
    closure: f64,
    /// How likely each is of use by what it teaches, in [0, 1].
    likely: f64,
    /// (position in the demand, share of the gap rounded up), in the order of the demand.
    gains: Vec<(u32, f32)>,
    /// Credentials of this class.
    n: usize,
}

impl EquivalenceClass {
    /// Nothing where such credentials do not help.
    fn of(key: &ClassKey, needs: &Needs) -> Option<Self> {
        let links = key.taught.iter().map(|taught| {
            let (skill, confidence) = taught.link();
            (skill, confidence, taught.level())
        });
        let covers = needs.covered_by(links);
        let closure = needs.closure(covers.iter().map(|covered| (covered.at, covered.coverage)));
        let gains = covers.iter().map(|covered| {
            let gain = needs.gain(covered.at, covered.coverage);
            (covered.at as u32, rounded_up(gain))
        });
        (closure > 0.0).then(|| Self {
            key: key.clone(),
            closure,
            likely: needs.likely(&covers),
            gains: gains.collect(),
            n: 0,
        })
    }
}

/// A pool that credentials are added to, in the order of the catalogue.
#[derive(Default)]
pub(super) struct PoolBuilder {
    pool: CandidatePool,
    /// The number of the class with some key; nothing where that does not help.
    known: FxHashMap<ClassKey, Option<u32>>,
    /// Those of the last credential.
    key: ClassKey,
}

impl PoolBuilder {
    /// Adds a credential, if it helps.
    pub(super) fn push(&mut self, teaching: &Teaching<'_>, needs: &Needs) {
        self.key.taught.clear();
        let wanted = teaching
            .taught
            .iter()
            .filter(|taught| needs.wants(taught.skill()));
        self.key.taught.extend(wanted);
        self.key.sizes =
            [teaching.hours, teaching.cost].map(|size| size.unwrap_or_default().to_bits());
        let number = match self.known.get(&self.key) {
            Some(number) => *number,
            None => match EquivalenceClass::of(&self.key, needs) {
                Some(class) => Some(self.add(class)),
                None => {
                    self.known.insert(self.key.clone(), None);
                    None
                }
            },
        };
        if let Some(number) = number {
            self.pool.classes[number as usize].n += 1;
            self.pool.places.push(teaching.address);
            self.pool.class_of.push(number);
        }
    }

    /// Adds a class that is new; returns its number.
    fn add(&mut self, class: EquivalenceClass) -> u32 {
        let number = self.pool.classes.len() as u32;
        self.known.insert(class.key.clone(), Some(number));
        self.pool.classes.push(class);
        number
    }

    /// Adds the credentials of another, which come after these.
    fn append(&mut self, after: Self) {
        let taken_in = |class: EquivalenceClass| match self.known.get(&class.key).copied().flatten()
        {
            Some(number) => {
                self.pool.classes[number as usize].n += class.n;
                number
            }
            None => self.add(class),
        };
        let numbers: Vec<u32> = after.pool.classes.into_iter().map(taken_in).collect();
        self.pool.class_of.extend(
            after
                .pool
                .class_of
                .iter()
                .map(|class| numbers[*class as usize]),
        );
        self.pool.places.extend(after.pool.places);
    }

    /// All of some, one after the other.
    pub(super) fn joined(builders: impl IntoIterator<Item = Self>) -> CandidatePool {
        let all = builders.into_iter().reduce(|mut all, after| {
            all.append(after);
            all
        });
        all.unwrap_or_default().pool.sorted()
    }
}

impl CandidatePool {
    /// With its classes in an order that does not depend on where credentials lie.
    fn sorted(mut self) -> Self {
        let mut classes: Vec<(usize, EquivalenceClass)> =
            self.classes.into_iter().enumerate().collect();
        classes.sort_unstable_by(|(_, a), (_, b)| {
            b.closure
                .total_cmp(&a.closure)
                .then_with(|| a.key.cmp(&b.key))
        });
        let mut numbers = vec![0; classes.len()];
        classes
            .iter()
            .zip(0..)
            .for_each(|((before, _), number)| numbers[*before] = number);
        self.class_of
            .iter_mut()
            .for_each(|class| *class = numbers[*class as usize]);
        self.classes = classes.into_iter().map(|(_, class)| class).collect();
        self
    }

    /// The credentials that close most: `n` of them, and all others that close as much as the last of these. In the order of the catalogue, each with
    /// the share of the gap that it closes.
    pub(super) fn most_closing(&self, n: usize) -> Vec<(f64, Place)> {
        let mut missing = n;
        let needed = |class: &&EquivalenceClass| {
            let is_needed = missing > 0;
            missing = missing.saturating_sub(class.n);
            is_needed
        };
        let least = self
            .classes
            .iter()
            .take_while(needed)
            .last()
            .map_or(f64::INFINITY, |class| class.closure);
        let each = self
            .class_of
            .iter()
            .zip(&self.places)
            .map(|(class, place)| (self.classes[*class as usize].closure, *place));
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

    /// Kinds of them. A class is meant by its number below this.
    pub fn n_classes(&self) -> usize {
        self.classes.len()
    }

    /// What all of them together would close.
    pub fn closure_of_all(&self) -> f64 {
        let mut best: Vec<f32> = Vec::new();
        for (at, gain) in self.classes.iter().flat_map(|class| &class.gains) {
            let at = *at as usize;
            best.resize(best.len().max(at + 1), 0.0);
            best[at] = best[at].max(*gain);
        }
        best.into_iter().map(f64::from).sum::<f64>().min(1.0)
    }

    /// Up to `n` classes that together cover everything by the best: each next one adds most to those before it, whatever its credentials require
    /// before; where none adds anything, the next best begin anew. Ties go to the class that closes more. None that is less likely of use than `likely_min`.
    pub fn greedy(&self, n: usize, likely_min: f64) -> Vec<usize> {
        let likely = |class: &&EquivalenceClass| class.likely >= likely_min;
        let all = || {
            self.classes
                .iter()
                .filter(likely)
                .flat_map(|class| &class.gains)
        };
        let n_skills = all()
            .map(|(at, _)| *at as usize + 1)
            .max()
            .unwrap_or_default();
        let (mut chosen, mut reached) = (Vec::new(), vec![0.0_f32; n_skills]);
        while chosen.len() < n.min(self.classes.len()) {
            let mut best = (0.0, None);
            let numbered = self.classes.iter().enumerate();
            for (number, class) in numbered.filter(|(_, class)| likely(class)) {
                // What a class adds is no more than it closes, and those that close most come first.
                if class.closure < f64::from(best.0) {
                    break;
                }
                let gains = class.gains.iter();
                let added: f32 = gains
                    .map(|(at, gain)| (gain - reached[*at as usize]).max(0.0))
                    .sum();
                if added > best.0 && !chosen.contains(&number) {
                    best = (added, Some(number));
                }
            }
            let Some(number) = best.1 else {
                if reached.iter().all(|reached| *reached == 0.0) {
                    break;
                }
                reached.fill(0.0);
                continue;
            };
            for (at, gain) in &self.classes[number].gains {
                reached[*at as usize] = reached[*at as usize].max(*gain);
            }
            chosen.push(number);
        }
        chosen
    }

    /// The class of a credential, if it helps.
    pub fn class(&self, place: Place) -> Option<usize> {
        Some(self.class_of[self.places.binary_search(&place).ok()?] as usize)
    }

    /// Where the credentials of some classes lie: a list for each, in the order of the catalogue.
    pub fn places_of(&self, classes: &[usize]) -> Vec<Vec<Place>> {
        let mut list_of = vec![None; self.classes.len()];
        classes
            .iter()
            .enumerate()
            .for_each(|(at, class)| list_of[*class] = Some(at));
        let mut lists = vec![Vec::new(); classes.len()];
        for (place, class) in self.places.iter().zip(&self.class_of) {
            if let Some(at) = list_of[*class as usize] {
                lists[at].push(*place);
            }
        }
        lists
    }

    /// Credentials of a class.
    pub fn n_of(&self, class: usize) -> usize {
        self.classes[class].n
    }

    /// How likely each of a class is of use by what it teaches, in [0, 1]. Its wording may say more of one that was scored.
    pub fn likely(&self, class: usize) -> f64 {
        self.classes[class].likely
    }

    /// What each of a class adds to each demanded skill: shares of the gap, not below the true ones.
    pub fn gains(&self, class: usize) -> &[(u32, f32)] {
        &self.classes[class].gains
    }

    /// Hours and cost of each of a class; 0 where they are not stated.
    pub fn sizes(&self, class: usize) -> (f64, f64) {
        let [hours, cost] = self.classes[class].key.sizes;
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

    /// Credentials by place and hours; those that take as long are of one class.
    fn builder(of: &[(u32, f64)]) -> PoolBuilder {
        let mut builder = PoolBuilder::default();
        for (document, hours) in of {
            let key = ClassKey {
                taught: Vec::new(),
                sizes: [hours.to_bits(), 0],
            };
            let (closure, gains) = (hours / 10.0, vec![(*hours as u32, *hours as f32 / 10.0)]);
            let pool = CandidatePool {
                places: vec![Place::new(0, *document)],
                class_of: vec![0],
                classes: vec![EquivalenceClass {
                    key,
                    closure,
                    likely: 1.0,
                    gains,
                    n: 1,
                }],
            };
            builder.append(PoolBuilder {
                pool,
                ..PoolBuilder::default()
            });
        }
        builder
    }

    const ALL: [(u32, f64); 6] = [(1, 1.0), (2, 3.0), (4, 1.0), (5, 2.0), (7, 3.0), (9, 3.0)];

    #[test]
    fn a_field_is_the_same_however_it_is_cut() {
        let at = |document| Place::new(0, document);
        for cut in 0..=ALL.len() {
            let pool = PoolBuilder::joined([builder(&ALL[..cut]), builder(&ALL[cut..])]);
            let classes = [1, 2, 4, 5, 7, 9, 3].map(|document| pool.class(at(document)));
            assert_eq!(
                classes,
                [Some(2), Some(0), Some(2), Some(1), Some(0), Some(0), None]
            );
            assert_eq!(
                (
                    pool.len(),
                    pool.n_classes(),
                    [0, 1, 2].map(|class| pool.n_of(class))
                ),
                (6, 3, [3, 1, 2])
            );
            assert_eq!(
                (pool.gains(2), pool.sizes(1)),
                (&[(1, 0.1)][..], (2.0, 0.0))
            );
            assert!((pool.closure_of_all() - 0.6).abs() < 1e-6);
            assert_eq!(
                pool.places_of(&[2, 0]),
                [vec![at(1), at(4)], vec![at(2), at(7), at(9)]]
            );
        }
        assert!(
            PoolBuilder::joined([]).is_empty()
                && PoolBuilder::joined([]).most_closing(3).is_empty()
        );
    }

    #[test]
    fn those_that_close_most_come_with_all_that_close_as_much_as_the_last() {
        let pool = PoolBuilder::joined([builder(&ALL)]);
        for (n, expected) in [
            (0, vec![]),
            (1, vec![2, 7, 9]),
            (3, vec![2, 7, 9]),
            (4, vec![2, 5, 7, 9]),
            (5, vec![1, 2, 4, 5, 7, 9]),
            (99, vec![1, 2, 4, 5, 7, 9]),
        ] {
            let found: Vec<u32> = pool
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
