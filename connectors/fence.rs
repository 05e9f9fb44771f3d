//! The fence around calls of libraries that panic on some input: such a panic is an error of that call.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static FENCED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic of this thread becomes an error. A panic hook that ends the process must let such a panic pass.
pub fn catches_panics() -> bool {
    FENCED.get()
}

/// The result of `call`, or `None` if it panicked.
pub(crate) fn fenced<T>(call: impl FnOnce() -> T) -> Option<T> {
    FENCED.set(true);
    let done = catch_unwind(AssertUnwindSafe(call)).ok();
    FENCED.set(false);
    done
}
