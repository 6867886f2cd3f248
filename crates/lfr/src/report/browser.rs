//! The page in a real browser, where there is one: Debian's `chromium`, headless.

use std::path::Path;
use std::process::Command;

use maud::{PreEscaped, html};

use super::sample::hostile;
use super::*;

const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Writes what the page around them sees of its frames: width, width of the content, pictures that do not show.
const MEASURE: &str = "onload = () => { document.title = [...document.querySelectorAll('iframe')].map(f => {
    const d = f.contentDocument;
    return [f.clientWidth, d.documentElement.scrollWidth, [...d.images].filter(i => !i.naturalWidth).length].join(' ');
}).join(';') }";

/// Writes the ranks in the first gallery of a frame, sorted by id, and what its buttons say.
const SORT: &str = "onload = () => { const d = document.querySelector('iframe').contentDocument;
    const choice = d.querySelector('.sorting select');
    choice.value = 'by id';
    choice.dispatchEvent(new Event('change'));
    const ranks = [...d.querySelector('.cards').children].map((item) => item.dataset.rank);
    document.title = [ranks, ...[...d.querySelectorAll('.sorting button')].map((b) => b.textContent)].join(';') }";

/// The title that a page gave itself.
fn title(dom: &str) -> &str {
    dom.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>")).unwrap().0
}

/// A browser's standard output for `page`, `None` where there is no browser.
fn browse(folder: &Path, page: &str, options: &[&str]) -> Option<String> {
    let file = folder.join("page.html");
    std::fs::write(&file, page).unwrap();
    let quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars"];
    let offline = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
    let profile = format!("--user-data-dir={}", folder.join("profile").display());
    let name = NAMES.into_iter().find(|name| Command::new(name).arg("--version").output().is_ok())?;
    let output = Command::new(name).args(quiet).args(offline).arg(profile).args(options).arg(file).output();
    Some(String::from_utf8_lossy(&output.unwrap().stdout).into_owned())
}

#[test]
fn the_page_fits_every_width_and_shows_every_picture() {
    let folder = tempfile::tempdir().unwrap();
    let pages = [Kind::Images, Kind::Table, Kind::Text].map(|kind| render(&hostile(kind, 500)));
    let frames = html! {
        @for page in &pages {
            @for width in [360, 640, 1000, 1280] {
                iframe srcdoc=(page) style={ "border:0;height:800px;width:" (width) "px" } {}
            }
        }
        script { (PreEscaped(MEASURE)) }
    };
    let Some(dom) = browse(folder.path(), &frames.into_string(), &["--dump-dom"]) else { return };
    let title = title(&dom);
    assert_eq!(title.split(';').count(), 12, "{title}");
    for frame in title.split(';') {
        let numbers: Vec<&str> = frame.split(' ').collect();
        assert!(numbers[0] == numbers[1] && numbers[2] == "0", "width, content, broken pictures: {frame}");
    }
}

#[test]
fn the_page_sorts_its_items_and_offers_their_ids() {
    let folder = tempfile::tempdir().unwrap();
    let mut report = hostile(Kind::Table, 500);
    for (i, item) in report.top.iter_mut().enumerate() {
        item.id = format!("row {}", 100 - i);
    }
    let frame = html! { iframe srcdoc=(render(&report)) {} script { (PreEscaped(SORT)) } };
    let Some(dom) = browse(folder.path(), &frame.into_string(), &["--dump-dom"]) else { return };
    let ranks = (1..=24).rev().map(|rank| rank.to_string()).collect::<Vec<_>>().join(",");
    let buttons = "Copy the 24 ids shown here;Copy the 12 ids shown here;Copy the 100 ids shown here;Copy the 50 ids flagged";
    assert_eq!(title(&dom), format!("{ranks};{buttons}"));
}

#[test]
fn the_page_follows_the_colour_scheme() {
    let folder = tempfile::tempdir().unwrap();
    let page = render(&hostile(Kind::Images, 500));
    let picture = folder.path().join("page.png");
    let screenshot = format!("--screenshot={}", picture.display());
    for (scheme, lightness) in [("0", 0..40), ("1", 230..256)] {
        let scheme = format!("--blink-settings=preferredColorScheme={scheme}");
        let options = [screenshot.as_str(), "--window-size=900,700", &scheme];
        let Some(_) = browse(folder.path(), &page, &options) else { return };
        let shot = image::open(&picture).unwrap().to_luma8();
        assert!(lightness.contains(&i32::from(shot.get_pixel(3, 3).0[0])), "{scheme}");
        let ink = shot.pixels().filter(|p| i32::from(p.0[0]).abs_diff(lightness.start) > 100).count();
        assert!(ink > 3000, "{ink} pixels of ink, {scheme}");
    }
}
