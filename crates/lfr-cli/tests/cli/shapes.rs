//! Files in the shapes that programs and people give them: the planted row comes first, and what was decided is said.

use crate::fixture::Place;

/// Ranks the file `name` and checks how many items there are, which is the first, and that each of `words` was said.
#[track_caller]
fn assert_first(name: &str, content: impl AsRef<[u8]>, count: usize, id: &str, words: &[&str]) {
    let (ids, said) = Place::with(name, content).ranking(name);
    assert_eq!((ids.len(), ids[0].as_str()), (count, id), "{name}: {said}");
    for word in words {
        assert!(said.contains(word), "{name}: {word:?} is not in {said:?}");
    }
    assert!(!words.is_empty() || !(said.contains("warning") || said.contains("note:")), "{name}: {said}");
}

/// Forty rows of `row`, which is told its number and a value: a few dozens, but 900 in row 17.
fn rows(row: impl Fn(usize, i32) -> String) -> String {
    (0..40).map(|i| row(i, if i == 17 { 900 } else { 20 + (i * 7 % 13) as i32 }) + "\n").collect()
}

#[test]
fn commas_of_sentences_and_amounts_make_no_table() {
    let chat = |iphone: bool| -> String {
        let text = |i: usize| match i {
            17 => "URGENT free crypto giveaway click http://win.example now",
            _ => ["ok", "wann kommst du?", "bin gleich da", "ja klar", "ok bis gleich"][i * 3 % 5],
        };
        let line = |i: usize| {
            let (day, who) =
                (format!("{:02}.01.24, {:02}:{:02}", i / 4 + 1, i % 24, i * 7 % 60), ["Anna", "Ben"][i % 2]);
            if iphone {
                format!("[{day}:00] {who}: {}\n", text(i))
            } else {
                format!("{day} - {who}: {}\n", text(i))
            }
        };
        (0..40).map(line).collect()
    };
    let lines = "note: read as lines of text; --kind table";
    assert_first("_chat.txt", chat(true), 40, "17", &[lines]);
    assert_first("chat.txt", chat(false), 40, "17", &[lines]);
    let book = rows(|i, x| match i {
        17 => "3.3. Schmuggelware Panama anonym 900,00 €".into(),
        _ => format!(
            "{}.{}. {} {x},50 €",
            i % 28 + 1,
            i % 6 + 1,
            ["Einkauf REWE", "Tanken Aral", "Essen Pizza"][i % 3]
        ),
    });
    assert_first("haushalt.txt", book, 40, "17", &[lines]);
    // Numbers without more are a table as before.
    assert_first(
        "t.txt",
        format!("a,b\n{}", rows(|i, x| format!("{},{x}", i % 5))),
        40,
        "17",
        &["note: read as a table"],
    );
}

#[test]
fn lines_drawn_around_a_table_are_no_rows() {
    let rule = "-".repeat(41);
    let table = rows(|i, x| format!("|{}|{}|{:>9},50-|", 400_000 + i % 3 * 10, 1_900_000_000 + i * i, x));
    let sap = format!("{rule}\n|Konto |Beleg     |      Betrag|\n{rule}\n{table}{rule}\n");
    assert_first("sap.txt", sap, 40, "17", &["1 line above the table skipped"]);
}

#[test]
fn most_lines_decide_on_the_delimiter() {
    let spectrum = (0..200)
        .map(|i| format!("{i}\t{},{:02}\n", if i == 150 { 900 } else { 290 + i * 7 % 13 }, i * 13 % 100));
    let spectrum: String = spectrum.collect();
    let head = "Title: Sample 12\nDate: 12.03.2024 10:11\nIntegration Time (sec): 1,0\n>>>>>Begin Spectral Data<<<<<\n";
    assert_first("s.txt", format!("{head}{spectrum}"), 200, "150", &["4 lines above the table skipped"]);
    let place = Place::with("s.txt", format!("{head}{spectrum}"));
    let columns = place.lfr("columns s.txt").ok();
    assert!(columns.contains("number, decimal comma") && columns.contains("290"), "{columns}");
}

