//! The `nianbao` command.

mod cli;

// Not in a debug build: its tests put themselves between the program and the allocator of the system.
#[cfg(all(feature = "mimalloc", not(debug_assertions)))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::main()
}
