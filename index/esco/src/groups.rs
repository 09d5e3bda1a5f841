//! [`Groups`]: items by row, in two arrays.

/// Items by row: those of row `i` are `items[starts[i]..starts[i + 1]]`. Memory: 4 bytes a row beside the items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Groups<T> {
    fn default() -> Self {
        Self {
            starts: vec![0],
            items: Vec::new(),
        }
    }
}

impl<T> Groups<T> {
    /// Adds a row with its items.
    pub fn push(&mut self, items: impl IntoIterator<Item = T>) {
        self.items.extend(items);
        self.starts.push(self.items.len() as u32);
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// All items, row after row.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// The items of a row; none for one out of range.
    pub fn of(&self, row: usize) -> &[T] {
        match self.starts.get(row..row.saturating_add(2)) {
            Some([from, to]) => &self.items[*from as usize..*to as usize],
            _ => &[],
        }
    }
}

impl<T: Copy + Default> Groups<T> {
    /// Sorts items by their rows, in `n_rows` rows; of one row in the order in which they come. Those of rows beyond the last are left out. Cost: two passes.
    pub fn by_row(n_rows: usize, pairs: impl Iterator<Item = (u32, T)> + Clone) -> Self {
        let pairs = pairs.filter(|(row, _)| (*row as usize) < n_rows);
        let mut starts = vec![0_u32; n_rows + 1];
        pairs
            .clone()
            .for_each(|(row, _)| starts[row as usize + 1] += 1);
        (0..n_rows).for_each(|row| starts[row + 1] += starts[row]);
        let mut next = starts.clone();
        let mut items = vec![T::default(); starts[n_rows] as usize];
        for (row, item) in pairs {
            let at = &mut next[row as usize];
            items[*at as usize] = item;
            *at += 1;
        }
        Self { starts, items }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_found_by_row_in_their_order() {
        let mut groups = Groups::default();
        groups.push([5, 4]);
        groups.push([]);
        groups.push([3]);
        let rows = |groups: &Groups<u32>| {
            (0..4)
                .map(|row| groups.of(row).to_vec())
                .collect::<Vec<_>>()
        };
        let expected = [vec![5, 4], vec![], vec![3], vec![]];
        assert_eq!(rows(&groups), expected);
        let pairs = [(0, 5), (2, 3), (0, 4), (9, 1)];
        assert_eq!(Groups::by_row(3, pairs.into_iter()), groups);
        assert_eq!((groups.n_rows(), groups.items().len()), (3, 3));
    }
}
