//! Rows of a table: `input` holds the columns of numbers, dates and times, `categories` the others.

use super::graph::{Attribute, Extent, Graph, Type};
use super::input::{ITEMS, Rows};
use crate::error::{Error, Result};
use crate::nn::autoencoder::Input;
use crate::preprocess::{
    Category, Circle, DAY, Encoding, KNEE, Number, Reading, TableEncoder, sentinel_days, squash,
};

/// Where a column is found, for the metadata.
#[derive(serde::Serialize)]
pub(super) struct Place<'a> {
    /// Its name.
    name: &'a str,
    /// The input that has it.
    input: &'static str,
    /// Which column of that input.
    index: usize,
    /// What to give.
    holds: &'static str,
}

/// Where each column of training is found.
pub(super) fn places(encoder: &TableEncoder) -> Vec<Place<'_>> {
    let (mut numbers, mut categories) = (0.., 0..);
    let place = |(name, encoding)| {
        let number = |holds, index: Option<usize>| (holds, "input", index.unwrap_or_default());
        let (holds, input, index) = match encoding {
            &Encoding::Number(_) => number("a number; NaN where it is missing", numbers.next()),
            Encoding::Moment(_) => {
                number("seconds since 1970-01-01 UTC; NaN where it is missing", numbers.next())
            }
            Encoding::TimeOfDay(time) if time.turn() == DAY => {
                number("seconds since midnight; NaN where it is missing", numbers.next())
            }
            Encoding::TimeOfDay(_) => number(
                "days since January 1 in a year with a February 29; NaN where it is missing",
                numbers.next(),
            ),
            // Refused before anyone asks.
            Encoding::Pieces(_) | Encoding::Tags(_) | Encoding::Periods(_) => {
                number("several values", numbers.next())
            }
            Encoding::Category(_) => (
                "a text without blanks around it; empty where it is missing",
                "categories",
                categories.next().unwrap_or_default(),
            ),
        };
        Place { name, input, index, holds }
    };
    encoder.encodings().map(place).collect()
}

/// The number behind a column of numbers, dates or times.
fn number(encoding: &Encoding) -> Option<&Number> {
    match encoding {
        Encoding::Number(number) => Some(number),
        Encoding::Moment(moment) => Some(&moment.position),
        Encoding::TimeOfDay(time) => Some(&time.number),
        Encoding::Category(_) | Encoding::Pieces(_) | Encoding::Tags(_) | Encoding::Periods(_) => None,
    }
}

/// Parts of the rows side by side, and which of their columns make up a row.
#[derive(Default)]
struct Parts {
    parts: Vec<String>,
    width: usize,
}

impl Parts {
    /// Adds `width` columns; the first one's place.
    fn add(&mut self, part: String, width: usize) -> usize {
        self.parts.push(part);
        self.width += width;
        self.width - width
    }
}

