//! Folders and files of documents of several sorts: what is read, what is passed over, and what is said of it.

use crate::fixture::Place;

/// An ordinary text; the seventeenth is about something else.
fn text(i: usize) -> String {
    match i {
        17 => "crypto lottery winner claim prize money http://win.example".to_owned(),
        _ => format!(
            "the {} meeting in room {} is about the {} budget",
            ["first", "next", "last"][i % 3],
            i % 4,
            ["travel", "office"][i % 2]
        ),
    }
}

/// A folder `pile` with `count` files of each ending.
fn pile(endings: &[(&str, usize)]) -> Place {
    let place = Place::new();
    std::fs::create_dir(place.path("pile")).unwrap();
    for (ending, count) in endings {
        let head = if *ending == "eml" { "Subject: news\n\n" } else { "" };
        (0..*count).for_each(|i| place.write(&format!("pile/{i:02}.{ending}"), head.to_owned() + &text(i)));
    }
    place
}

#[test]
fn the_small_part_of_a_folder_is_not_ranked_without_a_warning() {
    let place = pile(&[("txt", 11), ("md", 10), ("html", 10), ("eml", 10), ("docx", 10)]);
    let (ids, said) = place.ranking("pile");
    assert_eq!(ids.len(), 11, "{said}");
    assert!(
        said.contains("warning: only 11 documents are read; passed over 40 files of other sorts"),
        "{said}"
    );
    assert!(said.contains("--kind text reads the texts among them"), "{said}");
    assert_eq!(place.ranking("pile --kind text").0.len(), 51);
    let (ids, said) = pile(&[("txt", 5), ("pdf", 30)]).ranking("pile");
    assert_eq!(ids.len(), 5);
    assert!(said.contains("warning: only 5 documents are read; passed over 30 files that are not"), "{said}");
    let (_, said) = pile(&[("txt", 30), ("md", 2)]).ranking("pile");
    assert!(
        said.contains("note: passed over 2 files of other sorts: .md 2") && !said.contains("--kind"),
        "{said}"
    );
}

#[test]
fn results_of_runs_are_no_documents() {
    let place = pile(&[("html", 25)]);
    let rank = |flags: &str| {
        let run =
            place.command(&format!("rank . --method pca {flags}")).current_dir(place.path("pile")).output();
        let said = String::from_utf8(run.unwrap().stderr).unwrap();
        assert!(!said.contains("lfr: "), "{said}");
        said
    };
    rank("");
    assert!(rank("--force").contains("folders with the results of a run"));
    let scores = place.read("pile/pile-lfr/scores.csv");
    assert_eq!(scores.lines().count(), 26, "{scores}");
    let scored = place.lfr("score pile/pile-lfr/model.safetensors pile").ok();
    assert_eq!(scored.lines().count(), 26, "{scored}");
}

#[test]
fn a_model_reads_the_sorts_that_its_fit_read() {
    let place = pile(&[("html", 25), ("py", 5)]);
    let count = |fit: &str| {
        place.lfr(&format!("fit pile -o m.safetensors --force --method pca {fit}")).ok();
        place.lfr("score m.safetensors pile").ok().lines().count() - 1
    };
    assert_eq!((count(""), count("--kind text")), (25, 30));
}

#[test]
fn archives_of_any_texts_are_folders_too() {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for i in 0..30 {
        zip.start_file(format!("{i:02}.py"), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text(i).as_bytes()).unwrap();
    }
    let place = Place::with("a.zip", zip.finish().unwrap().into_inner());
    let (ids, said) = place.ranking("a.zip --kind text");
    assert_eq!((ids.len(), ids[0].as_str()), (30, "17.py"), "{said}");
    place.lfr("rank a.zip").refused("--kind text reads them");
}

#[test]
fn empty_lines_between_paragraphs_are_skipped() {
    let lines: String =
        (0..30).map(|i| text(i) + ["", " today", " as we all know by now"][i % 3] + "\n\n").collect();
    let (ids, said) = Place::with("a.txt", &lines).ranking("a.txt");
    assert_eq!((ids.len(), ids[0].as_str()), (30, "34"), "{said}");
    assert!(said.contains("note: 30 empty lines skipped") && !said.contains("warning"), "{said}");
}

#[test]
fn texts_that_are_lists_are_joined() {
    let record = |i: usize| match i {
        17 => {
            "{\"id\": 17, \"text\": [\"win now \", {\"type\": \"link\", \"text\": \"http://win.example\"}]}\n"
                .to_owned()
        }
        5 => "{\"id\": 5, \"text\": {\"a\": \"hello\"}}\n".to_owned(),
        i => format!("{{\"id\": {i}, \"text\": \"{}\"}}\n", text(i)),
    };
    let place = Place::with("a.json", (0..40).map(record).collect::<String>());
    let (ids, said) = place.ranking("a.json --text text --id id");
    assert_eq!((ids.len(), ids[0].as_str()), (39, "17"), "{said}");
    assert!(said.contains("`text` is an object or a list without a text"), "{said}");
}
