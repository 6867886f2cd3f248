//! Who may talk to the server: pages of its own, opened by somebody who knows the address it printed.
//!
//! The address holds a random token. The host must be a name of this machine, so that no foreign name can be pointed at
//! the server (DNS rebinding); requests that a foreign page makes carry its origin and are refused.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Nothing but what the server itself sends; pictures of the report are data URIs.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const RESOURCES: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// A token that nobody can guess: 128 bits of the system's randomness, as SipHash keyed by it gives them out.
pub fn token() -> String {
    (0..2).map(|half| format!("{:016x}", RandomState::new().hash_one(half))).collect()
}

/// Lets requests pass that [`refusal`] has nothing against, and adds the headers that every answer has.
pub async fn guard(State(token): State<Arc<str>>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&token, request.uri().path(), request.headers()) {
        Some(reason) => (StatusCode::FORBIDDEN, reason).into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (RESOURCES, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Why a request is refused.
fn refusal(token: &str, path: &str, headers: &HeaderMap) -> Option<&'static str> {
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or_default());
    let host = text(HOST).unwrap_or_default();
    if !is_this_machine(host) {
        return Some("This page is served to this machine alone: use the address that lfr review printed.\n");
    }
    if text(ORIGIN).is_some_and(|origin| origin.strip_prefix("http://") != Some(host)) {
        return Some("Other pages may not use this one.\n");
    }
    let given = path.strip_prefix('/').and_then(|path| path.split('/').next()).unwrap_or_default();
    if !is_same(given.as_bytes(), token.as_bytes()) {
        return Some(
            "Use the address that lfr review printed: it holds a token that changes with every start.\n",
        );
    }
    None
}

/// Whether a `Host` is a name of the loopback address, with whatever port: tunnels have ports of their own.
fn is_this_machine(host: &str) -> bool {
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| {
        let port = host.strip_prefix(name).map(|rest| rest.strip_prefix(':').unwrap_or(rest));
        port.is_some_and(|port| port.bytes().all(|digit| digit.is_ascii_digit()))
    })
}

/// Whether two texts are the same, in a time that does not tell how much of them is.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(path: &str, pairs: &[(HeaderName, &'static str)]) -> bool {
        let pairs = pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        refusal("abc", path, &pairs.collect()).is_some()
    }

    #[test]
    fn only_this_machine_with_the_token_passes() {
        for host in ["127.0.0.1:80", "localhost:9999", "localhost", "[::1]:1"] {
            assert!(!refused("/abc/", &[(HOST, host)]), "{host}");
        }
        for host in [
            "evil.example:80",
            "127.0.0.1.evil.example",
            "localhost.evil:80",
            "localhost:80@evil",
            "10.0.0.1:80",
            "",
        ] {
            assert!(refused("/abc/", &[(HOST, host)]), "{host}");
        }
        assert!(refused("/abc/", &[]));
        for path in ["/", "", "/ab/", "/abcd/", "//abc/", "/../abc/", "/ABC/"] {
            assert!(refused(path, &[(HOST, "localhost:80")]), "{path}");
        }
    }

    #[test]
    fn foreign_pages_are_refused() {
        let host = (HOST, "localhost:80");
        assert!(!refused("/abc/", &[host.clone(), (ORIGIN, "http://localhost:80")]));
        for origin in ["http://evil.example", "http://localhost:81", "https://localhost:80", "null", ""] {
            assert!(refused("/abc/", &[host.clone(), (ORIGIN, origin)]), "{origin}");
        }
    }

    #[test]
    fn tokens_differ() {
        assert!(token() != token() && token().len() == 32);
    }
}
