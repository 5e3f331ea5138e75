//! The `plimsoll` program: passes its arguments to the library and maps the outcome to an exit status.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use plimsoll::cli::{self, Exit};

/// Evaluation allocates on one thread what others free, which is what the system's allocators are slow at.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(cli::report_bug));
    let run = || cli::run(std::env::args_os());
    // Deep inputs need more stack than the main thread may have.
    let exit = std::thread::Builder::new()
        .stack_size(64 * 1024 * 1024)
        .spawn(run)
        .map_or(Exit::Internal, |thread| thread.join().unwrap_or(Exit::Internal));
    ExitCode::from(exit.code())
}
