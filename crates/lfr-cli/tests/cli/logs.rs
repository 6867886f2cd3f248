//! Lines that name their values are tables.

use crate::fixture::Place;

/// Ranks the file `name` and checks that number 17 of forty comes first, that `word` was said, and no warning but of
/// columns that say nothing.
#[track_caller]
fn assert_first(name: &str, content: impl AsRef<[u8]>, word: &str) {
    let (ids, said) = Place::with(name, content).ranking(name);
    assert_eq!((ids.len(), ids[0].as_str()), (40, "17"), "{name}: {said}");
    let alarm = |line: &str| line.contains("warning") && !line.contains("left out: all its values are");
    assert!(said.contains(word) && !said.lines().any(alarm), "{name}: {said}");
}

/// Forty lines of `line`, which is told its number, and whether it is the odd one.
fn lines(line: impl Fn(usize, bool) -> String) -> String {
    (0..40).map(|i| line(i, i == 17) + "\n").collect()
}

#[test]
fn key_value_lines_are_a_table() {
    let log = lines(|i, odd| {
        let ms = if odd { 9000 } else { 8 + i * 7 % 13 };
        format!(
            "time=2024-05-01T10:{i:02}:00Z level=info msg=\"request {} done\" user={} ms={ms}",
            i % 3,
            i % 7
        )
    });
    for name in ["service.log", "service", "service.txt"] {
        assert_first(name, &log, "read as a table of key=value pairs");
    }
    let (ids, _) = Place::with("a.log", &log).ranking("a.log --kind text");
    assert_eq!(ids.len(), 40);
    let columns = Place::with("a.log", &log).lfr("columns a.log").ok();
    assert!(columns.contains("year-month-day") && columns.contains("8 to 9000"), "{columns}");
}

#[test]
fn logs_of_web_servers_are_a_table() {
    let line = |i: usize, path: &str, status: u32, bytes: usize, agent: &str| {
        format!(
            "10.0.0.{} - - [08/May/2024:10:{:02}:{:02} +0200] \"GET {path} HTTP/1.1\" {status} {bytes} \"-\" \"{agent}\"",
            i % 9,
            i / 2,
            i * 7 % 60
        )
    };
    let paths = ["/", "/style.css", "/about?lang=de"];
    let usual = |i: usize| line(i, paths[i % 3], 200, 2000 + i * 37 % 900, "Mozilla/5.0");
    let note = "read as the log of a web server";
    let attack = |i: usize| line(i, "/../../etc/passwd", 403, 153, "sqlmap/1.7");
    assert_first("access.log", lines(|i, odd| if odd { attack(i) } else { usual(i) }), note);
    let large = |i: usize| line(i, "/", 200, 987_654_321, "Mozilla/5.0");
    assert_first("access_log", lines(|i, odd| if odd { large(i) } else { usual(i) }), note);
}

#[test]
fn logs_of_words_are_text() {
    let job = |i: usize| ["(root) CMD (run-parts /etc/cron.hourly)", "session opened for user anna"][i % 2];
    let system = lines(|i, odd| match odd {
        true => "May  2 03:14:15 host kernel: usb 1-1: device descriptor read error, firmware panic".into(),
        false => format!("May {:>2} 10:{i:02}:07 host cron[{i}]: {}", 1 + i / 20, job(i)),
    });
    assert_first("syslog", system, "read as lines of text");
    let cluster = lines(|i, odd| match odd {
        true => "F0501 10:17:00.000000       1 election.go:99] lost master lease, panic in goroutine".into(),
        false => format!("I0501 10:{i:02}:00.123456       1 controller.go:12] Syncing pod {}", i % 5),
    });
    assert_first("k8s.log", cluster, "read as lines of text");
}

#[test]
fn records_in_a_log_are_a_table() {
    let log = lines(|i, odd| {
        format!("{{\"level\": \"info\", \"ms\": {}}}", if odd { 9000 } else { 8 + i * 7 % 13 })
    });
    assert_first("app.log", &log, "");
}

#[test]
fn events_of_a_calendar_are_a_table() {
    let event = |i: usize, odd: bool| {
        let (from, to) = match odd {
            true => ("030000", "20240220T030000"),
            false => ("090000", "20240108T100000"),
        };
        let day = if odd { 20_240_108 } else { 20_240_101 + i % 28 };
        let to = if odd { to.to_owned() } else { format!("{day}T{}", &to[9..]) };
        format!(
            "BEGIN:VEVENT\r\nUID:u{i}\r\nDTSTART:{day}T{from}Z\r\nDTEND:{to}Z\r\nSUMMARY:{}\r\nEND:VEVENT\r",
            ["Standup", "Review"][i % 2]
        )
    };
    let calendar = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n", lines(event));
    assert_first("work.ics", calendar, "read as a calendar");
}
