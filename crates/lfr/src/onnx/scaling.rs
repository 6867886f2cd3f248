//! Scaling an item by its own numbers, as [`crate::method::scaling`] does.

use super::graph::{Graph, Type};
use crate::method::scaling::Scaling;

/// `x`, `[n, width]` of 32-bit floats, scaled.
pub(super) fn scaled(graph: &mut Graph, x: &str, scaling: Scaling) -> String {
    match scaling {
        Scaling::None => x.to_owned(),
        Scaling::Instance => instance(graph, x),
        Scaling::Root => root(graph, x),
        Scaling::Presence => presence(graph, x),
    }
}

/// Less its own mean, at unit length; 0 where all numbers are equal.
pub(super) fn instance(graph: &mut Graph, x: &str) -> String {
    let x = graph.cast(x, Type::F64);
    let mean = graph.reduce("ReduceMean", &x, &[1], true);
    let centred = graph.op("Sub", &[&x, &mean]);
    let square = graph.reduce("ReduceSumSquare", &centred, &[1], true);
    let norm = graph.op("Sqrt", &[&square]);
    let scale = inverse(graph, &norm, 1e-12);
    let scaled = graph.op("Mul", &[&centred, &scale]);
    graph.cast(&scaled, Type::F32)
}

/// Square roots with their signs, at unit length; 0 where all numbers are 0.
fn root(graph: &mut Graph, x: &str) -> String {
    let x = graph.cast(x, Type::F64);
    let size = graph.op("Abs", &[&x]);
    let square = graph.reduce("ReduceSum", &size, &[1], true);
    let length = graph.op("Sqrt", &[&square]);
    let scale = inverse(graph, &length, 0.0);
    let roots = graph.op("Sqrt", &[&size]);
    let scaled = graph.op("Mul", &[&roots, &scale]);
    let sign = graph.op("Sign", &[&x]);
    let signed = graph.op("Mul", &[&scaled, &sign]);
    graph.cast(&signed, Type::F32)
}

/// 1 for every number but 0, at unit length; 0 where all numbers are 0.
fn presence(graph: &mut Graph, x: &str) -> String {
    let x = graph.cast(x, Type::F64);
    let sign = graph.op("Sign", &[&x]);
    let present = graph.op("Abs", &[&sign]);
    let count = graph.reduce("ReduceSum", &present, &[1], true);
    let length = graph.op("Sqrt", &[&count]);
    let scale = inverse(graph, &length, 0.0);
    let scaled = graph.op("Mul", &[&present, &scale]);
    graph.cast(&scaled, Type::F32)
}

/// 1 / x where x is above `least`, else 0.
fn inverse(graph: &mut Graph, x: &str, least: f64) -> String {
    let (least, one, zero) = (graph.f64(least), graph.f64(1.0), graph.f64(0.0));
    let large = graph.op("Greater", &[x, &least]);
    let safe = graph.op("Where", &[&large, x, &one]);
    let inverse = graph.op("Div", &[&one, &safe]);
    graph.op("Where", &[&large, &inverse, &zero])
}
