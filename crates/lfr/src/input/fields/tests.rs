use super::*;

fn texts(cells: &[Cell]) -> Vec<(&str, &str)> {
    cells.iter().map(|(name, value)| (name.as_str(), value.as_deref().unwrap_or("-"))).collect()
}

#[test]
fn pairs_are_cut_by_blanks_outside_of_quotation_marks() {
    let line = r#"time=2024-05-01T10:00:00Z msg="say \"hi\" to a=b" empty= user.id=7, ms=12"#;
    assert_eq!(
        texts(&pairs::cells(line).unwrap()),
        [
            ("time", "2024-05-01T10:00:00Z"),
            ("msg", "say \"hi\" to a=b"),
            ("empty", "-"),
            ("user.id", "7"),
            ("ms", "12")
        ]
    );
    for line in [
        "a=1",
        "a=1 and b=2",
        "x = 1 y = 2",
        "a b c d e f=1 g=2",
        "=1 b=2",
        "a=\"open b=2",
        "http://x/?a=1 b=2",
    ] {
        assert!(pairs::cells(line).is_none(), "{line}");
    }
}

#[test]
fn few_words_may_stand_before_the_pairs() {
    let cells = pairs::cells("2024-05-01T10:00:00Z INFO a=1 b=2").unwrap();
    assert_eq!(texts(&cells), [("f0", "2024-05-01T10:00:00Z"), ("f1", "INFO"), ("a", "1"), ("b", "2")]);
}

#[test]
fn requests_are_cut_into_their_fields() {
    let line = r#"1.2.3.4 - bob [10/Oct/2023:13:55:36 -0700] "GET /a?x=1 HTTP/1.1" 200 2326 "http://x/" "Moz \"5\"""#;
    let cells = access::cells(line).unwrap();
    assert_eq!(
        texts(&cells)[..9],
        [
            ("host", "1.2.3.4"),
            ("user", "bob"),
            ("time", "2023-10-10T13:55:36-07:00"),
            ("method", "GET"),
            ("path", "/a"),
            ("query", "x=1"),
            ("protocol", "HTTP/1.1"),
            ("status", "200"),
            ("bytes", "2326"),
        ]
    );
    let odd = r#"1.2.3.4 - - [10/Oct/2023:13:55:36 +0000] "\x16\x03" 400 - "-" "-" 0.1"#;
    let cells = access::cells(odd).unwrap();
    assert_eq!((texts(&cells)[4].1, texts(&cells)[8].1, texts(&cells)[11].1), (r"\x16\x03", "-", "0.1"));
    assert!(access::cells("1.2.3.4 - - [today] \"GET / HTTP/1.1\" 200 1").is_none());
}

#[test]
fn the_form_is_that_of_nearly_all_lines() {
    let lines = |line: &str, other: &str| format!("{}{other}\n", format!("{line}\n").repeat(30));
    assert_eq!(Form::find(lines("a=1 b=2", "broken").as_bytes(), true), Some(Form::Pairs));
    assert_eq!(Form::find(lines("a=1 b=2", "broken\nbroken\nbroken").as_bytes(), true), None);
    assert_eq!(Form::find(b"a=1 b=2\na=3 b=4\n", true), None);
    assert_eq!(Form::find(b"a=1 b=2\na=3 b=4\na=5 b=6\na=7 b", false), Some(Form::Pairs));
    assert_eq!(Form::find(b"begin:vcalendar\r\n", true), Some(Form::Calendar));
}

/// The cells of all events.
fn events(text: &str) -> Vec<Vec<Cell>> {
    let mut event = Event::default();
    let mut events = Vec::new();
    for line in text.lines() {
        if event.add(line) {
            events.push(std::mem::take(&mut event).cells().unwrap());
        }
    }
    events
}

#[test]
fn events_have_times_and_lengths() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART;TZID=Europe/Berlin:20240108T090000\nDTEND:20240108T103000\n\
                SUMMARY:Team\\, al\n l\nATTENDEE;CN=\"a:b\":mailto:a\nATTENDEE:mailto:b\nBEGIN:VALARM\nTRIGGER:-PT1H\nEND:VALARM\n\
                END:VEVENT\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20240110\nEND:VEVENT\nEND:VCALENDAR\n";
    let events = events(text);
    assert_eq!(
        texts(&events[0]),
        [
            ("dtstart", "2024-01-08 09:00:00"),
            ("summary", "Team, all"),
            ("attendee", "2 times"),
            ("hours", "1.5")
        ]
    );
    assert_eq!(texts(&events[1]), [("dtstart", "2024-01-10 00:00:00")]);
}

#[test]
fn an_event_too_long_or_cut_short_is_refused() {
    let mut event = Event::default();
    let long = format!("DESCRIPTION:{}", "x".repeat(1 << 20));
    let lines = ["BEGIN:VEVENT", "SUMMARY:a", &long, "LOCATION:b", "END:VEVENT"];
    assert_eq!(lines.map(|line| event.add(line)), [false, false, false, false, true]);
    assert!(event.cells().is_err());

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ics");
    let whole = "BEGIN:VEVENT\nDTSTART:20240108T090000\nEND:VEVENT\n";
    std::fs::write(&path, format!("BEGIN:VCALENDAR\n{whole}{whole}BEGIN:VEVENT\nSUMMARY:a\n")).unwrap();
    let options = Options { max_bad_fraction: 0.5, ..Options::default() };
    let mut events = open(&path, Form::Calendar, &options).unwrap();
    assert_eq!(events.by_ref().map(|chunk| chunk.unwrap().ids.len()).sum::<usize>(), 2);
    let bad: Vec<_> = events.quarantined().iter().map(|bad| bad.reason.as_str()).collect();
    assert_eq!(bad, ["the file ends within this event"]);
}
