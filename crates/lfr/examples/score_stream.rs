//! Fits once, keeps the model, and scores a file of any size chunk by chunk in bounded memory:
//! `cargo run -p lfr --example score_stream`.

use std::error::Error;

use lfr::{Data, Fit, Method, Model, Options};

/// Training rows in memory, new rows in a CSV file.
pub fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let (model, new) = (folder.path().join("model.safetensors"), folder.path().join("new.csv"));
    let values: Vec<f32> = (0..600_u16).map(|i| f32::from(i * 37 % 101)).collect();
    Fit::new(Method::named("knn", None)?).run(Data::rows(3, &values)?)?.save_model(&model)?;

    let rows: String = (0..10_000).map(|i| format!("{},{},{}\n", i % 97, i % 89, i % 83)).collect();
    std::fs::write(&new, format!("f0,f1,f2\n{rows}500,-500,500\n"))?;

    let model = Model::load(&model)?;
    let (mut worst, mut count) = ((String::new(), f32::MIN), 0);
    model.stream(&new, &Options::default(), |chunk, scores| {
        count += scores.len();
        for (id, &score) in chunk.ids.iter().zip(scores) {
            if score > worst.1 {
                worst = (id.clone(), score);
            }
        }
        Ok(())
    })?;
    println!("{count} rows scored; the most anomalous is row {} with {:.3}", worst.0, worst.1);
    assert_eq!((count, worst.0.as_str()), (10_001, "10000"));
    Ok(())
}
