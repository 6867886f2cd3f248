//! From the graph's inputs to the rows that methods see.

use super::graph::{Attribute, Extent, Graph, Type};
use super::table;
use crate::error::{Error, Result};
use crate::nn::autoencoder::Input;
use crate::preprocess::{PictureShape, Preprocessor, TfIdf};

/// Items of a batch.
pub(super) const ITEMS: Extent = Extent::Any("N");

/// Pictures at most this many pixels smaller than the wanted side are padded, as `input/square.rs` does.
const MAX_PADDING: i64 = 7;

/// Items as methods see them.
pub(super) struct Rows {
    /// `[n, width]` of 32-bit floats, as [`crate::data::Features::row_into`] has them.
    pub(super) name: String,
    /// What they are.
    pub(super) input: Input,
    /// Whether each item is without features, `[n]`; `None` where none is.
    pub(super) empty: Option<String>,
    /// How strange each item is by what no feature can tell, `[n]` from 0 to 1; `None` where none is.
    pub(super) strange: Option<String>,
}

/// Declares the inputs and turns them into rows.
pub(super) fn rows(graph: &mut Graph, preprocessor: &Preprocessor) -> Result<Rows> {
    match preprocessor {
        Preprocessor::Images(shape) => Ok(pictures(graph, *shape)),
        Preprocessor::Table(encoder) => table::rows(graph, encoder),
        Preprocessor::Text(tfidf) => Ok(documents(graph, tfidf)),
        Preprocessor::Encoder(step) => Err(Error::Export {
            problem: format!(
                "it ranks by the features of the encoder {}, which is a graph of its own",
                step.card.name
            ),
        }),
    }
}

/// `input`: bytes `[N, H, W, C]`, any height and width.
fn pictures(graph: &mut Graph, PictureShape { channels, side }: PictureShape) -> Rows {
    graph.input("input", Type::U8, &[ITEMS, Extent::Any("H"), Extent::Any("W"), Extent::Fixed(channels)]);
    let planes = graph.with("Transpose", &["input"], vec![("perm", Attribute::Ints(vec![0, 3, 1, 2]))]);
    let square = square(graph, &planes, side as i64);
    let (half, one) = (graph.f32s(&[], &[127.5]), graph.f32s(&[], &[1.0]));
    let unit = graph.op("Div", &[&square, &half]);
    let unit = graph.op("Sub", &[&unit, &one]);
    let width = channels * side * side;
    let name = graph.reshape(&unit, &[-1, width as i64]);
    let (low, high) = (
        graph.reduce("ReduceMin", &square, &[2, 3], false),
        graph.reduce("ReduceMax", &square, &[2, 3], false),
    );
    let plain = graph.op("Equal", &[&low, &high]);
    let empty = all(graph, &plain);
    Rows { name, input: Input::Picture { channels, side }, empty: Some(empty), strange: None }
}

/// Pictures `[n, c, h, w]` of bytes brought to `side` x `side`, whole numbers as 32-bit floats.
fn square(graph: &mut Graph, x: &str, side: i64) -> String {
    let (from, to) = (("start", Attribute::Int(2)), ("end", Attribute::Int(4)));
    let sides = graph.with("Shape", &[x], vec![from, to]);
    let (wanted, zero, two, most) =
        (graph.i64s(&[side]), graph.i64s(&[0]), graph.i64s(&[2]), graph.i64s(&[MAX_PADDING]));
    let missing = graph.op("Sub", &[&wanted, &sides]);
    let (small, near) =
        (graph.op("GreaterOrEqual", &[&missing, &zero]), graph.op("LessOrEqual", &[&missing, &most]));
    let fits = graph.op("And", &[&small, &near]);
    let fits = graph.cast(&fits, Type::I64);
    let fits = graph.reduce("ReduceMin", &fits, &[0], true);
    let missing = graph.op("Mul", &[&missing, &fits]);
    let before = graph.op("Div", &[&missing, &two]);
    let after = graph.op("Sub", &[&missing, &before]);
    let none = graph.i64s(&[0, 0]);
    let pads = graph.concat(&[none.clone(), before, none, after], 0);
    let padded = graph.op("Pad", &[x, &pads]);
    let floats = graph.cast(&padded, Type::F32);
    let sizes = graph.i64s(&[side, side]);
    let resized = graph.with(
        "Resize",
        &[&floats, "", "", &sizes],
        vec![
            ("mode", Attribute::Word("linear")),
            ("antialias", Attribute::Int(1)),
            ("exclude_outside", Attribute::Int(1)),
            ("coordinate_transformation_mode", Attribute::Word("half_pixel")),
            ("axes", Attribute::Ints(vec![2, 3])),
        ],
    );
    graph.op("Round", &[&resized])
}

/// `input`: TF-IDF weights `[N, terms]`; `unknown`: the share of each document's words that are not terms, `[N]`.
fn documents(graph: &mut Graph, tfidf: &TfIdf) -> Rows {
    let width = tfidf.terms().len();
    graph.input("input", Type::F32, &[ITEMS, Extent::Fixed(width)]);
    graph.input("unknown", Type::F32, &[ITEMS]);
    let size = graph.op("Abs", &["input"]);
    let largest = graph.reduce("ReduceMax", &size, &[1], false);
    let zero = graph.f32s(&[], &[0.0]);
    let empty = graph.op("Equal", &[&largest, &zero]);
    let strange = strange(graph, tfidf.usually_unknown());
    Rows { name: "input".into(), input: Input::NonNegative, empty: Some(empty), strange }
}

/// The share of unknown words above the usual one, as [`TfIdf::strangeness`] has it.
fn strange(graph: &mut Graph, usual: f32) -> Option<String> {
    if usual >= 1.0 {
        return None;
    }
    let (usual, rest, zero) =
        (graph.f32s(&[], &[usual]), graph.f32s(&[], &[1.0 - usual]), graph.f32s(&[], &[0.0]));
    let above = graph.op("Sub", &["unknown", &usual]);
    let excess = graph.op("Div", &[&above, &rest]);
    Some(graph.op("Max", &[&excess, &zero]))
}

/// Whether all of a row of booleans hold, `[n]`.
fn all(graph: &mut Graph, x: &str) -> String {
    let numbers = graph.cast(x, Type::I64);
    let least = graph.reduce("ReduceMin", &numbers, &[1], false);
    let zero = graph.i64s(&[0]);
    graph.op("Greater", &[&least, &zero])
}

/// The scores with those of items without features and of strange items put right as [`crate::Model::scores`] does; `own`
/// is the score of an item without features.
pub(super) fn corrected(graph: &mut Graph, scores: &str, rows: &Rows, own: Option<f32>) -> String {
    let Some(own) = own else { return scores.to_owned() };
    let own = graph.f32s(&[], &[own]);
    let scores = match &rows.empty {
        Some(empty) => graph.op("Where", &[empty, &own, scores]),
        None => scores.to_owned(),
    };
    let Some(strange) = &rows.strange else { return scores };
    let zero = graph.f32s(&[], &[0.0]);
    let distance = graph.op("Sub", &[&own, &scores]);
    let distance = graph.op("Max", &[&distance, &zero]);
    let step = graph.op("Mul", &[strange, &distance]);
    graph.op("Add", &[&scores, &step])
}
