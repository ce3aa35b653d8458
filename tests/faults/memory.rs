//! Out of memory in the worker: the n-th allocation fails, or it and all later ones, for values of n spread over a whole run.

use std::fs;

use super::{COMMANDS, LOGS, again, clear, folder, visible, watched};

/// `SEAM_IN` names a variable that the supervisor sets for its worker: allocations fail only in processes that have it.
const WORKER: (&str, &str) = ("SEAM_IN", "NIANBAO_SUPERVISOR");

/// Increment of n between tests: after n, n + n / STEP + 1 is tested, from 1 to the number of allocations of a run.
const STEP: usize = 4;

/// A command as users run it: with a worker.
fn supervised(command: &[&'static str]) -> Vec<&'static str> {
    command.iter().copied().filter(|word| *word != "--in-process").collect()
}

#[test]
#[ignore = "needs gcc and takes minutes; scripts/test runs it"]
fn whichever_request_for_memory_fails_it_is_reported_no_file_is_partial_and_the_next_run_completes() {
    let folder = folder();
    for command in COMMANDS {
        let command = supervised(command);
        clear(&folder);
        let unbroken = watched(&folder, &command, &[WORKER, ("SEAM_MEMORY_COUNT", "count")]);
        assert!(matches!(unbroken.status, Some(0 | 1)), "{command:?}: {}", unbroken.err);
        let whole = visible(&folder, "out");
        let count: usize = fs::read_to_string(folder.path("count")).expect("a count").parse().expect("a number");
        assert!(count > 10_000, "the seam saw {count} requests of {command:?}");
        let (mut failed, mut number, mut once) = (0, 1, false);
        while number <= count {
            clear(&folder);
            let text = number.to_string();
            let mut variables = vec![WORKER, ("SEAM_MEMORY", text.as_str())];
            variables.extend(once.then_some(("SEAM_MEMORY_ONCE", "1")));
            let broken = watched(&folder, &command, &variables);
            let context = format!("request {number} of {count} of {command:?}: {:?} {}", broken.status, broken.err);
            let left = visible(&folder, "out");
            for (name, bytes) in left.iter().filter(|(name, _)| !LOGS.contains(&name.as_str())) {
                assert!(whole.get(name) == Some(bytes), "{name} is not whole; {context}");
            }
            // A worker that dies after its last file has no effect.
            if broken.status != unbroken.status || left != whole {
                assert!(matches!(broken.status, Some(1 | 2)) && !broken.err.is_empty(), "{context}");
                failed += 1;
            }
            let next = again(&folder, &command);
            assert_eq!(next.status, unbroken.status, "the run after {context}: {}", next.err);
            assert!(visible(&folder, "out") == whole, "the run after it did not complete; {context}");
            assert!(
                !folder.tree("out").keys().any(|name| name.contains("-tmp-")),
                "a temporary file is left; {context}"
            );
            (number, once) = (number + number / STEP + 1, !once);
        }
        assert!(failed > 20, "only {failed} failures of {command:?} did anything");
    }
}