/// Declares the inputs and encodes them as `encoder` does.
pub(super) fn rows(graph: &mut Graph, encoder: &TableEncoder) -> Result<Rows> {
    for (name, encoding) in encoder.encodings() {
        check(name, encoding)?;
    }
    let numbers: Vec<&Number> = encoder.encodings().filter_map(|(_, encoding)| number(encoding)).collect();
    let categories = encoder.encodings().filter(|(_, encoding)| number(encoding).is_none()).count();
    let mut parts = Parts::default();
    let (values, flags, usable) = if numbers.is_empty() {
        (0, 0, String::new())
    } else {
        graph.input("input", Type::F64, &[ITEMS, Extent::Fixed(numbers.len())]);
        let usable = usable(graph, &numbers);
        let values = scaled_values(graph, &numbers, &usable);
        let flags = missing_flags(graph, &numbers, &usable);
        (parts.add(values, numbers.len()), parts.add(flags, numbers.len()), usable)
    };
    if categories > 0 {
        graph.input("categories", Type::Text, &[ITEMS, Extent::Fixed(categories)]);
    }
    let mut order: Vec<usize> = Vec::new();
    let (mut next_number, mut next_category) = (0, 0);
    for (_, encoding) in encoder.encodings() {
        let place = next_number;
        let flag = |number: &Number| (number.missing > 0.0).then_some(flags + place);
        match encoding {
            Encoding::Number(number) => order.extend([values + place].into_iter().chain(flag(number))),
            Encoding::Moment(moment) => {
                order.extend([values + place].into_iter().chain(flag(&moment.position)));
                for (circle, turn) in moment.circles.iter().flatten().zip([week, day]) {
                    let at = parts.add(on_circle(graph, place, &usable, circle, turn), 2);
                    order.extend([at, at + 1]);
                }
            }
            Encoding::TimeOfDay(time) => {
                let at = parts.add(
                    on_circle(graph, place, &usable, &time.circle, |graph: &mut Graph, x: &str| {
                        turns(graph, x, time.turn())
                    }),
                    2,
                );
                order.extend([at, at + 1].into_iter().chain(flag(&time.number)));
            }
            Encoding::Category(category) => {
                let width = category.width();
                let at = parts.add(levels(graph, next_category, category), width);
                order.extend(at..at + width);
                next_category += 1;
            }
            Encoding::Pieces(_) | Encoding::Tags(_) | Encoding::Periods(_) => {}
        }
        next_number += usize::from(number(encoding).is_some());
    }
    let all = graph.concat(&parts.parts, 1);
    let order: Vec<i64> = order.into_iter().map(|place| place as i64).collect();
    let places = graph.i64s(&order);
    let name = graph.with("Gather", &[&all, &places], vec![("axis", Attribute::Int(1))]);
    let blank = encoder.sets_blank_apart().then(|| blank(graph, !numbers.is_empty(), categories > 0));
    let strange = strange(graph, encoder, &numbers, &usable);
    Ok(Rows { name, input: Input::Vector, empty: blank, strange })
}

/// How strange each row is by its cells without a value where training had one in every row, `[n]`, as
/// [`TableEncoder::strangeness`] has it.
fn strange(graph: &mut Graph, encoder: &TableEncoder, numbers: &[&Number], usable: &str) -> Option<String> {
    let whole = |number: &&Number| number.missing == 0.0;
    if encoder.fitted_on() == 0 || !numbers.iter().any(whole) {
        return None;
    }
    let weights =
        row(graph, numbers, |number| f64::from(u8::from(whole(&number))) * encoder.fitted_on() as f64);
    let (zero, one) = (graph.f64(0.0), graph.f64(1.0));
    let gaps = graph.op("Where", &[usable, &zero, &weights]);
    let gaps = graph.reduce("ReduceSum", &gaps, &[1], false);
    let distance = graph.op("Sqrt", &[&gaps]);
    let more = graph.op("Add", &[&distance, &one]);
    let strange = graph.op("Div", &[&distance, &more]);
    Some(graph.cast(&strange, Type::F32))
}

/// Whether each row has no value, `[n]`.
fn blank(graph: &mut Graph, numbers: bool, categories: bool) -> String {
    let mut all = Vec::new();
    if numbers {
        let missing = graph.op("IsNaN", &["input"]);
        let missing = graph.cast(&missing, Type::I64);
        all.push(graph.reduce("ReduceMin", &missing, &[1], true));
    }
    if categories {
        let missing = graph.ml(
            "LabelEncoder",
            &["categories"],
            vec![
                ("keys_strings", Attribute::Words(vec![String::new()])),
                ("values_int64s", Attribute::Ints(vec![1])),
                ("default_int64", Attribute::Int(0)),
            ],
        );
        all.push(graph.reduce("ReduceMin", &missing, &[1], true));
    }
    let all = graph.concat(&all, 1);
    let blank = graph.reduce("ReduceMin", &all, &[1], false);
    let zero = graph.i64s(&[0]);
    graph.op("Greater", &[&blank, &zero])
}

