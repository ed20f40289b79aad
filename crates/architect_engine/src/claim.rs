//! One writer at a time: the claim of a command on a project.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::{Failure, Result};

/// How long a command that reads waits for one that writes: far longer than an `apply` takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one that writes waits: what finishes the work of a killed command ends in a moment.
const MOMENT: Duration = Duration::from_secs(2);

/// The right to write in a project, for as long as this value, or a process that was given it, lives.
///
/// The operating system gives it back when the process dies, however it dies: a claim is never stale.
pub(crate) struct Claim {
    pub(crate) root: PathBuf,
    lock: File,
}

impl Claim {
    /// Claims the project at `root`.
    ///
    /// # Errors
    /// Another command is writing there, or the folder cannot be read.
    pub(crate) fn take(root: &Path) -> Result<Self> {
        Self::within(root, MOMENT)
    }

    /// Claims the project at `root` once the command that writes there has ended.
    ///
    /// # Errors
    /// It does not end, or the folder cannot be read.
    pub(crate) fn wait(root: &Path) -> Result<Self> {
        Self::within(root, PATIENCE)
    }

    fn within(root: &Path, patience: Duration) -> Result<Self> {
        let claim = Self::open(root)?;
        let start = Instant::now();
        while !claim.is_mine()? {
            if start.elapsed() > patience {
                return Err(busy(root));
            }
            sleep(Duration::from_millis(10));
        }
        Ok(claim)
    }

    /// The claim as the standard input of a process: it is held until that process has ended too.
    pub(crate) fn share(&self) -> Stdio {
        self.lock.try_clone().map_or_else(|_| Stdio::null(), Stdio::from)
    }

    fn open(root: &Path) -> Result<Self> {
        let lock = lockable(root).map_err(|error| Failure::io("read", root, &error))?;
        Ok(Self { root: root.to_path_buf(), lock })
    }

    /// Whether the lock is this process's now. A file system without locks refuses nobody.
    fn is_mine(&self) -> Result<bool> {
        match self.lock.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(true),
            Err(TryLockError::Error(error)) => Err(Failure::io("lock", &self.root, &error)),
        }
    }
}

/// The folder itself carries the lock: nothing is left behind in it.
#[cfg(unix)]
fn lockable(root: &Path) -> io::Result<File> {
    File::open(root)
}

/// Where folders cannot be opened as files, a file outside the project stands for it.
#[cfg(not(unix))]
fn lockable(root: &Path) -> io::Result<File> {
    let name = crate::apply::hexadecimal(root.canonicalize()?.to_string_lossy().as_bytes());
    File::create(std::env::temp_dir().join(format!("architect-{name}.lock")))
}

fn busy(root: &Path) -> Failure {
    Failure::new(
        format!("another `architect apply` is at work in `{}`; nothing was written", root.display()),
        "wait until it has ended, then run this again",
    )
}
