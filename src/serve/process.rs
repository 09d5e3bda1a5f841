//! What the operating system says of this process, by the names that Prometheus has for it. Read from /proc whenever metrics are asked for; where
//! there is none, nothing is said.

use std::fmt;
use std::fs;
use std::time::SystemTime;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

/// Ticks a second in /proc/self/stat, the same on every Linux that Rust is built for.
const TICKS: f64 = 100.0;

/// The process.
#[derive(Debug)]
pub(super) struct Process {
    started: f64,
}

impl Process {
    /// This process, which is taken to have started now.
    pub(super) fn new() -> Self {
        let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        Self {
            started: since.as_secs_f64(),
        }
    }
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let kilobytes = |name| Some(number(&status, name)? * 1024.0);
        let open = fs::read_dir("/proc/self/fd").map(|files| files.count() as f64);
        let gauges = [
            (
                "start_time_seconds",
                "When it started, since 1970-01-01",
                Some(self.started),
            ),
            (
                "resident_memory_bytes",
                "Memory that is in use",
                kilobytes("VmRSS:"),
            ),
            (
                "virtual_memory_bytes",
                "Addresses that are taken",
                kilobytes("VmSize:"),
            ),
            ("threads", "Threads", number(&status, "Threads:")),
            ("open_fds", "Files and sockets that are open", open.ok()),
            (
                "max_fds",
                "Files and sockets that may be open",
                files_max().map(|most| most as f64),
            ),
        ];
        for (name, help, value) in gauges {
            let Some(value) = value else { continue };
            let gauge = ConstGauge::new(value);
            let name = format!("process_{name}");
            gauge.encode(encoder.encode_descriptor(&name, help, None, gauge.metric_type())?)?;
        }
        let Some(seconds) = cpu_seconds() else {
            return Ok(());
        };
        let counter = ConstCounter::new(seconds);
        let (name, help) = ("process_cpu_seconds", "Time on processors");
        counter.encode(encoder.encode_descriptor(name, help, None, counter.metric_type())?)
    }
}

/// How many files and sockets the process may open.
pub(super) fn files_max() -> Option<usize> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    number(&limits, "Max open files").map(|most| most as usize)
}

/// Time of this process on processors, in its own code and in the system's.
fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the command comes second, in brackets, and may hold anything.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut ticks = rest
        .split(' ')
        .skip(11)
        .map_while(|ticks| ticks.parse::<f64>().ok());
    Some((ticks.next()? + ticks.next()?) / TICKS)
}

/// The first number of the line that begins so.
fn number(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text;
    use prometheus_client::registry::Registry;

    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn every_value_is_there_and_plausible() {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Process::new()));
        let mut said = String::new();
        text::encode(&mut said, &registry).unwrap();
        let value = |name: &str| number(&said, &format!("{name} ")).unwrap();
        assert!(value("process_resident_memory_bytes") > 1e6, "{said}");
        assert!(value("process_virtual_memory_bytes") > value("process_resident_memory_bytes"));
        assert!(value("process_threads") >= 1.0);
        assert!(value("process_open_fds") >= 3.0);
        assert!(value("process_max_fds") > value("process_open_fds"));
        assert!(value("process_start_time_seconds") > 1.7e9);
        assert!(value("process_cpu_seconds_total") >= 0.0);
    }
}
