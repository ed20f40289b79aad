//! Programs that run for a limited time, in a process group of their own.

use std::fs::File;
use std::io::{Read, Seek};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What a program did.
pub struct Ran {
    /// Whether it ended by itself, with code 0.
    pub success: bool,
    /// Whether its time was up.
    pub late: bool,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

impl Ran {
    /// The last line that it wrote to either, for a cell of a table.
    pub fn last_line(&self) -> String {
        let lines = |text: &str| text.lines().rev().find(|line| !line.trim().is_empty()).map(str::to_owned);
        lines(&self.err).or_else(|| lines(&self.out)).unwrap_or_default().replace('|', "/").chars().take(160).collect()
    }
}

/// Runs a program for at most `seconds`; it and all that it started are ended then.
///
/// # Errors
/// It does not start.
pub fn run(command: &mut Command, seconds: u64) -> Result<Ran, String> {
    let failed = |error: std::io::Error| error.to_string();
    let (mut out, mut err) = (tempfile::tempfile().map_err(failed)?, tempfile::tempfile().map_err(failed)?);
    command.stdin(Stdio::null()).stdout(out.try_clone().map_err(failed)?).stderr(err.try_clone().map_err(failed)?);
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command.process_group(0).spawn().map_err(|error| format!("{name} does not start: {error}"))?;
    let status = wait(&mut child, Duration::from_secs(seconds)).map_err(failed)?;
    Ok(Ran {
        success: status.is_some_and(|status| status.success()),
        late: status.is_none(),
        out: text(&mut out).map_err(failed)?,
        err: text(&mut err).map_err(failed)?,
    })
}

/// Waits for a program; `None` where it had to be ended.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<Option<std::process::ExitStatus>> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() > deadline {
            // The group holds what the program started.
            Command::new("kill").args(["-9", "--", &format!("-{}", child.id())]).status()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn text(file: &mut File) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
