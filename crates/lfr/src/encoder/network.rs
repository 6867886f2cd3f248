//! A network from an ONNX file, run by the crate `rten`.

use std::sync::Arc;

use rten::{Dimension, Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value, ValueOrView};
use rten_tensor::Tensor;
use rten_tensor::prelude::*;

use super::ports::{Output, Port};
use crate::panics::caught;

/// A network that is ready to run.
pub(super) struct Network {
    model: Model,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
}

thread_local! {
    /// One thread for the network, since as many items as there are threads run side by side.
    static ALONE: Arc<ThreadPool> = Arc::new(ThreadPool::with_num_threads(1));
}

impl Network {
    /// Reads the bytes of an ONNX file.
    pub fn load(bytes: &[u8]) -> Result<Self, String> {
        let bytes = bytes.to_vec();
        let load = || ModelOptions::with_all_ops().prepack_weights(true).load(bytes);
        let model = caught(load).ok_or("the network is damaged: its reader failed")?.map_err(refused)?;
        let port = |&id: &NodeId| {
            let info = model.node_info(id)?;
            let extent = |extent| match extent {
                Dimension::Fixed(extent) => Some(extent),
                Dimension::Symbolic(_) => None,
            };
            let shape = info.shape().map(|shape| shape.into_iter().map(extent).collect());
            Some(Port { name: info.name()?.to_owned(), shape })
        };
        let inputs = model.input_ids().iter().filter_map(port).collect();
        let outputs = model.output_ids().iter().filter_map(port).collect();
        Ok(Self { model, inputs, outputs })
    }

    /// What it takes.
    pub fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    /// What it gives.
    pub fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    /// Its output for numbers of `shape`.
    pub fn run_floats(
        &self,
        input: &str,
        shape: &[usize],
        values: Vec<f32>,
        output: &str,
    ) -> Result<Output, String> {
        self.run(vec![(input, Tensor::from_data(shape, values).into())], output)
    }

    /// Its output for the tokens of one text.
    pub fn run_tokens(&self, ids: &[u32], inputs: &[String], output: &str) -> Result<Output, String> {
        let row = |name: &String| {
            let values: Vec<i32> = match name.as_str() {
                "input_ids" => ids.iter().map(|&id| i32::try_from(id).unwrap_or(i32::MAX)).collect(),
                "attention_mask" => vec![1; ids.len()],
                _ => vec![0; ids.len()],
            };
            Tensor::from_data(&[1, ids.len()], values)
        };
        self.run(inputs.iter().map(|name| (name.as_str(), row(name).into())).collect(), output)
    }

    fn run(&self, inputs: Vec<(&str, ValueOrView<'_>)>, output: &str) -> Result<Output, String> {
        let node = |name: &str| self.model.node_id(name).map_err(|e| e.to_string());
        let inputs = inputs
            .into_iter()
            .map(|(name, value)| Ok((node(name)?, value)))
            .collect::<Result<_, String>>()?;
        let outputs = [node(output)?];
        let pool = ALONE.with(Arc::clone);
        let mut options = RunOptions::default();
        options.thread_pool = Some(Arc::clone(&pool));
        let run = || caught(|| self.model.run(inputs, &outputs, Some(options)));
        let values = pool.run(run).ok_or("the network failed on an item; it is damaged")?;
        let value = values.map_err(|e| format!("the network failed on an item: {e}"))?.pop();
        let Some(Value::FloatTensor(tensor)) = value else {
            return Err(format!("its output {output} does not hold floats"));
        };
        Ok(Output { shape: tensor.shape().to_vec(), values: tensor.to_vec() })
    }
}

/// Why a file cannot be loaded, in words for its owner.
fn refused(error: rten::LoadError) -> String {
    use rten::LoadErrorKind::{
        ExternalDataError, FormatNotEnabled, OperatorInvalid, ParseError, UnknownFileType,
    };
    match error.kind() {
        FormatNotEnabled => "not an ONNX file, or a damaged one; get it again".into(),
        UnknownFileType | ParseError => {
            format!("not an ONNX file, or a damaged one ({error}); get it again")
        }
        ExternalDataError => {
            format!("its weights are in another file ({error}); export it as a single file")
        }
        OperatorInvalid => {
            format!("it has an operation that cannot be run here ({error}); export another form of it")
        }
        _ => format!("it cannot be run here: {error}"),
    }
}
