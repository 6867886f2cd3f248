//! Figures as files: SVG that any program can read, and PNG.

use std::io::Write;
use std::path::{Path, PathBuf};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::figure::Figure;
use lfr::durable::OutputFile;
use lfr::error::{Error, Result};
use lfr::report::chart::STYLE;

/// Pixels of a PNG for each unit of its SVG.
const SCALE: f32 = 2.0;

/// The hues of the style sheet.
const HUES: usize = 8;

impl Figure {
    /// The text of an SVG file in the light colours, without the variables that word processors do not know.
    pub fn svg(&self) -> String {
        self.chart.to_file().replace(STYLE, &plain(STYLE))
    }

    /// The bytes of a PNG file, twice the size of the SVG.
    ///
    /// # Errors
    /// [`Error::Config`] on a machine without fonts.
    pub fn png(&self) -> Result<Vec<u8>> {
        let bad = |problem: String| Error::config("figure", &self.name, problem);
        let mut options = Options::default();
        options.fontdb_mut().load_system_fonts();
        let families = options.fontdb.faces().filter_map(|face| Some(face.families.first()?.0.clone()));
        let missing = || bad("no font to draw PNG with; install one, or keep to SVG".into());
        // Whatever there is, but rather one that suits charts.
        let family = families.min_by_key(|name| !name.ends_with("Sans")).ok_or_else(missing)?;
        options.fontdb_mut().set_sans_serif_family(family);
        let tree = Tree::from_str(&self.svg(), &options).map_err(|error| bad(error.to_string()))?;
        let size = tree.size().to_int_size();
        let (width, height) = (size.width() as f32 * SCALE, size.height() as f32 * SCALE);
        let mut pixels =
            Pixmap::new(width as u32, height as u32).ok_or_else(|| bad("has no extent".into()))?;
        resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
        pixels.encode_png().map_err(|error| bad(error.to_string()))
    }

    /// Writes `name.svg`, and `name.png` where `png`, into `folder`, and tells their paths. Files that are there are
    /// replaced where `force`.
    ///
    /// # Errors
    /// Files that cannot be written; [`Error::Exists`]; as [`Figure::png`].
    pub fn write(&self, folder: &Path, png: bool, force: bool) -> Result<Vec<PathBuf>> {
        let put = |ending: &str, bytes: &[u8]| {
            let path = folder.join(format!("{}.{ending}", self.name));
            let file = OutputFile::create(&path, force)?;
            file.write(|out| out.write_all(bytes).map_err(|error| Error::io("write", &path, error)))?;
            Ok(path)
        };
        std::fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, error))?;
        let mut files = vec![put("svg", self.svg().as_bytes())?];
        if png {
            files.push(put("png", &self.png()?)?);
        }
        Ok(files)
    }
}

/// A style sheet with the values of its first `:root` in place of their names, and without the rules that give or change
/// them. Declarations that take the hue of a class are repeated class by class.
fn plain(style: &str) -> String {
    let values: Vec<_> = declarations(block(style, ":root")).collect();
    let mut out = String::new();
    for rule in style.split_inclusive('}') {
        let Some((selector, body)) = rule.trim().trim_end_matches('}').split_once('{') else { continue };
        let gives_hue = declarations(body).any(|(key, _)| key == "--c");
        if !selector.trim_start().starts_with(".chart") || gives_hue {
            continue;
        }
        let (hued, fixed): (Vec<_>, Vec<_>) =
            declarations(body).partition(|(_, value)| value.contains("var(--c)"));
        out.push_str(&rule_of(selector, "", &fixed, &values));
        for i in (0..HUES).filter(|_| !hued.is_empty()) {
            let own = format!("var(--c{i})");
            let hued: Vec<_> =
                hued.iter().map(|(key, value)| (*key, value.replace("var(--c)", &own))).collect();
            let hued: Vec<_> = hued.iter().map(|(key, value)| (*key, value.as_str())).collect();
            out.push_str(&rule_of(selector, &format!(".c{i}"), &hued, &values));
        }
    }
    out
}

