//! Structs and lists of a Parquet file as flat columns, named as those of JSON: `a.x`, `a.0`.

use std::sync::Arc;

use crate::arrow::array::{
    Array, ArrayRef, AsArray, LargeListArray, RecordBatch, RecordBatchOptions, UInt64Array, make_array,
};
use crate::arrow::datatypes::{DataType, Field, FieldRef, Schema};
use crate::arrow::unpacked;
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::ArrowError;
use arrow_select::take::take;

/// Longest list that becomes columns.
const MAX_LENGTH: usize = 4096;

/// How a column is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A column as it is.
    Plain,
    /// One column a field.
    Struct(Vec<(String, Shape)>),
    /// As many columns as the longest list seen has values.
    List(Box<Shape>, usize),
}

impl Shape {
    /// The shape of a type; lists of any length are empty as yet.
    pub fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Struct(fields) => {
                Self::Struct(fields.iter().map(|f| (f.name().clone(), Self::of(f.data_type()))).collect())
            }
            DataType::List(field) | DataType::LargeList(field) => {
                Self::List(Box::new(Self::of(field.data_type())), 0)
            }
            DataType::FixedSizeList(field, length) => {
                let length = usize::try_from(*length).unwrap_or(0);
                Self::List(Box::new(Self::of(field.data_type())), length)
            }
            _ => Self::Plain,
        }
    }

    /// Whether there is a list, whose length has to be looked for.
    pub fn has_lists(&self) -> bool {
        match self {
            Self::Plain => false,
            Self::Struct(fields) => fields.iter().any(|(_, shape)| shape.has_lists()),
            Self::List(..) => true,
        }
    }

    /// Makes lists as long as those of `array` are.
    pub fn grow(&mut self, array: &dyn Array) {
        match (self, array.data_type()) {
            (Self::Struct(fields), DataType::Struct(_)) => {
                let columns = array.as_struct().columns();
                fields.iter_mut().zip(columns).for_each(|((_, shape), column)| shape.grow(column));
            }
            (Self::List(inner, length), DataType::List(_)) => {
                let lists = array.as_list::<i32>();
                let longest = lists.offsets().windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
                *length = (*length).max(longest as usize);
                inner.grow(lists.values());
            }
            (Self::List(inner, length), DataType::LargeList(_)) => {
                let lists = array.as_list::<i64>();
                let longest = lists.offsets().windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
                *length = (*length).max(longest as usize);
                inner.grow(lists.values());
            }
            (Self::List(inner, _), DataType::FixedSizeList(..)) => {
                inner.grow(array.as_fixed_size_list().values());
            }
            _ => {}
        }
    }

    /// The same without lists that are too long to be columns.
    pub fn bounded(self) -> Self {
        match self {
            Self::List(_, length) if length > MAX_LENGTH => Self::Plain,
            Self::List(inner, length) => Self::List(Box::new(inner.bounded()), length),
            Self::Struct(fields) => {
                Self::Struct(fields.into_iter().map(|(name, shape)| (name, shape.bounded())).collect())
            }
            Self::Plain => Self::Plain,
        }
    }

    /// How many columns it makes.
    pub fn width(&self) -> usize {
        match self {
            Self::Plain => 1,
            Self::Struct(fields) => {
                fields.iter().fold(0, |sum, (_, shape)| sum.saturating_add(shape.width()))
            }
            Self::List(inner, length) => inner.width().saturating_mul(*length),
        }
    }

    /// Adds the names of the columns of one that is called `name`.
    pub fn names(&self, name: &str, names: &mut Vec<String>) {
        match self {
            Self::Plain => names.push(name.to_owned()),
            Self::Struct(fields) => {
                fields.iter().for_each(|(inner, shape)| shape.names(&format!("{name}.{inner}"), names));
            }
            Self::List(inner, length) => {
                (0..*length).for_each(|i| inner.names(&format!("{name}.{i}"), names))
            }
        }
    }

    /// Adds the columns of `array`; what a shorter list lacks is missing.
    fn flatten(&self, array: &ArrayRef, columns: &mut Vec<ArrayRef>) -> Result<(), ArrowError> {
        match (self, array.data_type()) {
            (Self::Struct(fields), DataType::Struct(_)) => {
                let structs = array.as_struct();
                for ((_, shape), column) in fields.iter().zip(structs.columns()) {
                    shape.flatten(&masked(column, structs.nulls())?, columns)?;
                }
                Ok(())
            }
            (Self::List(inner, length), DataType::List(field)) => {
                let lists = array.as_list::<i32>();
                let ends = lists.offsets().iter().map(|&end| i64::from(end)).collect::<ScalarBuffer<_>>();
                let values = Arc::clone(lists.values());
                let nulls = lists.nulls().cloned();
                let large =
                    LargeListArray::try_new(Arc::clone(field), OffsetBuffer::new(ends), values, nulls)?;
                Self::List(inner.clone(), *length).flatten(&(Arc::new(large) as ArrayRef), columns)
            }
            (Self::List(inner, length), DataType::LargeList(_)) => {
                let lists = array.as_list::<i64>();
                let ends = || lists.offsets().windows(2).map(|pair| (pair[0] as u64, pair[1] as u64));
                for at in 0..*length as u64 {
                    let places = ends().enumerate().map(|(row, (start, end))| {
                        (lists.is_valid(row) && start + at < end).then_some(start + at)
                    });
                    let values = take(lists.values(), &UInt64Array::from_iter(places), None)?;
                    inner.flatten(&values, columns)?;
                }
                Ok(())
            }
            (Self::List(inner, length), DataType::FixedSizeList(_, size)) => {
                let (lists, size) = (array.as_fixed_size_list(), u64::try_from(*size).unwrap_or(0));
                for at in 0..*length as u64 {
                    let places = (0..lists.len() as u64)
                        .map(|row| lists.is_valid(row as usize).then_some(row * size + at));
                    let values = take(lists.values(), &UInt64Array::from_iter(places), None)?;
                    inner.flatten(&values, columns)?;
                }
                Ok(())
            }
            (_, DataType::Dictionary(..)) => {
                columns.push(unpacked(array)?);
                Ok(())
            }
            _ => {
                columns.push(Arc::clone(array));
                Ok(())
            }
        }
    }
}

