//! The page as a browser sees it: parsed by html5ever, looked at through selectors.

use scraper::{ElementRef, Html, Selector};

use super::sample::{HOSTILE, bare, hostile};
use super::*;

const KINDS: [Kind; 3] = [Kind::Images, Kind::Table, Kind::Text];

/// Parses and checks what holds for every page.
fn parse(report: &Report) -> Html {
    let text = render(report);
    let page = Html::parse_document(&text);
    assert!(page.errors.is_empty(), "{:?}", page.errors);
    for element in page.root_element().descendent_elements() {
        check_element(&page, element);
    }
    for foreign in ["http:", "https:", "@import", "url("] {
        assert!(!text.contains(foreign), "{foreign} in the page");
    }
    assert_eq!(all(&page, "h1").len(), 1);
    page
}

/// Nothing is loaded, nothing runs, pictures have a text, links lead somewhere.
fn check_element(page: &Html, element: ElementRef<'_>) {
    let (name, tag) = (element.value().name(), element.html());
    assert!(!["iframe", "object", "embed", "base", "form", "foreignObject"].contains(&name), "{tag}");
    assert!(name != "script" || element.text().collect::<String>() == super::page::SCRIPT, "{tag}");
    for (attribute, value) in element.value().attrs() {
        assert!(!attribute.starts_with("on"), "{tag}");
        let is_reference =
            ["src", "href", "srcset", "data", "action", "xlink:href", "poster"].contains(&attribute);
        let is_local = value.starts_with("data:")
            || value.strip_prefix('#').is_some_and(|id| !all(page, &format!("[id='{id}']")).is_empty());
        assert!(!is_reference || is_local, "{tag}");
    }
    assert!(name != "img" || element.attr("alt").is_some_and(|alt| !alt.is_empty()), "{tag}");
    assert!(name != "svg" || element.attr("aria-label").is_some_and(|label| !label.is_empty()), "{tag}");
    assert!(name != "svg" || !["NaN", "inf\""].iter().any(|bad| tag.contains(bad)), "{tag}");
    assert!(name != "th" || element.attr("scope").is_some(), "{tag}");
}

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

fn text(page: &Html, selector: &str) -> String {
    all(page, selector).first().map(|e| e.text().collect()).unwrap_or_default()
}

#[test]
fn hostile_text_is_shown_and_inert() {
    for kind in KINDS {
        let page = parse(&hostile(kind, 500));
        let shown = HOSTILE.replace(['\0', '\u{202e}'], "\u{fffd}");
        for place in
            ["h1", ".warnings li", ".card h4", ".tag", ".command", "#checks th[scope=row]", "#left-out td"]
        {
            assert!(text(&page, place).contains(&shown), "{place}: {}", text(&page, place));
        }
        let settings: serde_json::Value =
            serde_json::from_str(&text(&page, "#reproduce details code")).unwrap();
        let setting = HOSTILE.replace('\u{202e}', "\u{fffd}");
        assert_eq!(settings, serde_json::json!({ &setting: &setting }));
    }
}

#[test]
fn sections_come_in_order_and_only_when_there_is_something() {
    let ids = |page: &Html| {
        all(page, "section").iter().map(|s| s.attr("id").unwrap().to_owned()).collect::<Vec<_>>()
    };
    let full = parse(&hostile(Kind::Images, 500));
    assert_eq!(
        ids(&full),
        ["items", "marked", "scores", "training", "labels", "columns", "checks", "left-out", "reproduce"]
    );
    assert_eq!(ids(&parse(&bare(Kind::Images, vec![]))), ["reproduce"]);
    assert_eq!(ids(&parse(&bare(Kind::Table, vec![1.0, 2.0]))), ["scores", "reproduce"]);
}