/// A rule whose selectors end in `class`, with `values` filled in; empty without declarations.
fn rule_of(selector: &str, class: &str, body: &[(&str, &str)], values: &[(&str, &str)]) -> String {
    if body.is_empty() {
        return String::new();
    }
    let selectors: Vec<_> = selector.split(',').map(|s| format!("{}{class}", s.trim())).collect();
    let lines: Vec<_> = body.iter().map(|(key, value)| format!("{key}: {value};")).collect();
    let text = format!("{} {{ {} }}\n", selectors.join(", "), lines.join(" "));
    values.iter().fold(text, |text, (name, value)| text.replace(&format!("var({name})"), value))
}

/// The keys and values of a rule.
fn declarations(body: &str) -> impl Iterator<Item = (&str, &str)> {
    body.split(';').filter_map(|line| line.split_once(':')).map(|(key, value)| (key.trim(), value.trim()))
}

/// What stands between the braces after the first `selector`.
fn block<'a>(style: &'a str, selector: &str) -> &'a str {
    let after = style.split_once(selector).and_then(|(_, rest)| rest.split_once('{'));
    after.and_then(|(_, rest)| rest.split_once('}')).map_or("", |(block, _)| block)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lfr::report::chart::{Axis, Frame, Series, Size, lines};

    fn figure() -> Figure {
        let axis = Axis::new("value").from_to(0.0, 1.0);
        let frame =
            Frame { title: "t", size: Size { width: 200, height: 150 }, x: axis, y: axis, marks: &[] };
        let series = Series { name: "line", points: &[(0.0, 0.5), (1.0, 0.5)] };
        Figure { name: "f".into(), chart: lines(&frame, &[Series::default(), series]) }
    }

    #[test]
    fn the_style_is_made_plain() {
        let text = plain(STYLE);
        assert!(!text.contains("var(") && !text.contains("--") && !text.contains("@media"), "{text}");
        assert!(text.contains(".chart .line.c1, .chart .outline.c1 { stroke: #cc4a0a; }"), "{text}");
        assert!(text.contains(".chart .dot.c7, .chart .bar.c7 { fill: #5b6572; }"), "{text}");
        assert!(text.contains(".chart .paper { fill: #ffffff; }") && text.contains(".chart .line.d1 {"));
        assert_eq!(plain(""), "");
        assert_eq!(plain(".chart x { fill: var(--no) }"), ".chart x { fill: var(--no); }\n");
    }

    #[test]
    fn a_png_shows_the_line_in_its_colour() {
        let png = match figure().png() {
            Err(error) if error.to_string().contains("no font") => return eprintln!("SKIPPED: {error}"),
            png => png.unwrap(),
        };
        let image = image::load_from_memory(&png).unwrap().to_rgb8();
        assert_eq!(image.dimensions(), (400, 300));
        assert_eq!(image.get_pixel(399, 0).0, [255, 255, 255]);
        assert!(image.pixels().any(|pixel| pixel.0 == [0xcc, 0x4a, 0x0a]));
        assert!(image.pixels().filter(|pixel| pixel.0[0] < 0x80).count() > 50, "no text was drawn");
    }

    #[test]
    fn files_are_written_or_the_folder_named() {
        let folder = tempfile::tempdir().unwrap();
        figure().write(&folder.path().join("new"), false, false).unwrap();
        let text = std::fs::read_to_string(folder.path().join("new/f.svg")).unwrap();
        assert!(text.starts_with("<svg xmlns") && !text.contains("var("));
        let file = folder.path().join("new/f.svg");
        assert!(figure().write(&file, false, false).unwrap_err().to_string().contains("f.svg"));
        std::fs::write(&file, "mine").unwrap();
        let again = |force| figure().write(&folder.path().join("new"), false, force);
        assert!(matches!(again(false), Err(Error::Exists { .. })));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
        assert_eq!(again(true).unwrap(), [file]);
    }
}