#[test]
fn tables_below_lines_of_titles_and_of_fixed_width() {
    let wells = |name: char, x: i32| {
        (0..12)
            .map(|i| format!("\t{}", f64::from(x + i * 7 % 5) / 100.0))
            .fold(name.to_string(), |line, cell| line + &cell)
    };
    let plate: String = "ABCDEFGH"
        .chars()
        .map(|name| wells(name, if name == 'E' { 300 } else { 50 + name as i32 % 3 }) + "\n")
        .collect();
    let names: String = (1..13).map(|i| format!("\t{i}")).collect();
    for name in ["plate.txt", "plate.tsv"] {
        let content = format!("Plate: 1\nWavelength: 450\n\n{names}\n{plate}");
        assert_first(name, content, 8, "E", &["2 lines above the table skipped"]);
    }
    let people = ["John Smith", "Mary Ann Lee", "Bo Xi"];
    let fixed =
        rows(|i, x| format!("{:<20}{:<16}{x:>8}.{}", people[i * 5 % 3], ["New York", "Rome"][i % 2], i % 10));
    let fixed = format!("{:<20}{:<16}{:>10}\n{fixed}", "Name", "City", "Amount");
    assert_first("fixed.txt", fixed, 40, "17", &["note: read as a table; --kind text"]);
    let listing =
        rows(|i, x| format!("-rw-r--r-- 1 root root {x:>9} Nov {:>2} 20:{:02} f{i}.txt", i % 28 + 1, i));
    assert_first("ls.txt", format!("total 48\n{listing}"), 40, "17", &["1 line above the table skipped"]);
}

#[test]
fn lines_of_text_say_that_they_are() {
    let log = |i: usize| match i {
        17 => "FATAL kernel panic: out of memory, killed process 4711".into(),
        _ => format!("INFO request {} served", ["page", "image", "style"][i % 3]),
    };
    let log: String = (0..40).map(|i| log(i) + "\n").collect();
    for name in ["app.log", "syslog", "app.txt"] {
        assert_first(name, &log, 40, "17", &["note: read as lines of text; --kind table"]);
    }
    Place::with("a.cfg", log).lfr("rank a.cfg").refused("--kind text reads its lines as documents");
}

#[test]
fn prose_is_ranked_as_text_where_there_is_nothing_else() {
    let review = |i: usize| match i {
        17 => "Wire the money to this account at once or the parcel will be destroyed by customs officers."
            .to_owned(),
        _ => format!(
            "The {} was {} and the {} was good. We would come again next summer.",
            ["hotel", "staff"][i % 2],
            ["great", "fine", "lovely"][i % 3],
            ["pool", "view"][i * 3 % 2]
        ),
    };
    let csv: String = (0..40).map(|i| format!("{i},\"{}\"\n", review(i))).collect();
    let json: String =
        (0..40).map(|i| format!("{{\"id\": \"r{i}\", \"text\": \"{}\"}}\n", review(i))).collect();
    assert_first(
        "a.csv",
        format!("id,review\n{csv}"),
        40,
        "17",
        &["note: the column `review` is ranked as text"],
    );
    assert_first("a.jsonl", json, 40, "17", &["note: the column `text` is ranked as text"]);
    let place = Place::with("a.csv", format!("id,review\n{csv}"));
    place.lfr("rank a.csv --kind table").refused("--text review");
    place.lfr("fit a.csv -o m.safetensors").ok();
    assert_eq!(place.lfr("score m.safetensors a.csv").ok().lines().count(), 41);
    let lists: String =
        (0..40).map(|i| format!("{i},\"[0.{i:02}, 0.{:02}]\"\n", if i == 17 { 99 } else { i })).collect();
    assert_first("l.csv", format!("id,vec\n{lists}"), 40, "17", &["column `id` left out"]);
}

