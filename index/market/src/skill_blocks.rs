//! The same for the jobs that ask for one skill: blocks of theirs, unions of blocks of all jobs. What is said of a skill is of unions of these, or it
//! is not said.

use crate::blocks::{LEFT_OUT_MAX, Node, Tally};
use crate::job::Job;
use crate::windows::Window;

/// Of these blocks of a window, those whose jobs that ask for a skill may be counted; nothing where that cannot be said of them, because too many
/// are in a block with others, or are left out.
pub(crate) fn countable(
    window: &Window,
    all: &[Job],
    skill: u32,
    inside: &[bool],
) -> Option<Vec<bool>> {
    let root = window.blocks.root.as_ref()?;
    let mut gathering = Gathering {
        window,
        all,
        left_out: Vec::new(),
    };
    let (blocks, rest) = gathering.blocks(root, window.asking(skill));
    let mut counted = vec![false; inside.len()];
    let mut n_counted = 0;
    for block in blocks {
        let n_inside = block
            .parts
            .iter()
            .filter(|at| inside[**at as usize])
            .count();
        if n_inside == block.parts.len() {
            n_counted += block.tally.n;
            block
                .parts
                .iter()
                .for_each(|at| counted[*at as usize] = true);
        } else if n_inside > 0 {
            return None;
        }
    }
    let left_out = gathering.left_out.into_iter().chain(rest);
    let inside = |block: &Block| block.parts.iter().any(|at| inside[*at as usize]);
    let n_left_out: u32 = left_out.filter(inside).map(|block| block.tally.n).sum();
    let is_most = f64::from(n_left_out) <= LEFT_OUT_MAX * f64::from(n_counted + n_left_out);
    is_most.then_some(counted)
}

/// A block of the jobs that ask for a skill.
struct Block {
    tally: Tally,
    /// The blocks of all jobs that it lies in.
    parts: Vec<u32>,
}

impl Block {
    fn merge(&mut self, other: Self) {
        self.tally.merge(other.tally);
        self.parts.extend(other.parts);
    }
}

struct Gathering<'a> {
    window: &'a Window,
    all: &'a [Job],
    left_out: Vec<Block>,
}

impl Gathering<'_> {
    /// The blocks of a node, and the rest that may not be shown by itself. `asking` are the positions of the jobs of the node that ask for the skill.
    fn blocks(&mut self, node: &Node, asking: &[u32]) -> (Vec<Block>, Option<Block>) {
        if asking.is_empty() {
            return (Vec::new(), None);
        }
        if node.children.is_empty() {
            return self.leaf(node, asking);
        }
        let (mut blocks, mut rest, mut left) = (Vec::new(), None::<Block>, asking);
        for child in &node.children {
            let last = child.blocks.end.saturating_sub(1);
            let end = self
                .window
                .blocks
                .positions
                .get(last)
                .map_or(0, |of| of.end);
            let (of_child, after) = left.split_at(left.partition_point(|at| (*at as usize) < end));
            left = after;
            let (of_child, rest_of_child) = self.blocks(child, of_child);
            blocks.extend(of_child);
            match (&mut rest, rest_of_child) {
                (Some(rest), Some(further)) => rest.merge(further),
                (None, further) => rest = further,
                (Some(_), None) => {}
            }
        }
        let Some(gathered) = rest else {
            return (blocks, None);
        };
        if gathered.tally.may_be_shown() {
            blocks.push(gathered);
        } else if blocks.is_empty() {
            return (blocks, Some(gathered));
        } else if f64::from(gathered.tally.n) <= LEFT_OUT_MAX * asking.len() as f64 {
            self.left_out.push(gathered);
        } else if let Some(smallest) = blocks.iter_mut().min_by_key(|block| block.tally.n) {
            smallest.merge(gathered);
        }
        (blocks, None)
    }

    fn leaf(&mut self, node: &Node, asking: &[u32]) -> (Vec<Block>, Option<Block>) {
        let (blocks, at) = (&self.window.blocks, node.blocks.start);
        if blocks.is_left_out[at] {
            return (Vec::new(), None);
        }
        let jobs = asking
            .iter()
            .map(|at| &self.all[blocks.jobs[*at as usize] as usize]);
        let block = Block {
            tally: jobs.collect(),
            parts: vec![at as u32],
        };
        match block.tally.may_be_shown() {
            true => (vec![block], None),
            false => (Vec::new(), Some(block)),
        }
    }
}
