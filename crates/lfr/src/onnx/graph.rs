//! A graph of ONNX operators under construction. Field numbers are those of `onnx.proto`.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::wire::Message;

/// The version of the operators, [`ML`] aside.
const OPSET: i64 = 18;
/// The version of the operators of the domain `ai.onnx.ml`.
const ML_OPSET: i64 = 3;
/// The version of the file format.
const IR: i64 = 8;
/// The domain of trees and labels.
const ML: &str = "ai.onnx.ml";

/// The type of a tensor's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    F32 = 1,
    U8 = 2,
    I64 = 7,
    Text = 8,
    F64 = 11,
}

/// An extent of a graph's input or output.
#[derive(Clone, Copy, Debug)]
pub(super) enum Extent {
    /// So many.
    Fixed(usize),
    /// Any number, equal wherever the name is.
    Any(&'static str),
}

/// The value of an operator's attribute.
pub(super) enum Attribute {
    Int(i64),
    Float(f32),
    Word(&'static str),
    Ints(Vec<i64>),
    Words(Vec<String>),
    Tensor(Message),
    Sparse(Message),
}

/// The graph so far.
#[derive(Default)]
pub(super) struct Graph {
    body: Message,
    operators: usize,
    /// Constants by the digest of their type, shape and values, so that none is stored twice.
    constants: HashMap<[u8; 32], String>,
}

/// `TensorProto` without a name.
pub(super) fn tensor(kind: Type, shape: &[usize], raw: &[u8]) -> Message {
    let dims = shape.iter().map(|&extent| extent as i64);
    Message::default().ints(1, dims).int(2, kind as i64).bytes(9, raw)
}

impl Graph {
    /// An operator with one output, whose name it returns.
    pub(super) fn op(&mut self, kind: &str, inputs: &[&str]) -> String {
        self.with(kind, inputs, vec![])
    }

    /// The same with attributes.
    pub(super) fn with(&mut self, kind: &str, inputs: &[&str], attributes: Vec<(&str, Attribute)>) -> String {
        let [output] = self.node("", kind, inputs, attributes);
        output
    }

    /// An operator of the domain `ai.onnx.ml`.
    pub(super) fn ml(&mut self, kind: &str, inputs: &[&str], attributes: Vec<(&str, Attribute)>) -> String {
        let [output] = self.node(ML, kind, inputs, attributes);
        output
    }

    /// An operator with `N` outputs.
    pub(super) fn node<const N: usize>(
        &mut self,
        domain: &str,
        kind: &str,
        inputs: &[&str],
        attributes: Vec<(&str, Attribute)>,
    ) -> [String; N] {
        self.operators += 1;
        let number = self.operators;
        let outputs: [String; N] = std::array::from_fn(|i| match i {
            0 => format!("{kind}_{number}"),
            i => format!("{kind}_{number}_{i}"),
        });
        let mut node = Message::default().bytes(3, &outputs[0]).bytes(4, kind).bytes(7, domain);
        inputs.iter().for_each(|input| node.push(1, input.as_bytes()));
        outputs.iter().for_each(|output| node.push(2, output.as_bytes()));
        for (name, value) in attributes {
            node.push(5, attribute(name, value).as_bytes());
        }
        self.body.push(1, node.as_bytes());
        outputs
    }

    /// A constant tensor from its little-endian bytes, row-major.
    pub(super) fn constant(&mut self, kind: Type, shape: &[usize], raw: &[u8]) -> String {
        let tensor = tensor(kind, shape, raw);
        let digest = Sha256::digest(tensor.as_bytes()).into();
        let next = format!("constant_{}", self.constants.len() + 1);
        let name = self.constants.entry(digest).or_insert_with(|| next.clone()).clone();
        if name == next {
            self.body.push(5, tensor.bytes(8, &name).as_bytes());
        }
        name
    }

    /// A constant matrix that is mostly zeros, from the places of its values in row-major order and the values.
    pub(super) fn sparse(&mut self, shape: [usize; 2], places: &[i64], values: &[f32]) -> String {
        let count = [values.len()];
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let values = tensor(Type::F32, &count, &raw);
        let raw: Vec<u8> = places.iter().flat_map(|place| place.to_le_bytes()).collect();
        let places = tensor(Type::I64, &count, &raw);
        let extents = shape.map(|extent| extent as i64);
        let matrix = Message::default().message(1, &values).message(2, &places).ints(3, extents);
        let digest = Sha256::digest(matrix.as_bytes()).into();
        if let Some(name) = self.constants.get(&digest) {
            return name.clone();
        }
        let name = self.with("Constant", &[], vec![("sparse_value", Attribute::Sparse(matrix))]);
        self.constants.insert(digest, name.clone());
        name
    }

    /// A constant of 32-bit floats.
    pub(super) fn f32s(&mut self, shape: &[usize], values: &[f32]) -> String {
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(Type::F32, shape, &raw)
    }

    /// A constant of 64-bit floats.
    pub(super) fn f64s(&mut self, shape: &[usize], values: &[f64]) -> String {
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(Type::F64, shape, &raw)
    }