/// Refuses a column that one number a cell cannot tell.
fn check(name: &str, encoding: &Encoding) -> Result<()> {
    let several = match encoding {
        Encoding::Pieces(_) => Some("numbers"),
        Encoding::Tags(_) => Some("words"),
        Encoding::Periods(_) => Some("times"),
        _ => None,
    };
    if let Some(what) = several {
        return Err(Error::Export {
            problem: format!(
                "column `{name}` has several {what} in a cell; fit again with a column for each, or with the column ignored"
            ),
        });
    }
    let Some(number) = number(encoding) else { return Ok(()) };
    if number.flags_of_values() == 0 {
        return Ok(());
    }
    Err(Error::Export {
        problem: format!(
            "column `{name}` tells marks, limits or dates that stand for none apart from values, which a number cannot; fit \
             again without them, or with the column ignored"
        ),
    })
}

/// A constant row, one number a column.
fn row(graph: &mut Graph, numbers: &[&Number], of: impl Fn(&Number) -> f64) -> String {
    let values: Vec<f64> = numbers.iter().map(|number| of(number)).collect();
    graph.f64s(&[1, values.len()], &values)
}

/// Whether there is a value, `[n, numbers]`.
fn usable(graph: &mut Graph, numbers: &[&Number]) -> String {
    let size = graph.op("Abs", &["input"]);
    let most = graph.f64(f64::from(f32::MAX));
    let usable = graph.op("LessOrEqual", &[&size, &most]);
    if !numbers.iter().any(|number| matches!(number.reading, Reading::Moment(_))) {
        return usable;
    }
    let dates =
        row(graph, numbers, |number| f64::from(u8::from(matches!(number.reading, Reading::Moment(_)))));
    let (day, last) = (graph.f64(DAY), graph.i64s(&[2]));
    let days = graph.op("Div", &["input", &day]);
    let days = graph.op("Floor", &[&days]);
    let days = graph.op("Unsqueeze", &[&days, &last]);
    let none: Vec<f64> = sentinel_days().collect();
    let none = graph.f64s(&[none.len()], &none);
    let found = graph.op("Equal", &[&days, &none]);
    let found = graph.cast(&found, Type::F64);
    let found = graph.reduce("ReduceMax", &found, &[2], false);
    let found = graph.op("Mul", &[&found, &dates]);
    let zero = graph.f64(0.0);
    let dated = graph.op("Equal", &[&found, &zero]);
    graph.op("And", &[&usable, &dated])
}

/// The scaled values, the median's where there is none.
fn scaled_values(graph: &mut Graph, numbers: &[&Number], usable: &str) -> String {
    let centre = row(graph, numbers, |number| number.center);
    let scale = row(graph, numbers, |number| 1.0 / number.spread);
    let fill = row(graph, numbers, |number| squash((number.median - number.center) / number.spread));
    let x = graph.op("Sub", &["input", &centre]);
    let x = graph.op("Mul", &[&x, &scale]);
    let x = squashed(graph, &x);
    let x = graph.op("Where", &[usable, &x, &fill]);
    graph.cast(&x, Type::F32)
}

fn missing_flags(graph: &mut Graph, numbers: &[&Number], usable: &str) -> String {
    let of = |number: &Number| (number.missing * (1.0 - number.missing)).sqrt().max(f64::MIN_POSITIVE);
    let raised = row(graph, numbers, |number| squash((1.0 - number.missing) / of(number)));
    let lowered = row(graph, numbers, |number| squash(-number.missing / of(number)));
    let flags = graph.op("Where", &[usable, &lowered, &raised]);
    graph.cast(&flags, Type::F32)
}

