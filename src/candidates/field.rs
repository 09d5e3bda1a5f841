//! What could any set of credentials close? A few numbers of every credential that helps, so that a bound speaks of the whole catalogue.

use skillgap_index::catalogue::{Place, Teaching};

/// Every credential that helps, in the order of the catalogue: what it adds to each demanded skill, and its sizes.
///
/// Memory: 8 bytes for each demanded skill that a credential covers, and 28 for each credential.
#[derive(Clone, Debug, Default)]
pub struct Field {
    places: Vec<Place>,
    /// By row: one past its last gain.
    ends: Vec<u32>,
    /// (position in the demand, share of the gap rounded up).
    gains: Vec<(u32, f32)>,
    /// Hours and cost, 0 where they are not stated or not asked for.
    sizes: Vec<(f64, f64)>,
    /// By position in the demand: the largest gain.
    best: Vec<f32>,
}

impl Field {
    /// Adds a credential. Its gains are shares of the gap by position in the demand.
    pub(super) fn push(&mut self, teaching: &Teaching<'_>, gains: impl Iterator<Item = (usize, f64)>) {
        for (at, gain) in gains {
            let gain = rounded_up(gain);
            if at >= self.best.len() {
                self.best.resize(at + 1, 0.0);
            }
            self.best[at] = self.best[at].max(gain);
            self.gains.push((at as u32, gain));
        }
        self.ends.push(self.gains.len() as u32);
        self.places.push(teaching.address);
        self.sizes.push((teaching.hours.unwrap_or_default(), teaching.cost.unwrap_or_default()));
    }

    /// Some fields, one after the other.
    pub(super) fn joined(fields: &[Self]) -> Self {
        let (n, n_gains) = (fields.iter().map(Self::len).sum(), fields.iter().map(|field| field.gains.len()).sum());
        let mut all = Self {
            places: Vec::with_capacity(n),
            ends: Vec::with_capacity(n),
            gains: Vec::with_capacity(n_gains),
            sizes: Vec::with_capacity(n),
            best: Vec::new(),
        };
        fields.iter().for_each(|field| all.extend(field));
        all
    }

    fn extend(&mut self, after: &Self) {
        let n_gains = self.gains.len() as u32;
        self.ends.extend(after.ends.iter().map(|end| n_gains + end));
        self.places.extend(&after.places);
        self.gains.extend(&after.gains);
        self.sizes.extend(&after.sizes);
        self.best.resize(self.best.len().max(after.best.len()), 0.0);
        self.best.iter_mut().zip(&after.best).for_each(|(best, other)| *best = best.max(*other));
    }

    /// Credentials.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether nothing helps.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// What all of them together would close.
    pub fn closure_of_all(&self) -> f64 {
        self.best.iter().map(|gain| f64::from(*gain)).sum::<f64>().min(1.0)
    }

    /// Where the credential of a row lies.
    pub fn place(&self, row: usize) -> Place {
        self.places[row]
    }

    /// The row of a credential, if it helps.
    pub fn row(&self, place: Place) -> Option<usize> {
        self.places.binary_search(&place).ok()
    }

    /// What a row adds to each demanded skill: shares of the gap, not below the true ones.
    pub fn gains(&self, row: usize) -> &[(u32, f32)] {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.gains[start as usize..self.ends[row] as usize]
    }

    /// Hours and cost of a row; 0 where they are not stated.
    pub fn sizes(&self, row: usize) -> (f64, f64) {
        self.sizes[row]
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

    #[test]
    fn gains_are_never_below_the_true_ones() {
        for number in 1..2_000_u32 {
            let value = f64::from(number) / 1_999.0;
            assert!(f64::from(rounded_up(value)) >= value && f64::from(rounded_up(value)) - value < 1e-7);
        }
    }
}