#[test]
fn rows_that_are_no_data_are_left_out() {
    let answers = rows(|i, x| format!("2024-01-{:02} 08:00:00,{x},{}", i % 28 + 1, i % 5 + 1));
    let codes = "\"{\"\"ImportId\"\":\"\"startDate\"\"}\",\"{\"\"ImportId\"\":\"\"duration\"\"}\",\"{\"\"ImportId\"\":\"\"QID1\"\"}\"";
    let survey =
        format!("StartDate,Duration,Q1\nStart Date,Duration (in seconds),How happy?\n{codes}\n{answers}");
    assert_first("q.csv", survey, 40, "17", &["the 2 rows below the names are skipped"]);
    let sales = rows(|i, x| format!("2024-01-{:02},{},{x}.50", i % 28 + 1, ["A", "B", "C"][i % 3]));
    let mut lines: Vec<&str> = sales.lines().collect();
    for place in [30, 10, 0] {
        lines.insert(place, "date,shop,amount");
    }
    // The second and third time that the names come they are rows without data, which count.
    assert_first(
        "joined.csv",
        lines.join("\n"),
        40,
        "18",
        &["2 rows repeat the names of the columns and are left out"],
    );
    for (word, names) in [
        ("Gesamtergebnis", "Region;Jan;Feb"),
        ("Total general", "Region;Ene;Feb"),
        ("Totale complessivo", "R;Gen;Feb"),
    ] {
        let (jan, feb) =
            (|i: i32| if i == 12 { 9000 } else { 1000 + i * 7 % 13 }, |i: i32| 1000 + i * 5 % 11);
        let table: String = (0..30).map(|i| format!("F{i:02};{};{}\n", jan(i), feb(i))).collect();
        let (a, b): (i32, i32) = ((0..30).map(jan).sum(), (0..30).map(feb).sum());
        let content = format!("{names}\n{table}{word};{a};{b}\n");
        assert_first("pivot.csv", content, 30, "12", &["is a footer of the table"]);
    }
    let legend = rows(|i, x| format!("n{i};{x};{}", i % 4));
    let legend = format!("Name;Wert;Stufe\n{legend};;\n;;\nLegende;;\nrot;kritisch;\ngrün;ok;\n");
    assert_first("legend.csv", legend, 40, "17", &["are a footer of the table"]);
}

#[test]
fn rows_without_their_last_cells_are_filled_up() {
    let short = rows(|i, x| format!("{x}.25,{}.5{}", i % 7, if i % 3 == 0 { ",ok" } else { "" }));
    assert_first(
        "short.csv",
        format!("a,b,note\n{short}"),
        40,
        "17",
        &["rows lack their last cells, which count as empty"],
    );
    // One such row is broken.
    let broken =
        rows(|i, x| format!("{x}.25{}", if i == 5 { String::new() } else { format!(",{},ok", i % 7) }));
    assert_first("broken.csv", format!("a,b,note\n{broken}"), 39, "17", &["1 item could not be read"]);
}

#[test]
fn json_as_programs_write_it() {
    let value = |i: usize| if i == 17 { 900 } else { 20 + i * 7 % 13 };
    let nan: String = (0..40)
        .map(|i| match i % 9 {
            4 => format!("{{\"a\": NaN, \"b\": {}}}\n", i % 5),
            _ => format!("{{\"a\": {}, \"b\": {}}}\n", value(i), i % 5),
        })
        .collect();
    assert_first("a.jsonl", nan, 40, "17", &[]);
    let list = |cell: &dyn Fn(usize) -> usize| format!("{:?}", (0..40).map(cell).collect::<Vec<_>>());
    let lists = format!("{{\"t\": {}, \"h\": {}}}", list(&value), list(&|i| i % 5));
    assert_first("lists.json", &lists, 40, "17", &["the lists, all of one length, are the columns"]);
    let hourly = format!("{{\"latitude\": 48.1, \"hourly_units\": {{\"t\": \"C\"}}, \"hourly\": {lists}}}");
    assert_first("om.json", hourly, 40, "17", &["the lists of `hourly`"]);
    let keyed: Vec<String> =
        (0..40).map(|i| format!("\"-N{i}\": {{\"t\": {}, \"h\": {}}}", value(i), i % 5)).collect();
    assert_first("fb.json", format!("{{{}}}", keyed.join(", ")), 40, "-N17", &["named by their keys"]);
    let texts: Vec<String> = (0..40)
        .map(|i| match i {
            17 => "\"free crypto giveaway\"".into(),
            _ => format!("\"the {} was {}\"", ["room", "pool"][i % 2], ["fine", "great"][i / 2 % 2]),
        })
        .collect();
    assert_first("texts.json", format!("[{}]", texts.join(", ")), 40, "17", &["each is a document"]);
    let features: Vec<String> = (0..40)
        .map(|i| format!("{{\"type\": \"Feature\", \"properties\": {{\"t\": {}}}}}", value(i)))
        .collect();
    let answer = format!("{{\"meta\": {{\"page\": 1}}, \"data\": {{\"rows\": [{}]}}}}", features.join(", "));
    assert_first("answer.json", answer, 40, "17", &["the array `data.rows`"]);
    let collection = format!("{{\"type\": \"FeatureCollection\", \"features\": [{}]}}", features.join(", "));
    assert_first("map.geojson", collection, 40, "17", &["the array `features`"]);
}