#[test]
fn the_first_sentence_says_what_was_done() {
    let page = parse(&hostile(Kind::Images, 1100));
    assert_eq!(text(&page, ".lead"), "1,100 images ranked. The 24 most anomalous are below.");
    assert_eq!(text(&parse(&bare(Kind::Text, vec![1.0])), ".lead"), "1 document ranked.");
    let one = Report { top: hostile(Kind::Table, 9).top[..1].to_vec(), ..bare(Kind::Table, vec![1.0; 9]) };
    assert_eq!(text(&parse(&one), ".lead"), "9 rows ranked. The most anomalous one is below.");
}

#[test]
fn degenerate_scores_make_a_page() {
    for scores in [
        vec![],
        vec![1.0],
        vec![0.0; 50],
        vec![f32::NAN; 3],
        vec![f32::INFINITY, 1.0],
        vec![f32::MAX, f32::MIN],
    ] {
        for kind in KINDS {
            parse(&bare(kind, scores.clone()));
        }
    }
    let equal = parse(&bare(Kind::Images, vec![2.0; 50]));
    assert!(text(&equal, "#scores .intro").contains("they cannot be distinguished"));
    let one_epoch =
        Report { training: hostile(Kind::Text, 9).training[..1].to_vec(), ..bare(Kind::Text, vec![1.0]) };
    assert_eq!(all(&parse(&one_epoch), "#training svg").len(), 3);
}

#[test]
fn the_histogram_marks_thresholds_and_the_flagged() {
    let page = parse(&hostile(Kind::Images, 1000));
    assert_eq!(all(&page, "#scores .wide svg .mark").len(), 1);
    assert!(text(&page, "#scores .wide svg").contains("100 flagged"));
    let titles = all(&page, "#scores .wide .bar title");
    let flagged: usize = titles
        .iter()
        .filter_map(|t| {
            t.text()
                .collect::<String>()
                .strip_prefix("100 flagged: ")?
                .split_once(", ")?
                .0
                .parse::<usize>()
                .ok()
        })
        .sum();
    assert_eq!(flagged, 100);
}

#[test]
fn a_picture_comes_with_its_reconstruction_and_heat_map() {
    let page = parse(&hostile(Kind::Images, 500));
    assert_eq!((all(&page, ".top .card").len(), all(&page, ".typical .card").len()), (24, 12));
    let captions: Vec<String> =
        all(&page, ".top li:first-child figcaption").iter().map(|c| c.text().collect()).collect();
    // Then the typical item that is most similar.
    assert_eq!(captions[..3], ["Original", "Reconstruction", "Difference"]);
    assert_eq!(captions.len(), 4);
    assert!(render(&hostile(Kind::Images, 500)).len() < 2_000_000);
}

#[test]
fn the_features_furthest_off_come_first() {
    let page = parse(&hostile(Kind::Table, 500));
    let rows = all(&page, ".top li:first-child tbody tr");
    assert_eq!(rows.len(), 8);
    assert!(rows[0].text().collect::<String>().starts_with("c0 "));
    assert!(rows[0].inner_html().contains("--share:100%"));
    assert_eq!(text(&page, ".top li:first-child .more"), "and 12 more features, closer to typical");
}

#[test]
fn terms_are_marked_as_whole_words_and_long_documents_are_cut() {
    let page = parse(&hostile(Kind::Text, 500));
    let marks: Vec<String> =
        all(&page, ".top li:first-child mark").iter().map(|m| m.text().collect()).collect();
    assert_eq!(marks, ["Gun", "gun"]);
    let excerpt = text(&page, ".top li:first-child blockquote");
    assert!(excerpt.ends_with('…') && excerpt.chars().count() == 701);
}

#[test]
fn long_lists_are_cut_and_the_count_kept() {
    let page = parse(&hostile(Kind::Table, 500));
    assert_eq!(all(&page, "#left-out tbody tr").len(), 50);
    assert_eq!(
        text(&page, "#left-out .intro"),
        "60 rows could not be read (left out of the ranking). The first 50:"
    );
    assert_eq!(all(&page, "#items details tbody tr").len(), 100);
}
