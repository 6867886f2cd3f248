//! The server as a browser meets it: requests over a socket.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use lfr::output::{Ids, RunRecord, Scores};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Desk, Server};

/// A server over a run that is made up.
struct Place {
    folder: TempDir,
    address: String,
}

/// An answer.
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A record of a run of `n` items of `kind` whose input is gone.
fn record(kind: &str, n: usize) -> RunRecord {
    let record = json!({
        "version": "0.1.0", "command": [], "input": "/nowhere/pile", "kind": kind,
        "method": { "method": "pca" }, "config": {}, "seed": 0, "device": "cpu", "threads": 1,
        "fingerprint": "", "items": n, "bad": 0, "quarantined": [], "seconds": {}, "warnings": [],
        "checks": [], "curve": [], "metrics": null, "threshold": null,
    });
    serde_json::from_value(record).unwrap()
}

impl Place {
    /// A run of `n` items with the ids `item-0` and so on, whose scores are their places.
    fn new(kind: &str, n: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut ids = Ids::default();
        ids.extend((0..n).map(|i| format!("item-{i}")));
        let scores = Scores::of_pile(ids, (0..n).map(|i| i as f32).collect());
        let desk = Desk::of(folder.path(), record(kind, n), scores, "/nowhere/pile".into()).unwrap();
        desk.read_pile(None);
        let server = Server::bind(0).unwrap();
        let address = server.address();
        server.start(Arc::new(desk)).unwrap();
        Self { folder, address }
    }

    /// The host with its port, and the path of the page.
    fn parts(&self) -> (&str, &str) {
        let rest = self.address.strip_prefix("http://").unwrap();
        rest.split_at(rest.find('/').unwrap())
    }

    fn send(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(self.parts().0).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_lowercase(), body: answer.split_off(end + 4) }
    }

    /// Asks for a path below that of the page.
    fn get(&self, path: &str) -> Answer {
        let (host, page) = self.parts();
        self.send(&format!("GET {page}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"))
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        let ((host, page), body) = (self.parts(), body.to_string());
        self.send(&format!(
            "POST {page}{path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    fn mark(&self, window: &str, item: usize, mark: &Value, expected: &Value) -> Answer {
        let body =
            json!({ "window": window, "item": item, "mark": mark, "expected": expected, "version": 0 });
        self.post("mark", &body)
    }

    fn labels(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("labels.csv")).unwrap_or_default()
    }
}

#[test]
fn the_page_and_its_parts_are_served_under_a_strict_policy() {
    let place = Place::new("table", 20);
    let page = place.get("");
    assert_eq!(page.status, 200);
    for header in [
        "content-security-policy: default-src 'none'",
        "x-content-type-options: nosniff",
        "cache-control: no-store",
        "referrer-policy: no-referrer",
    ] {
        assert!(page.head.contains(header), "{header}: {}", page.head);
    }
    let text = page.text();
    assert!(!text.contains("http:") && !text.contains("https:") && !text.contains("style="));
    let parts = text.split(['"']).filter(|part| part.ends_with(".js") || part.ends_with(".css"));
    for part in parts {
        let answer = place.get(part);
        assert_eq!(answer.status, 200, "{part}");
        for import in answer.text().lines().filter_map(|line| line.split_once(" from './")) {
            assert_eq!(place.get(import.1.trim_end_matches("';")).status, 200, "{import:?}");
        }
    }
}

#[test]
fn requests_without_the_token_or_from_elsewhere_are_refused() {
    let place = Place::new("table", 20);
    let (host, page) = place.parts();
    let status = |path: &str, headers: &str| {
        place.send(&format!("GET {path} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n")).status
    };
    let own = format!("Host: {host}\r\n");
    assert_eq!(status(&format!("{page}run"), &own), 200);
    assert_eq!(status("/", &own), 403);
    assert_eq!(status("/run", &own), 403);
    assert_eq!(status(&format!("/{}/run", "0".repeat(32)), &own), 403);
    assert_eq!(status(&format!("{page}run"), "Host: evil.example\r\n"), 403);
    assert_eq!(status(&format!("{page}run"), &format!("{own}Origin: http://evil.example\r\n")), 403);
    let plain = format!(
        "POST {page}mark HTTP/1.1\r\n{own}Connection: close\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{{}}"
    );
    assert_eq!(place.send(&plain).status, 415);
    assert_eq!(place.get("mark").status, 405);
    assert!(place.labels().is_empty());
}

#[test]
fn no_path_leads_out_of_the_page() {
    let place = Place::new("images", 20);
    std::fs::write(place.folder.path().join("secret.png"), "x").unwrap();
    let name = place.folder.path().display().to_string();
    for path in [
        "../run.json",
        "..%2frun.json",
        "small/../../secret.png",
        "original/..%2f..%2fsecret.png",
        "original/secret.png",
        "labels.csv",
        "./../",
        "small/-1",
        "small/20",
        "original/99999999999999999999",
        &format!("original/{name}/secret.png"),
        "card/20",
        "whole/20",
        "%2e%2e/%2e%2e/etc/passwd",
    ] {
        assert!([400, 403, 404].contains(&place.get(path).status), "{path}");
    }
}