#[test]
fn folders_of_other_texts_are_read_on_demand() {
    let place = Place::new();
    std::fs::create_dir(place.path("notes")).unwrap();
    for i in 0..20 {
        let text = match i {
            7 => "claim your crypto lottery jackpot".into(),
            _ => format!("see you on {} in the office", ["monday", "tuesday"][i % 2]),
        };
        place.write(&format!("notes/{i:02}.org"), text);
    }
    place.lfr("rank notes").refused("(.org 20); --kind text reads them");
    let (ids, _) = place.ranking("notes --kind text");
    assert_eq!((ids.len(), ids[0].as_str()), (20, "07.org"));
}

#[test]
fn encodings_that_leave_no_doubt_are_found() {
    let yen = |i: usize| if i == 17 { 900_000 } else { 50_000 + i * 7919 % 50_000 };
    let sheet: String =
        (0..40).map(|i| format!("品{i},\"{},{:03}円\"\n", yen(i) / 1000, yen(i) % 1000)).collect();
    let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(&sheet);
    let content = [&encoding_rs::SHIFT_JIS.encode("品物,価格\n").0[..], &bytes].concat();
    assert_first("yen.csv", content, 40, "17", &["note: read as Shift_JIS"]);
    let sheet = rows(|i, x| format!("{};{x}", ["чай зелёный", "кофе", "сахар"][i % 3]));
    let content = encoding_rs::WINDOWS_1251.encode(&format!("товар;сумма\n{sheet}")).0.into_owned();
    assert_first("rub.csv", content, 40, "17", &["note: read as windows-1251"]);
    let sheet = rows(|i, x| format!("{};{x}", ["Straße", "Gemüse", "Öl", "café"][i % 4]));
    let content = encoding_rs::WINDOWS_1252.encode(&format!("Größe;Wert\n{sheet}")).0.into_owned();
    assert_first(
        "eur.csv",
        content,
        40,
        "17",
        &["windows-1252 (Latin-1); if letters look wrong: --encoding shift_jis"],
    );
}

#[test]
fn right_rankings_raise_no_alarm() {
    let equal = |i: usize| if i == 17 { "9,x\n" } else { "1,a\n" };
    let content: String = (0..150).map(equal).collect();
    let (ids, said) = Place::with("a.csv", format!("n,c\n{content}")).ranking("a.csv");
    assert!(ids[0] == "17" && !said.contains("warning"), "{said}");
}

#[test]
fn refusals_name_the_way_on() {
    Place::with("one.csv", "a,b,c\n1,2,3\n").lfr("rank one.csv").refused("write one record per row");
    let broken: String =
        (0..20).map(|i| if i % 3 == 0 { "1,2,3,4\n".into() } else { format!("{i},2,3\n") }).collect();
    let refused = Place::with("b.csv", format!("a,b,c\n{broken}"));
    refused.lfr("rank b.csv --header").refused("more than 10 %");
    let table = rows(|i, x| format!("{x};{}", i % 5));
    assert_first("text.xlsx", format!("a;b\n{table}"), 40, "17", &["note: read as a table"]);
    Place::with("a.txt", "one\ntwo\n").lfr("columns a.txt").refused("holds documents, which have no columns");
}