    /// A single 64-bit float.
    pub(super) fn f64(&mut self, value: f64) -> String {
        self.f64s(&[], &[value])
    }

    /// A constant list of whole numbers.
    pub(super) fn i64s(&mut self, values: &[i64]) -> String {
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(Type::I64, &[values.len()], &raw)
    }

    /// The same numbers as another type.
    pub(super) fn cast(&mut self, x: &str, to: Type) -> String {
        self.with("Cast", &[x], vec![("to", Attribute::Int(to as i64))])
    }

    /// The same numbers in another shape; -1 stands for what is left.
    pub(super) fn reshape(&mut self, x: &str, shape: &[i64]) -> String {
        let shape = self.i64s(shape);
        self.op("Reshape", &[x, &shape])
    }

    /// `kind`, an operator such as `ReduceSum`, over `axes`.
    pub(super) fn reduce(&mut self, kind: &str, x: &str, axes: &[i64], keep: bool) -> String {
        let axes = self.i64s(axes);
        self.with(kind, &[x, &axes], vec![("keepdims", Attribute::Int(i64::from(keep)))])
    }

    /// Matrices side by side.
    pub(super) fn concat(&mut self, parts: &[String], axis: i64) -> String {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        if let [only] = parts[..] {
            return only.to_owned();
        }
        self.with("Concat", &parts, vec![("axis", Attribute::Int(axis))])
    }

    /// Declares an input of the graph.
    pub(super) fn input(&mut self, name: &str, kind: Type, shape: &[Extent]) {
        self.body.push(11, value_info(name, kind, shape).as_bytes());
    }

    /// Declares `value` to be the output `name` of the graph.
    pub(super) fn output(&mut self, value: &str, name: &str, kind: Type, shape: &[Extent]) {
        let node = Message::default().bytes(1, value).bytes(2, name).bytes(3, name).bytes(4, "Identity");
        self.body.push(1, node.as_bytes());
        self.body.push(12, value_info(name, kind, shape).as_bytes());
    }

    /// The bytes of the file, with `facts` as its metadata.
    pub(super) fn finish(self, version: &str, facts: &[(&str, String)]) -> Vec<u8> {
        let opset = |domain: &str, version| Message::default().bytes(1, domain).int(2, version);
        let head = Message::default().int(1, IR).bytes(2, "lfr").bytes(3, version);
        let mut file = head.message(8, &opset("", OPSET)).message(8, &opset(ML, ML_OPSET));
        for (key, value) in facts {
            file.push(14, Message::default().bytes(1, key).bytes(2, value).as_bytes());
        }
        file.push(7, self.body.bytes(2, "lfr").as_bytes());
        file.into_bytes()
    }
}

/// `AttributeProto`.
fn attribute(name: &str, value: Attribute) -> Message {
    let named = Message::default().bytes(1, name);
    match value {
        Attribute::Float(value) => named.float(2, value).int(20, 1),
        Attribute::Int(value) => named.int(3, value).int(20, 2),
        Attribute::Word(value) => named.bytes(4, value).int(20, 3),
        Attribute::Tensor(value) => named.message(5, &value).int(20, 4),
        Attribute::Sparse(value) => named.message(22, &value).int(20, 11),
        Attribute::Ints(values) => named.ints(8, values).int(20, 7),
        Attribute::Words(values) => values.iter().fold(named, |m, value| m.bytes(9, value)).int(20, 8),
    }
}

/// `ValueInfoProto` of a tensor.
fn value_info(name: &str, kind: Type, shape: &[Extent]) -> Message {
    let dimension = |extent: &Extent| match extent {
        Extent::Fixed(extent) => Message::default().int(1, *extent as i64),
        Extent::Any(name) => Message::default().bytes(2, name),
    };
    let shape = shape.iter().fold(Message::default(), |all, extent| all.message(1, &dimension(extent)));
    let tensor = Message::default().int(1, kind as i64).message(2, &shape);
    Message::default().bytes(1, name).message(2, &Message::default().message(1, &tensor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_constants_are_stored_once() {
        let mut graph = Graph::default();
        let first = graph.f32s(&[2], &[1.0, 2.0]);
        let size = graph.body.as_bytes().len();
        assert_eq!(graph.f32s(&[2], &[1.0, 2.0]), first);
        assert_eq!(graph.body.as_bytes().len(), size);
        assert_ne!(graph.f32s(&[1, 2], &[1.0, 2.0]), first);
        assert_ne!(graph.f64s(&[2], &[1.0, 2.0]), first);
        let sparse = graph.sparse([2, 2], &[0], &[1.0]);
        assert_eq!(graph.sparse([2, 2], &[0], &[1.0]), sparse);
        assert_ne!(graph.sparse([2, 2], &[1], &[1.0]), sparse);
    }

    #[test]
    fn outputs_have_names_of_their_own() {
        let mut graph = Graph::default();
        let [a, b] = graph.node("", "TopK", &["x", "k"], vec![]);
        let c = graph.op("TopK", &["x", "k"]);
        assert!(a != b && b != c && a != c);
    }
}
