//! Runs items through parallel and ordered stages.
//!
//! Items are made in parallel, placed in order, finished in parallel and reported in order. A worker whose item is not yet due leaves it
//! in the reorder buffer and continues; the worker whose item is due also processes those that waited for it. The number of waiting items
//! is bounded, so memory does not grow with the number of items; since items are taken in order, a worker always has the item that is
//! due.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use super::BatchError;

/// Stack size of a worker. Nothing here recurses over a document; the stack is for dependencies.
const STACK: usize = 16 << 20;

/// Maximum number of waiting items per worker.
const WAITING: usize = 4;

/// A reorder buffer: runs `use_it` strictly in index order; early items wait in a bounded map.
struct Turns<T, Item> {
    state: Mutex<State<T, Item>>,
    moved: Condvar,
    /// Maximum number of waiting items.
    most: usize,
}

struct State<T, Item> {
    thing: T,
    /// The index of the next item in order.
    next: usize,
    waiting: BTreeMap<usize, Item>,
}

impl<T, Item> Turns<T, Item> {
    fn new(thing: T, most: usize) -> Self {
        let state = State { thing, next: 0, waiting: BTreeMap::new() };
        Self { state: Mutex::new(state), moved: Condvar::new(), most }
    }

    /// Runs `use_it` for an item and for the items that waited for it, and returns their results. For an item that is not yet due it
    /// returns nothing: the item waits, and another worker will run `use_it` for it.
    fn take<R>(&self, index: usize, item: Item, mut use_it: impl FnMut(&mut T, usize, Item) -> R) -> Vec<(usize, R)> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.next != index && state.waiting.len() >= self.most {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting.insert(index, item);
        let State { thing, next, waiting } = &mut *state;
        let mut used = Vec::new();
        while let Some(item) = waiting.remove(next) {
            used.push((*next, use_it(thing, *next, item)));
            *next += 1;
        }
        drop(state);
        if !used.is_empty() {
            self.moved.notify_all();
        }
        used
    }
}

/// The stages of an item.
pub struct Stages<Work, Place, Finish, Tell> {
    /// In parallel: makes a result of the item. Is given the worker's own store.
    pub work: Work,
    /// In order: makes decisions that depend on earlier items.
    pub place: Place,
    /// In parallel: completes the result.
    pub finish: Finish,
    /// In order: consumes the result.
    pub tell: Tell,
}

/// Takes `count` items through the stages with `jobs` workers, until all are done or `stop` is set. Items in progress and waiting items
/// are always completed.
///
/// The closures must not panic. Returns the number of items taken.
///
/// # Errors
/// If the workers cannot be started.
pub fn in_order<Store: Default, Made, Done, Work, Place, Finish, Tell>(
    count: usize,
    jobs: usize,
    stop: &AtomicBool,
    stages: Stages<Work, Place, Finish, Tell>,
) -> Result<usize, BatchError>
where
    Made: Send,
    Done: Send,
    Work: Fn(&mut Store, usize) -> Made + Sync,
    Place: FnMut(usize, &mut Made) + Send,
    Finish: Fn(usize, Made) -> Done + Sync,
    Tell: FnMut(usize, Done) + Send,
{
    let Stages { work, place, finish, tell } = stages;
    let jobs = jobs.clamp(1, count.max(1));
    let (place, tell) = (Turns::new(place, jobs * WAITING), Turns::new(tell, jobs * WAITING));
    let (next, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let workers = rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .stack_size(STACK)
        .thread_name(|number| format!("worker-{number}"))
        .build()
        .map_err(|error| BatchError::Workers(std::io::Error::other(error)))?;
    workers.broadcast(|_| {
        let mut store = Store::default();
        while !stop.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                break;
            }
            taken.fetch_add(1, Ordering::Relaxed);
            let made = work(&mut store, index);
            let placed = place.take(index, made, |place, index, mut made| {
                place(index, &mut made);
                made
            });
            for (index, made) in placed {
                let done = finish(index, made);
                tell.take(index, done, |tell, index, done| tell(index, done));
            }
        }
    });
    Ok(taken.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(jobs: usize, stop_at: usize) -> (usize, Vec<usize>, Vec<(usize, usize)>) {
        let stop = AtomicBool::new(false);
        let (mut placed, mut told) = (Vec::new(), Vec::new());
        let taken = in_order(
            200,
            jobs,
            &stop,
            Stages {
                work: |store: &mut usize, index: usize| {
                    *store += 1;
                    if index.is_multiple_of(7) {
                        std::thread::yield_now();
                    }
                    index * index
                },
                place: |index, made: &mut usize| {
                    placed.push(index);
                    *made += 1;
                    if index == stop_at {
                        stop.store(true, Ordering::Relaxed);
                    }
                },
                finish: |_, made| made * 2,
                tell: |index, done| told.push((index, done)),
            },
        );
        (taken.unwrap(), placed, told)
    }

    #[test]
    fn items_are_placed_and_reported_in_order_for_any_number_of_workers() {
        for jobs in [1, 2, 5] {
            let (taken, placed, told) = run(jobs, usize::MAX);
            assert_eq!(taken, 200);
            assert_eq!(placed, (0..200).collect::<Vec<_>>());
            assert_eq!(told, (0..200).map(|index| (index, (index * index + 1) * 2)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn after_a_stop_items_in_progress_are_completed_and_no_others_are_started() {
        let (taken, placed, told) = run(3, 50);
        // One in progress per worker, and the waiting ones.
        assert!((51..=51 + 3 + 3 * WAITING).contains(&taken), "{taken}");
        assert_eq!(placed, (0..taken).collect::<Vec<_>>());
        assert_eq!(told.len(), taken);
    }
}
