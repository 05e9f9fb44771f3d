//! The fence around every evaluation of a manifest's program: a panic inside is an error of that evaluation.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static EVALUATING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside [`guarded`]; what a panic hook asks before it ends the process.
pub fn is_evaluating() -> bool {
    EVALUATING.get()
}

/// The result of `evaluate`, or `None` if it panicked.
pub fn guarded<T>(evaluate: impl FnOnce() -> T) -> Option<T> {
    let outer = EVALUATING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(evaluate)).ok();
    EVALUATING.set(outer);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught_and_the_fence_taken_down() {
        assert_eq!(
            guarded(|| {
                assert!(is_evaluating());
                7
            }),
            Some(7)
        );
        assert_eq!(guarded(|| -> u8 { panic!("inside an evaluation") }), None);
        assert!(!is_evaluating());
    }
}
