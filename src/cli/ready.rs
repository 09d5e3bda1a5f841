//! `skillgap ready`: whether the service on this machine is ready, for probes where there is no other program to ask with.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;

use crate::config::{Config, Overrides};

/// How long the service may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// Bytes of the answer that are read.
const ANSWER_BYTES_MAX: u64 = 4 << 10;

/// Asks the admin port of the configuration; exit code 0 if it is ready.
pub(super) fn run(config: Option<&Path>) -> anyhow::Result<ExitCode> {
    // Whether it may listen is of no interest here.
    let overrides = Overrides {
        insecure: true,
        ..Overrides::default()
    };
    let mut admin = Config::load(config, &overrides)?.admin.listen;
    if admin.ip().is_unspecified() {
        admin.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    let answer = ask(admin).with_context(|| admin.to_string())?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    write!(io::stdout(), "{body}")?;
    let is_ready = head.split(' ').nth(1) == Some("200");
    Ok(if is_ready {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn ask(admin: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&admin, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /ready HTTP/1.1\r\nhost: skillgap\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(ANSWER_BYTES_MAX).read_to_string(&mut answer)?;
    Ok(answer)
}