/// `array` with missing values where `nulls` has them too.
fn masked(array: &ArrayRef, nulls: Option<&NullBuffer>) -> Result<ArrayRef, ArrowError> {
    let Some(nulls) = nulls.filter(|_| array.data_type() != &DataType::Null) else {
        return Ok(Arc::clone(array));
    };
    let nulls = NullBuffer::union(array.nulls(), Some(nulls));
    Ok(make_array(array.to_data().into_builder().nulls(nulls).build()?))
}

/// The columns of `batch`, flattened by `shapes` and named by `names`.
///
/// # Errors
/// A type that cannot be flattened.
pub(super) fn flat(
    batch: &RecordBatch,
    shapes: &[&Shape],
    names: &[String],
) -> Result<RecordBatch, ArrowError> {
    let mut columns = Vec::new();
    for (shape, array) in shapes.iter().zip(batch.columns()) {
        shape.flatten(array, &mut columns)?;
    }
    let field = |(name, array): (&String, &ArrayRef)| -> FieldRef {
        Arc::new(Field::new(name, array.data_type().clone(), true))
    };
    let fields: Vec<FieldRef> = names.iter().zip(&columns).map(field).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrow::array::{Float64Array, Int32Array, ListArray, StructArray};
    use crate::arrow::datatypes::Int32Type;

    fn columns(array: ArrayRef) -> (Vec<String>, Vec<Vec<Option<f64>>>) {
        let mut shape = Shape::of(array.data_type());
        shape.grow(&array);
        let mut names = Vec::new();
        shape.names("a", &mut names);
        let batch = RecordBatch::try_from_iter_with_nullable([("a", array, true)]).unwrap();
        let flat = flat(&batch, &[&shape], &names).unwrap();
        let numbers = |column: &ArrayRef| crate::arrow::numbers(column).unwrap().iter().collect();
        (names, flat.columns().iter().map(numbers).collect())
    }

    #[test]
    fn lists_become_columns_by_place() {
        let lists = ListArray::from_iter_primitive::<Int32Type, _, _>([
            Some(vec![Some(1), Some(2)]),
            None,
            Some(vec![Some(3)]),
        ]);
        let (names, found) = columns(Arc::new(lists.clone()));
        assert_eq!(names, ["a.0", "a.1"]);
        assert_eq!(found, [vec![Some(1.0), None, Some(3.0)], vec![Some(2.0), None, None]]);
        let (_, cut) = columns(Arc::new(lists.slice(1, 2)));
        assert_eq!(cut, [vec![None, Some(3.0)]]);
    }

    #[test]
    fn structs_become_columns_by_name_and_pass_on_what_is_missing() {
        let x: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), Some(2.0), None]));
        let v: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(
            [5, 6, 7].map(|i| Some(vec![Some(i)])),
        ));
        let fields =
            vec![Field::new("x", x.data_type().clone(), true), Field::new("v", v.data_type().clone(), true)];
        let nulls = NullBuffer::from(vec![true, false, true]);
        let structs = StructArray::new(fields.into(), vec![x, v], Some(nulls));
        let (names, found) = columns(Arc::new(structs));
        assert_eq!(names, ["a.x", "a.v.0"]);
        assert_eq!(found, [vec![Some(1.0), None, None], vec![Some(5.0), None, Some(7.0)]]);
    }

    #[test]
    fn dictionaries_become_what_they_stand_for() {
        let array: crate::arrow::array::DictionaryArray<Int32Type> = ["a", "b", "a"].into_iter().collect();
        let batch = RecordBatch::try_from_iter([("a", Arc::new(array) as ArrayRef)]).unwrap();
        let flat = flat(&batch, &[&Shape::Plain], &["a".to_owned()]).unwrap();
        assert_eq!(flat.column(0).as_string::<i32>().iter().flatten().collect::<Vec<_>>(), ["a", "b", "a"]);
    }

    #[test]
    fn plain_columns_stay_and_long_lists_too() {
        let plain = Shape::of(&DataType::Utf8);
        assert_eq!((plain.width(), plain.has_lists()), (1, false));
        let list = Shape::List(Box::new(Shape::Plain), MAX_LENGTH + 1);
        assert_eq!((list.width(), list.bounded()), (MAX_LENGTH + 1, Shape::Plain));
        let (names, found) = columns(Arc::new(Int32Array::from(vec![1, 2])));
        assert_eq!((names, found), (vec!["a".to_owned()], vec![vec![Some(1.0), Some(2.0)]]));
    }
}
