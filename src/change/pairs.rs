//! Pairs what was there before with what is there now: by one key after the other, each thing once.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// Which of the things of now each thing of then is.
pub(super) struct Pairs {
    of_then: Vec<Option<usize>>,
    of_now: Vec<bool>,
}

impl Pairs {
    pub(super) fn new(then: usize, now: usize) -> Self {
        Self { of_then: vec![None; then], of_now: vec![false; now] }
    }

    /// Pairs what is left and has equal keys, in order; what has no key waits.
    pub(super) fn by<K: Hash + Eq>(
        &mut self,
        then: impl Fn(usize) -> Option<K>,
        now: impl Fn(usize) -> Option<K>,
    ) {
        let mut waiting: HashMap<K, VecDeque<usize>> = HashMap::new();
        for (at, _) in self.of_now.iter().enumerate().filter(|(_, taken)| !**taken) {
            if let Some(key) = now(at) {
                waiting.entry(key).or_default().push_back(at);
            }
        }
        for (at, slot) in self.of_then.iter_mut().enumerate().filter(|(_, slot)| slot.is_none()) {
            let Some(key) = then(at) else { continue };
            let Some(found) = waiting.get_mut(&key).and_then(VecDeque::pop_front) else { continue };
            *slot = Some(found);
            if let Some(taken) = self.of_now.get_mut(found) {
                *taken = true;
            }
        }
    }

    /// Then and now of each pair, and what is alone: first by now, then what is gone.
    pub(super) fn finish(self) -> Vec<(Option<usize>, Option<usize>)> {
        let mut back: HashMap<usize, usize> = HashMap::new();
        let mut gone = Vec::new();
        for (then, now) in self.of_then.iter().enumerate() {
            match now {
                Some(now) => {
                    back.insert(*now, then);
                }
                None => gone.push((Some(then), None)),
            }
        }
        let of_now = (0..self.of_now.len()).map(|now| (back.get(&now).copied(), Some(now)));
        of_now.chain(gone).collect()
    }
}
