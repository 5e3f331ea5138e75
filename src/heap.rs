//! How the heap of a thread grows. Nothing here decides what is kept in memory.

use std::sync::Once;

/// Room asked for at once, in bytes.
const STEP: usize = 8 * 1024 * 1024;

/// Makes sure that the thread's heap has room. glibc lets the heaps of all threads but the first grow page by page,
/// with a system call each; room that was had once is kept. Addresses are reserved, memory is not touched. Other
/// allocators lose a few instructions.
pub(crate) fn reserve() {
    static LARGE_PIECES: Once = Once::new();
    // The first large piece comes from outside the heaps. Giving it back raises the size from which that is so, and
    // the size from which room is given back to the system.
    LARGE_PIECES.call_once(|| touch_nothing(2 * STEP));
    touch_nothing(STEP);
}

fn touch_nothing(bytes: usize) {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(bytes)));
}
