//! The log formats of web servers: common and combined.

use std::sync::LazyLock;

use chrono::DateTime;
use regex::Regex;

use crate::input::object::Cell;

/// Host, user, time, request, status, bytes, and perhaps referrer, agent and more.
static LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let quoted = r#""((?:[^"\\]|\\.)*)""#;
    let line = format!(
        r#"^(\S+) \S+ (.*?) ?\[([^\]]+)\] {quoted} (\d{{3}}) (\d+|-)(?: {quoted} {quoted})?(?: (.+))?$"#
    );
    Regex::new(&line).ok()
});

/// The fields of a line; none where it is no request.
pub(super) fn cells(line: &str) -> Option<Vec<Cell>> {
    let fields = LINE.as_ref()?.captures(line)?;
    let field = |i: usize| fields.get(i).map_or("", |field| field.as_str());
    let time = DateTime::parse_from_str(field(3), "%d/%b/%Y:%H:%M:%S %z").ok()?;
    let request: Vec<&str> = field(4).split(' ').collect();
    let (method, target, protocol) = match request[..] {
        [method, target, protocol] => (method, target, protocol),
        _ => ("", field(4), ""),
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let time = time.to_rfc3339();
    let cells = [
        ("host", field(1)),
        ("user", field(2)),
        ("time", time.as_str()),
        ("method", method),
        ("path", path),
        ("query", query),
        ("protocol", protocol),
        ("status", field(5)),
        ("bytes", field(6)),
        ("referrer", field(7)),
        ("agent", field(8)),
        ("more", field(9)),
    ];
    // The common format has the first nine.
    let width = if fields.get(9).is_some() {
        12
    } else if fields.get(8).is_some() {
        11
    } else {
        9
    };
    let given = |value: &str| (!value.is_empty() && value != "-").then(|| value.to_owned());
    Some(cells.into_iter().take(width).map(|(name, value)| (name.to_owned(), given(value))).collect())
}