#[test]
fn a_list_is_asked_for_part_by_part() {
    let n = 100_000;
    let place = Place::new("table", n);
    let list = place.get("list?by=rank&cut=0").json();
    let items: Vec<u64> = list["items"].as_array().unwrap().iter().map(|i| i.as_u64().unwrap()).collect();
    assert!(items.len() == n && items[0] == 99_999 && items[n - 1] == 0);
    let numbers = |n: usize| items[..n].iter().map(u64::to_string).collect::<Vec<_>>().join(",");
    let lines = place.get(&format!("lines?at={}", numbers(200))).json();
    let line = &lines[199];
    assert_eq!(
        (lines.as_array().unwrap().len(), &line["id"], &line["rank"]),
        (200, &json!("item-99800"), &json!(200))
    );
    for (query, status) in [
        (format!("lines?at={}", numbers(201)), 400),
        ("lines?at=100000".into(), 404),
        ("lines?at=".into(), 400),
        ("lines?at=-1".into(), 400),
        ("lines".into(), 400),
        ("list?by=magic".into(), 400),
        ("list?by=similar&to=100000&cut=0".into(), 409),
        ("cut?value=NaN".into(), 400),
        ("cut".into(), 400),
        ("changes?version=-1".into(), 400),
        // A version that this server never had: everything is told.
        ("changes?version=99".into(), 200),
    ] {
        assert_eq!(place.get(&query).status, status, "{query}");
    }
    let few = |query: &str| place.get(query).json()["items"].as_array().unwrap().len();
    assert_eq!(few("list?above=true&cut=99989"), 10);
    assert_eq!(few("list?search=ITEM-9999&cut=0"), 11);
    assert_eq!(few("list?only=marked&cut=0"), 0);
    assert_eq!(few("list?by=random&cut=0"), n);
    assert_eq!(few("list?by=next&cut=99989"), n);
}

#[test]
fn marks_are_written_and_told_to_every_window() {
    let place = Place::new("table", 20);
    assert_eq!(place.mark("one", 19, &json!("outlier"), &Value::Null).status, 200);
    let answer = place.mark("two", 19, &json!("normal"), &Value::Null);
    assert_eq!((answer.status, &answer.json()["counts"]["outlier"]), (409, &json!(1)));
    assert_eq!(place.mark("two", 3, &json!("unsure"), &Value::Null).status, 200);
    let changes = place.get("changes?version=1").json();
    assert_eq!(changes["changes"], json!([{ "item": 3, "mark": "unsure" }]));
    assert_eq!(place.labels(), "id,label\nitem-19,outlier\nitem-3,unsure\n");
    let undo =
        |window: &str| place.post("undo", &json!({ "window": window, "version": 0 })).json()["item"].clone();
    assert_eq!([undo("one"), undo("one"), undo("two")], [json!(19), Value::Null, json!(3)]);
    assert_eq!(place.labels(), "id,label\n");
    for (item, mark, status) in [(20, json!("outlier"), 404), (1, json!("magic"), 422)] {
        assert_eq!(place.mark("one", item, &mark, &Value::Null).status, status);
    }
}

#[test]
fn a_file_changed_by_hand_is_told_and_kept() {
    let place = Place::new("table", 20);
    let path = place.folder.path().join("labels.csv");
    std::fs::write(&path, "id,label\nitem-1,normal\n").unwrap();
    let changes = place.get("changes?version=0").json();
    assert_eq!(changes["changes"], json!([{ "item": 1, "mark": "normal" }]));
    assert_eq!(changes["notice"]["words"], "labels.csv was changed by hand: 1 mark is different now");
    std::fs::write(&path, "id,label\nitem-1,nor").unwrap();
    assert!(place.get("changes?version=0").json()["trouble"].as_str().unwrap().contains("line 2"));
    let refused = place.mark("one", 2, &json!("normal"), &Value::Null);
    assert!(
        refused.status == 500 && refused.json()["error"].as_str().unwrap().contains("Nothing is written")
    );
    assert_eq!(place.labels(), "id,label\nitem-1,nor");
}

#[test]
fn a_cut_tells_what_it_flags() {
    let place = Place::new("table", 20);
    let cut = |query: &str| place.get(&format!("cut?{query}")).json();
    assert_eq!(cut("value=14.5")["precision"]["flagged"], 5);
    assert_eq!(
        (cut("top=3")["value"].as_f64(), &cut("top=3")["precision"]["flagged"]),
        (Some(16.0), &json!(3))
    );
    for (item, mark) in (10..20).zip(["outlier", "normal"].into_iter().cycle()) {
        place.mark("one", item, &json!(mark), &Value::Null);
    }
    let marked = &cut("value=8.5")["precision"]["marked"];
    assert_eq!((&marked["outliers"], &marked["judged"]), (&json!(5), &json!(10)));
    assert!((marked["low"].as_f64().unwrap() - 0.2366).abs() < 1e-4, "{marked}");
}

#[test]
fn a_run_whose_input_is_gone_says_so() {
    let place = Place::new("images", 20);
    let input = place.get("changes?version=0").json()["input"].clone();
    assert_eq!((&input["state"], &input["kept"]), (&json!("gone"), &json!(0)));
    assert_eq!(place.get("small/1").status, 404);
    assert!(place.get("card/1").json()["reason"].as_str().unwrap().contains("model.safetensors"));
    assert!(place.get("list?by=similar&to=1&cut=0").json()["error"].as_str().unwrap().contains("not known"));
}

#[test]
fn a_port_in_use_is_named() {
    let server = Server::bind(0).unwrap();
    let port = server.address().split(['/', ':']).nth(4).unwrap().parse().unwrap();
    let message = Server::bind(port).err().unwrap().to_string();
    assert!(
        message.contains(&format!("cannot listen on port {port}")) && message.contains("--port"),
        "{message}"
    );
}
