//! Workers that take items in order and act in order where order matters, with one item each in hand.
//!
//! Items are made in parallel, placed in turn, finished in parallel and told in turn. A worker never holds more than one item,
//! so memory does not grow with their number; and since items are taken in order, the item whose turn it is always has a worker.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

use super::BatchError;

/// Stack of a worker. Nothing here recurses over a document; the room is for the libraries below.
const STACK: usize = 16 << 20;

/// A thing that is used by one item after another, in their order.
struct Turns<T> {
    state: Mutex<(usize, T)>,
    moved: Condvar,
}

impl<T> Turns<T> {
    fn new(thing: T) -> Self {
        Self { state: Mutex::new((0, thing)), moved: Condvar::new() }
    }

    /// Waits until all items before `index` had their turn, and uses the thing.
    fn take<R>(&self, index: usize, use_it: impl FnOnce(&mut T) -> R) -> R {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.0 != index {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let result = use_it(&mut state.1);
        state.0 += 1;
        drop(state);
        self.moved.notify_all();
        result
    }
}

/// What happens to each item.
pub struct Stages<Work, Place, Finish, Tell> {
    /// In parallel: makes something of the item. Gets the worker's own store.
    pub work: Work,
    /// In the items' order: settles what depends on the items before.
    pub place: Place,
    /// In parallel: completes it.
    pub finish: Finish,
    /// In the items' order: takes the result.
    pub tell: Tell,
}

/// Takes `count` items through the stages with `jobs` workers, until all are done or `stop` is set. Items in hand are always completed.
///
/// The closures must not panic. Returns how many items were taken.
///
/// # Errors
/// When the workers cannot be started.
pub fn in_order<Store: Default, Made, Done, Work, Place, Finish, Tell>(
    count: usize,
    jobs: usize,
    stop: &AtomicBool,
    stages: Stages<Work, Place, Finish, Tell>,
) -> Result<usize, BatchError>
where
    Work: Fn(&mut Store, usize) -> Made + Sync,
    Place: FnMut(usize, &mut Made) + Send,
    Finish: Fn(usize, Made) -> Done + Sync,
    Tell: FnMut(usize, Done) + Send,
{
    let Stages { work, place, finish, tell } = stages;
    let (place, tell) = (Turns::new(place), Turns::new(tell));
    let (next, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let workers = rayon::ThreadPoolBuilder::new()
        .num_threads(jobs.clamp(1, count.max(1)))
        .stack_size(STACK)
        .thread_name(|number| format!("worker-{number}"))
        .build()
        .map_err(|error| BatchError::Workers(error.to_string()))?;
    workers.broadcast(|_| {
        let mut store = Store::default();
        while !stop.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                break;
            }
            taken.fetch_add(1, Ordering::Relaxed);
            let mut made = work(&mut store, index);
            place.take(index, |place| place(index, &mut made));
            let done = finish(index, made);
            tell.take(index, |tell| tell(index, done));
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
    fn items_are_placed_and_told_in_their_order_for_any_number_of_workers() {
        for jobs in [1, 2, 5] {
            let (taken, placed, told) = run(jobs, usize::MAX);
            assert_eq!(taken, 200);
            assert_eq!(placed, (0..200).collect::<Vec<_>>());
            assert_eq!(told, (0..200).map(|index| (index, (index * index + 1) * 2)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn after_a_stop_the_items_in_hand_are_completed_and_no_others_are_taken() {
        let (taken, placed, told) = run(3, 50);
        assert!((51..=54).contains(&taken), "{taken}");
        assert_eq!(placed, (0..taken).collect::<Vec<_>>());
        assert_eq!(told.len(), taken);
    }
}
