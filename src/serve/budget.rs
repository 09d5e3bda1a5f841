//! A budget of bytes that all connections share, for what comes in and is not whole, and for what goes out and is not read.
//!
//! Where it is used up, who holds bytes the longest gives way: an honest caller holds them for milliseconds, one that never ends is the first to go.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use prometheus_client::metrics::gauge::Gauge;

/// How a holder is told that it has to give way.
type Evict = Box<dyn Fn() + Send>;

/// So many bytes for all.
pub struct Budget {
    bytes_max: usize,
    /// How long bytes may be held.
    held_max: Duration,
    held: Mutex<Held>,
    gauge: Gauge,
}

#[derive(Default)]
struct Held {
    bytes: usize,
    next: u64,
    accounts: BTreeMap<u64, Holding>,
}

struct Holding {
    bytes: usize,
    since: Instant,
    evict: Evict,
}

impl Held {
    fn remove(&mut self, id: u64) -> Option<Holding> {
        let holding = self.accounts.remove(&id)?;
        self.bytes -= holding.bytes;
        Some(holding)
    }
}

impl Budget {
    /// A budget of which nothing is used; `gauge` follows what is.
    pub fn new(bytes_max: usize, held_max: Duration, gauge: Gauge) -> Arc<Self> {
        Arc::new(Self {
            bytes_max,
            held_max,
            held: Mutex::default(),
            gauge,
        })
    }

    /// An account that holds nothing yet. `evict` is called if it has to give way.
    pub fn open(self: &Arc<Self>, evict: impl Fn() + Send + 'static) -> Account {
        let mut held = self.held();
        let id = held.next;
        held.next += 1;
        let holding = Holding {
            bytes: 0,
            since: Instant::now(),
            evict: Box::new(evict),
        };
        held.accounts.insert(id, holding);
        Account {
            budget: Arc::clone(self),
            id,
        }
    }

    /// Evicts again and again who has held bytes for too long. Ends only when dropped.
    pub async fn watch(self: Arc<Self>) {
        let mut ticks = tokio::time::interval((self.held_max / 4).max(Duration::from_millis(10)));
        loop {
            ticks.tick().await;
            let mut held = self.held();
            while let Some((id, holding)) = held.accounts.first_key_value() {
                if holding.since.elapsed() <= self.held_max {
                    break;
                }
                let id = *id;
                if let Some(overdue) = held.remove(id) {
                    (overdue.evict)();
                }
            }
            self.gauge.set(held.bytes as i64);
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one holder has of a budget, given back when dropped.
pub struct Account {
    budget: Arc<Budget>,
    id: u64,
}

impl Account {
    /// Holds more bytes; says whether it may. Others that hold theirs for longer give way.
    pub fn grow(&self, bytes: usize) -> bool {
        let mut held = self.budget.held();
        while held.bytes.saturating_add(bytes) > self.budget.bytes_max {
            let mut holders = held.accounts.iter().filter(|(_, one)| one.bytes > 0);
            let Some(oldest) = holders.next().map(|(id, _)| *id) else {
                return false;
            };
            let evicted = held.remove(oldest);
            if oldest == self.id {
                return false;
            }
            if let Some(evicted) = evicted {
                (evicted.evict)();
            }
        }
        let Some(own) = held.accounts.get_mut(&self.id) else {
            return false;
        };
        own.bytes += bytes;
        held.bytes += bytes;
        self.budget.gauge.set(held.bytes as i64);
        true
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let mut held = self.budget.held();
        held.remove(self.id);
        self.budget.gauge.set(held.bytes as i64);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    fn budget(bytes_max: usize) -> Arc<Budget> {
        Budget::new(bytes_max, Duration::ZERO, Gauge::default())
    }

    fn account(budget: &Arc<Budget>) -> (Account, Arc<AtomicBool>) {
        let evicted = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&evicted);
        let account = budget.open(move || flag.store(true, Ordering::Relaxed));
        (account, evicted)
    }

    #[test]
    fn who_holds_the_longest_gives_way() {
        let budget = budget(100);
        let (_nothing, nothing_out) = account(&budget);
        let ((first, first_out), (second, second_out)) = (account(&budget), account(&budget));
        assert!(second.grow(50) && first.grow(50));
        let (third, _) = account(&budget);
        assert!(third.grow(40));
        assert!(first_out.load(Ordering::Relaxed) && !second_out.load(Ordering::Relaxed));
        assert!(
            !nothing_out.load(Ordering::Relaxed),
            "who holds nothing need not go"
        );
        assert!(!first.grow(1));
        drop(second);
        assert_eq!(budget.gauge.get(), 40);
    }

    #[test]
    fn what_alone_is_too_large_is_refused() {
        let budget = budget(100);
        let (one, _) = account(&budget);
        assert!(!one.grow(101));
        drop(one);
        assert_eq!(budget.gauge.get(), 0);
    }

    #[tokio::test]
    async fn who_holds_for_too_long_is_evicted() {
        let budget = budget(100);
        let (one, out) = account(&budget);
        assert!(one.grow(10));
        tokio::select! {
            () = Arc::clone(&budget).watch() => {}
            () = async { while !out.load(Ordering::Relaxed) { tokio::task::yield_now().await } } => {}
        }
        assert_eq!(budget.gauge.get(), 0);
    }
}
