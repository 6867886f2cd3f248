//! Archives are ranked as the folder they hold.

use std::io::{Cursor, Write};

use crate::fixture::Place;

/// Files by name.
type Files = Vec<(String, Vec<u8>)>;

fn zip(files: &Files) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tar_gz(files: &Files) -> Vec<u8> {
    let mut tar = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, content.as_slice()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

/// Pictures with noise, of 16 bits if they are `deep`; number 9 is bright on one side.
fn pictures(deep: bool) -> Files {
    let pixel = |i: u32, x: u32, y: u32| match i {
        9 if x > 10 => 240,
        _ => 60 + ((x * 7 + y * 13 + i * 31) % 23) as u8,
    };
    let picture = |i: u32| -> image::DynamicImage {
        match deep {
            true => {
                image::ImageBuffer::from_fn(20, 20, |x, y| image::Luma([1000 + u16::from(pixel(i, x, y))]))
                    .into()
            }
            false => image::GrayImage::from_fn(20, 20, |x, y| image::Luma([pixel(i, x, y)])).into(),
        }
    };
    let png = |i: u32| {
        let mut png = Cursor::new(Vec::new());
        picture(i).write_to(&mut png, image::ImageFormat::Png).unwrap();
        (format!("Summer 2024/IMG_{i:04}.png"), png.into_inner())
    };
    (0..30).map(png).collect()
}

fn letters() -> Files {
    let letter = |i: usize| {
        let text = match i {
            9 => "claim your crypto lottery jackpot now".into(),
            _ => format!(
                "we meet on {} in the {}",
                ["monday", "friday"][i % 2],
                ["office", "garden", "hall"][i % 3]
            ),
        };
        (format!("letters/{i:02}.txt"), text.into_bytes())
    };
    (0..30).map(letter).collect()
}

/// A folder `pile` with the files, and the same packed.
fn place(files: &Files) -> Place {
    let place = Place::new();
    for (name, content) in files {
        let path = place.path("pile").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    place.write("pile.zip", zip(files));
    place.write("pile.tar.gz", tar_gz(files));
    place
}

#[test]
fn an_archive_has_the_scores_of_its_folder() {
    let other = |mut files: Files| {
        files.push(("clip.mov".into(), b"film".to_vec()));
        files
    };
    for (files, first) in [
        (other(pictures(false)), "Summer 2024/IMG_0009.png"),
        (other(pictures(true)), "Summer 2024/IMG_0009.png"),
        (other(letters()), "letters/09.txt"),
    ] {
        let place = place(&files);
        let scores = |name: &str| {
            let (ids, said) = place.ranking(&format!("{name} --method knn"));
            assert_eq!((ids.len(), ids[0].as_str()), (30, first), "{name}: {said}");
            assert!(said.contains("passed over 1 file that is not a readable"), "{name}: {said}");
            place.read("out/scores.csv")
        };
        let folder = scores("pile");
        for name in ["pile.zip", "pile.tar.gz"] {
            assert!(scores(name) == folder, "{name}");
        }
    }
}

#[test]
fn a_model_scores_an_archive() {
    let place = place(&pictures(false));
    place.lfr("fit pile.zip -o m.safetensors --method knn").ok();
    let scores = place.lfr("score m.safetensors pile.tar.gz").ok();
    assert_eq!(scores, place.lfr("score m.safetensors pile").ok());
}

#[test]
fn one_table_in_an_archive_is_read_as_such() {
    let rows: String =
        (0..30).map(|i| format!("{},{}\n", i % 5, if i == 17 { 900 } else { 20 + i * 7 % 13 })).collect();
    let mut files = vec![("export/data.csv".to_owned(), format!("a,b\n{rows}").into_bytes())];
    files.extend(letters().into_iter().take(2));
    let place = place(&files);
    for name in ["pile.zip", "pile.tar.gz", "pile.tar.gz:export/data.csv"] {
        let (ids, said) = place.ranking(name);
        assert_eq!((ids.len(), ids[0].as_str()), (30, "17"), "{name}: {said}");
        assert!(!said.contains("warning") && !said.contains("note:"), "{name}: {said}");
    }
}

#[test]
fn what_cannot_be_reached_is_left_out_or_refused() {
    let place = Place::new();
    let mut files = letters();
    files.push(("../out.txt".into(), b"x".to_vec()));
    place.write("a.zip", zip(&files));
    place.lfr("rank a.zip").refused("leads out of it");
    let mut bytes = zip(&letters());
    // The flag of encryption of the first file, where it is listed.
    let at = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap() + 8;
    bytes[at] |= 1;
    place.write("b.zip", bytes);
    let (ids, said) = place.ranking("b.zip --kind text");
    assert!(
        ids.len() == 29 && said.contains("1 item could not be read") && said.contains("encrypted"),
        "{said}"
    );
}
