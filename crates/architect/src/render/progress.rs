//! A line on the terminal while something takes longer than a second.

use std::io::{IsTerminal, stderr};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

/// Does `work`; from the second second on, says so on standard error, where that is a terminal.
pub fn during<T>(what: &str, work: impl FnOnce() -> T) -> T {
    if !stderr().is_terminal() {
        return work();
    }
    thread::scope(|scope| {
        // Dropped with this closure, however the work ends: then the other end stops.
        let (running, stopped) = channel::<()>();
        scope.spawn(move || report(what, &stopped));
        let result = work();
        drop(running);
        result
    })
}

fn report(what: &str, stopped: &Receiver<()>) {
    let start = Instant::now();
    while stopped.recv_timeout(SECOND) == Err(RecvTimeoutError::Timeout) {
        anstream::eprint!("\r{what} ({} s)", start.elapsed().as_secs());
    }
    if start.elapsed() >= SECOND {
        anstream::eprint!("\r{:width$}\r", "", width = what.len() + 12);
    }
}

#[cfg(test)]
mod tests {
    use super::during;

    #[test]
    fn the_result_is_that_of_the_work() {
        assert_eq!(during("Counting", || 3), 3);
    }
}