/// [`squash`] of every number.
fn squashed(graph: &mut Graph, x: &str) -> String {
    let (knee, offset) = (graph.f64(KNEE), graph.f64(KNEE - 1.0));
    let size = graph.op("Abs", &[x]);
    let near = graph.op("LessOrEqual", &[&size, &knee]);
    let far = graph.op("Max", &[&size, &knee]);
    let far = graph.op("Sub", &[&far, &offset]);
    let far = graph.op("Log", &[&far]);
    let far = graph.op("Add", &[&far, &knee]);
    let sign = graph.op("Sign", &[x]);
    let far = graph.op("Mul", &[&far, &sign]);
    graph.op("Where", &[&near, x, &far])
}

/// The day of the week of seconds since 1970, in turns.
fn week(graph: &mut Graph, seconds: &str) -> String {
    let (day, monday) = (graph.f64(DAY), graph.f64(3.0));
    let days = graph.op("Div", &[seconds, &day]);
    let days = graph.op("Floor", &[&days]);
    let days = graph.op("Add", &[&days, &monday]);
    turns(graph, &days, 7.0)
}

/// The time of day, in turns.
fn day(graph: &mut Graph, seconds: &str) -> String {
    turns(graph, seconds, DAY)
}

/// What is left of x after whole circles of `length`, in turns.
fn turns(graph: &mut Graph, x: &str, length: f64) -> String {
    let length = graph.f64(length);
    let turns = graph.op("Div", &[x, &length]);
    let whole = graph.op("Floor", &[&turns]);
    graph.op("Sub", &[&turns, &whole])
}

/// The two coordinates on a circle of column `place` of `input`; 0 and 0 where there is no value.
fn on_circle(
    graph: &mut Graph,
    place: usize,
    usable: &str,
    circle: &Circle,
    turn: impl Fn(&mut Graph, &str) -> String,
) -> String {
    let at = graph.i64s(&[place as i64]);
    let column =
        |graph: &mut Graph, x: &str| graph.with("Gather", &[x, &at], vec![("axis", Attribute::Int(1))]);
    let (seconds, usable) = (column(graph, "input"), column(graph, usable));
    let turn = turn(graph, &seconds);
    let (whole, zero) = (graph.f64(std::f64::consts::TAU), graph.f64(0.0));
    let angle = graph.op("Mul", &[&turn, &whole]);
    let coordinates = ["Cos", "Sin"].map(|kind| graph.op(kind, &[&angle]));
    let place = graph.concat(&coordinates, 1);
    let (centre, spread) = (graph.f64s(&[1, 2], &circle.center), graph.f64(circle.spread));
    let place = graph.op("Sub", &[&place, &centre]);
    let place = graph.op("Div", &[&place, &spread]);
    let place = squashed(graph, &place);
    let place = graph.op("Where", &[&usable, &place, &zero]);
    graph.cast(&place, Type::F32)
}

/// The features of column `place` of `categories`.
fn levels(graph: &mut Graph, place: usize, category: &Category) -> String {
    let place = graph.constant(Type::I64, &[], &(place as i64).to_le_bytes());
    let column = graph.with("Gather", &["categories", &place], vec![("axis", Attribute::Int(1))]);
    let codes = category.codes();
    let unknown = codes.here.len() - 1;
    let (names, places): (Vec<String>, Vec<i64>) =
        category.places().map(|(name, place)| (name.to_owned(), place as i64)).unzip();
    let level = graph.ml(
        "LabelEncoder",
        &[&column],
        vec![
            ("keys_strings", Attribute::Words(names)),
            ("values_int64s", Attribute::Ints(places)),
            ("default_int64", Attribute::Int(unknown as i64)),
        ],
    );
    let code = |&(feature, value): &(usize, f32)| {
        let mut code = codes.absent.clone();
        code[feature] = value;
        code
    };
    let table: Vec<f32> = codes.here.iter().flat_map(code).collect();
    let table = graph.f32s(&[codes.here.len(), codes.absent.len()], &table);
    graph.op("Gather", &[&table, &level])
}
