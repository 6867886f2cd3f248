//! Downloading a file: resumed where it broke off, checked while it comes, never used unless right.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use ureq::http::{Response, StatusCode, header};
use ureq::{Agent, Body};

use lfr::dataset::Remote;
use lfr::{Error, Result};

use crate::partial::{Partial, set_aside};

/// How far a download is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The file.
    pub file: &'a str,
    /// Bytes so far, those of an earlier try included.
    pub done: u64,
    /// All its bytes, as the server says, if it does.
    pub total: Option<u64>,
}

/// Tries at one address that bring nothing new before the next address is asked.
const FUTILE: u32 = 3;

/// Downloads a file into `folder`, unless the right one is there; a wrong one is kept aside as `NAME.bad`.
///
/// # Errors
/// As [`crate::dataset`].
pub(crate) fn bring(
    remote: &Remote,
    folder: &Path,
    progress: &mut dyn FnMut(Progress<'_>) -> Result<()>,
) -> Result<()> {
    let target = folder.join(remote.file);
    if target.exists() {
        if remote.digest.matches(&target)? {
            return Ok(());
        }
        set_aside(&target)?;
    }
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent).map_err(|e| Error::io("create", parent, e))?;
    }
    let urls: Vec<_> = remote.urls.iter().map(|url| url.replace("{file}", remote.file)).collect();
    download(remote, &urls, &target, progress)
}

/// Brings one file from the first of `urls` that delivers it.
fn download(
    remote: &Remote,
    urls: &[String],
    target: &Path,
    progress: &mut dyn FnMut(Progress<'_>) -> Result<()>,
) -> Result<()> {
    let mut transfer =
        Transfer { agent: agent(), remote, part: Partial::open(target, remote.digest)?, progress };
    let mut reasons = Vec::new();
    for url in urls {
        match transfer.from(url)? {
            None => return transfer.part.finish(),
            Some(reason) => reasons.push(format!("{url}: {reason}")),
        }
    }
    let problem = format!("{}; try again later, or put it there by hand", reasons.join("; "));
    Err(Error::Download { path: target.to_owned(), problem })
}

fn agent() -> Agent {
    Agent::config_builder()
        .user_agent(concat!("lfr/", env!("CARGO_PKG_VERSION")))
        .http_status_as_error(false)
        .max_redirects(5)
        .timeout_connect(Some(Duration::from_secs(30)))
        .timeout_recv_response(Some(Duration::from_secs(60)))
        .timeout_per_read(Some(Duration::from_secs(60)))
        .build()
        .into()
}

struct Transfer<'a> {
    agent: Agent,
    remote: &'a Remote,
    part: Partial,
    progress: &'a mut dyn FnMut(Progress<'_>) -> Result<()>,
}

/// How an answer ended.
enum End {
    /// As the server meant it to.
    Complete,
    /// Before that; asking again may help.
    BrokeOff(String),
    /// Asking again will not help.
    Refused(String),
}

impl Transfer<'_> {
    /// Asks `url` until the file is whole; else says why it is not.
    fn from(&mut self, url: &str) -> Result<Option<String>> {
        let (mut most, mut futile) = (self.part.len(), 0);
        while !self.part.is_whole() {
            let resumed = self.part.len() > 0;
            let reason = match self.ask(url)? {
                _ if self.part.is_whole() => break,
                End::Refused(reason) => return Ok(Some(reason)),
                End::BrokeOff(reason) => reason,
                End::Complete if resumed => {
                    self.part.clear()?;
                    "resumed, the file has a wrong digest".to_owned()
                }
                End::Complete => {
                    let bad = self.part.set_aside()?;
                    return Ok(Some(format!("the digest is wrong (kept as {})", bad.display())));
                }
            };
            futile = if self.part.len() > most { 0 } else { futile + 1 };
            most = most.max(self.part.len());
            if futile == FUTILE {
                return Ok(Some(reason));
            }
            std::thread::sleep(Duration::from_millis(200) * futile);
        }
        Ok(None)
    }

    /// One request, for what is still missing.
    fn ask(&mut self, url: &str) -> Result<End> {
        let mut request = self.agent.get(url);
        if self.part.len() > 0 {
            request = request.header(header::RANGE, format!("bytes={}-", self.part.len()));
        }
        let response = match request.call() {
            Ok(response) => response,
            Err(error) => return Ok(End::Refused(error.to_string())),
        };
        match response.status() {
            StatusCode::OK => self.part.clear()?,
            StatusCode::PARTIAL_CONTENT if range_start(&response) == Some(self.part.len()) => {}
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                self.part.clear()?;
                return Ok(End::BrokeOff("it does not resume where asked to".to_owned()));
            }
            status => return Ok(End::Refused(format!("it answered {status}"))),
        }
        self.receive(response)
    }

    fn receive(&mut self, mut response: Response<Body>) -> Result<End> {
        let limit = self.remote.limit;
        let total = response.body().content_length().map(|rest| rest.saturating_add(self.part.len()));
        if let Some(total) = total.filter(|&total| total > limit) {
            return Ok(End::Refused(format!("it offers {total} bytes, the limit is {limit}")));
        }
        let mut body = response.body_mut().as_reader();
        let mut buffer = vec![0; 1 << 18];
        loop {
            (self.progress)(Progress { file: self.remote.file, done: self.part.len(), total })?;
            let count = match body.read(&mut buffer) {
                Ok(0) => return Ok(End::Complete),
                Ok(count) => count,
                Err(error) => return Ok(End::BrokeOff(format!("it broke off: {error}"))),
            };
            if self.part.len() + count as u64 > limit {
                self.part.clear()?;
                return Ok(End::Refused(format!("it sends more than {limit} bytes")));
            }
            self.part.append(&buffer[..count])?;
        }
    }
}

/// The first byte of the range that the server sends.
fn range_start(response: &Response<Body>) -> Option<u64> {
    let range = response.headers().get(header::CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.trim().parse().ok()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
