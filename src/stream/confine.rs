//! Limits that a child process sets for itself: memory, no core dump, end with its parent. Depends on the system.

use std::io;

/// Limits the memory of this process in megabytes, disables core dumps, and makes it die with its parent. Memory is limited if the system
/// has `RLIMIT_AS` (not on Windows); dying with the parent is specific to Linux.
///
/// # Errors
/// If the system refuses.
#[cfg(unix)]
pub fn confine(megabytes: u64) -> io::Result<()> {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    killed_with_parent()?;
    for (resource, wanted) in [(Resource::RLIMIT_AS, megabytes << 20), (Resource::RLIMIT_CORE, 0)] {
        let (_, most) = getrlimit(resource)?;
        let limit = wanted.min(most);
        setrlimit(resource, limit, limit)?;
    }
    Ok(())
}

/// Does nothing: this system has no such limits.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn confine(_megabytes: u64) -> io::Result<()> {
    Ok(())
}

/// The address space that the system allows this process, in bytes; `None` if it is not limited or not known.
pub fn allowed() -> Option<u64> {
    #[cfg(unix)]
    {
        use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};

        let (limit, _) = getrlimit(Resource::RLIMIT_AS).ok()?;
        (limit != RLIM_INFINITY).then_some(limit)
    }
    #[cfg(not(unix))]
    None
}

#[cfg(unix)]
fn killed_with_parent() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL)?;
    Ok(())
}

/// Makes this process die with its parent, whose process id is given, on Linux.
///
/// # Errors
/// If the system refuses, or the parent has already died.
pub fn die_with_parent(parent: u32) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        killed_with_parent()?;
        // A parent that died before the call above sends no signal.
        if u32::try_from(nix::unistd::getppid().as_raw()) != Ok(parent) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = parent;
    Ok(())
}

/// Asks a process to stop as Ctrl-C does; 0 is ignored. On Windows the console notifies all of its processes itself.
pub fn ask_to_stop(process: u32) {
    #[cfg(unix)]
    if let Some(process) = i32::try_from(process).ok().filter(|process| *process > 0) {
        // The process may have ended meanwhile.
        let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(process), nix::sys::signal::Signal::SIGTERM);
    }
    #[cfg(not(unix))]
    let _ = process;
}
