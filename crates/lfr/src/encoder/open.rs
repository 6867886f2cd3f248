//! Finding out what an encoder is: from its graph, and from the settings beside it.

use std::path::Path;

use super::card::{Card, PictureInput, Takes, TextInput, hex};
use super::network::Network;
use super::ports::Port;
use super::sidecar::{Pictures, Texts};
use super::tokens::{Tokens, pooled};
use super::{Encoder, Files, pixels};
use crate::error::{Error, Result};

/// Inputs of a network that takes texts.
const TOKENS: [&str; 3] = ["input_ids", "attention_mask", "token_type_ids"];

/// Outputs of networks of texts that are rather taken than their first.
const TEXT_OUTPUTS: [&str; 3] = ["sentence_embedding", "last_hidden_state", "token_embeddings"];

/// Outputs of networks of pictures that are rather taken than their first.
const PICTURE_OUTPUTS: [&str; 2] = ["image_embeds", "pooler_output"];

/// Tokens of a first trial, at most.
const TRIAL: usize = 512;

/// Opens the encoder at `path`, see [`Encoder::open`].
pub(super) fn open(path: &Path, side: Option<usize>) -> Result<Encoder> {
    let files = Files::read(path)?;
    let network = Network::load(&files.network).map_err(|problem| Error::encoder(path, problem))?;
    let mut notes = Vec::new();
    let is_text = network.inputs().iter().any(|port| port.name == TOKENS[0]);
    let (card, tokens) = match is_text {
        true => texts(&files, &network, &mut notes).map(|(card, tokens)| (card, Some(tokens))),
        false => pictures(&files, &network, side, &mut notes).map(|card| (card, None)),
    }?;
    Ok(Encoder { card, files, network, tokens, notes })
}

fn card(files: &Files, width: usize, output: String, takes: Takes) -> Card {
    let (name, sha256, bytes) = (files.name(), hex(&files.network), files.network.len() as u64);
    Card { name, sha256, bytes, width, output, takes }
}

fn pictures(files: &Files, network: &Network, side: Option<usize>, notes: &mut Vec<String>) -> Result<Card> {
    let bad = |problem: String| Error::encoder(&files.path, problem);
    let settings = Pictures::read(files)?;
    let input = picture_input(network, &settings, side).map_err(bad)?;
    if settings.mean.is_none() {
        let name = files.name();
        notes.push(format!(
            "{name} does not say how pictures are scaled; mean and deviation of ImageNet are used"
        ));
    }
    let output = chosen(network, settings.output.as_deref(), &PICTURE_OUTPUTS).map_err(bad)?;
    let grey = vec![127; input.channels * input.side * input.side];
    let (shape, values) = pixels::values(&grey, &input);
    let tried = network.run_floats(&input.name, &shape, values, &output).map_err(bad)?;
    let width = pixels::width(&tried.shape, input.layout).ok_or_else(|| {
        bad(format!(
            "its output {output} has shape {:?} for a picture; wanted is a row of numbers",
            tried.shape
        ))
    })?;
    Ok(card(files, width, output, Takes::Pictures(input)))
}

/// How pictures are brought to the network.
fn picture_input(
    network: &Network,
    settings: &Pictures,
    side: Option<usize>,
) -> Result<PictureInput, String> {
    let [Port { name, shape: Some(shape), .. }] = network.inputs() else {
        return Err(other_inputs(network));
    };
    let &[batch, one, two, three] = shape.as_slice() else { return Err(other_inputs(network)) };
    if batch.is_some_and(|batch| batch != 1) {
        return Err("it takes several pictures at once; export it with an open batch".into());
    }
    let is_colour = |extent: Option<usize>| matches!(extent, Some(1 | 3));
    use super::card::Layout::{Nchw, Nhwc};
    let layout = settings.layout.unwrap_or(if !is_colour(one) && is_colour(three) { Nhwc } else { Nchw });
    let (channels, height, width) = if layout == Nchw { (one, two, three) } else { (three, one, two) };
    let channels = channels.unwrap_or(3);
    let fixed = height.or(width);
    let given = side.or(settings.side);
    if let Some((fixed, side)) = fixed.zip(side).filter(|(fixed, side)| fixed != side) {
        return Err(format!(
            "it takes pictures of {fixed} pixels a side, not of {side}; leave --image-size out"
        ));
    }
    let side = fixed.or(given).ok_or(
        "it leaves height and width of its pictures open; say them by --image-size, or by `size` in a JSON file \
         beside it",
    )?;
    if !matches!(channels, 1 | 3) || [height, width].iter().flatten().any(|&extent| extent != side) {
        return Err(other_inputs(network));
    }
    if !(8..=1024).contains(&side) {
        return Err(format!("its pictures have {side} pixels a side; accepted are 8 to 1024"));
    }
    // Those of ImageNet, which most networks of pictures were trained on.
    let usual = |values: [f32; 3]| {
        if channels == 3 { values.to_vec() } else { vec![values.iter().sum::<f32>() / 3.0] }
    };
    let list = |given: &Option<Vec<f32>>, values| match given.as_deref() {
        Some(&[one]) => Ok(vec![one; channels]),
        Some(list) if list.len() == channels => Ok(list.to_vec()),
        Some(list) => Err(format!("{} numbers of mean or deviation for {channels} channels", list.len())),
        None => Ok(usual(values)),
    };
    let mean = list(&settings.mean, [0.485, 0.456, 0.406])?;
    let deviation = list(&settings.deviation, [0.229, 0.224, 0.225])?;
    if deviation.iter().chain(&mean).any(|v| !v.is_finite()) || deviation.iter().any(|&d| d <= 0.0) {
        return Err("its mean or deviation is no number, or the deviation is not above 0".into());
    }
    Ok(PictureInput { name: name.clone(), side, channels, layout, mean, deviation })
}

fn other_inputs(network: &Network) -> String {
    let extent = |extent: &Option<usize>| extent.map_or("?".into(), |extent| extent.to_string());
    let shape = |shape: &Option<Vec<Option<usize>>>| match shape {
        Some(shape) => format!("[{}]", shape.iter().map(extent).collect::<Vec<_>>().join(", ")),
        None => "of unknown shape".into(),
    };
    let found: Vec<_> =
        network.inputs().iter().map(|port| format!("{} {}", port.name, shape(&port.shape))).collect();
    format!(
        "it takes {}; an encoder takes one square picture of 1 or 3 channels, or input_ids with attention_mask and \
         token_type_ids",
        if found.is_empty() { "nothing".into() } else { found.join(", ") }
    )
}

fn texts(files: &Files, network: &Network, notes: &mut Vec<String>) -> Result<(Card, Tokens)> {
    let bad = |problem: String| Error::encoder(&files.path, problem);
    if network.inputs().iter().any(|port| !TOKENS.contains(&port.name.as_str())) {
        return Err(bad(other_inputs(network)));
    }
    let settings = Texts::read(files, notes)?;
    let json = files.tokenizer.as_ref().ok_or_else(|| bad("there is no tokenizer.json beside it".into()))?;
    let longest = settings.longest;
    let tokens = Tokens::load(json, longest).map_err(bad)?;
    let output = chosen(network, None, &TEXT_OUTPUTS).map_err(bad)?;
    let inputs: Vec<String> = network.inputs().iter().map(|port| port.name.clone()).collect();
    let run = |id: u32| network.run_tokens(&vec![id; longest.min(TRIAL)], &inputs, &output);
    let tried = run(tokens.largest()).map_err(|problem| match run(0) {
        Ok(_) => bad(format!(
            "tokenizer.json does not fit the network: token {} is not known to it",
            tokens.largest()
        )),
        Err(_) => bad(problem),
    })?;
    let width = tried.shape.last().copied().unwrap_or_default();
    pooled(&tried, width, settings.pooling).map_err(bad)?;
    let tokenizer = hex(json);
    let takes = Takes::Text(TextInput { tokenizer, inputs, longest, pooling: settings.pooling });
    Ok((card(files, width, output, takes), tokens))
}

/// The output to use: the one asked for, one that is usually meant, or the first.
fn chosen(network: &Network, asked: Option<&str>, usual: &[&str]) -> Result<String, String> {
    let names: Vec<&str> = network.outputs().iter().map(|port| port.name.as_str()).collect();
    match asked {
        Some(name) if names.contains(&name) => Ok(name.to_owned()),
        Some(name) => Err(format!("it has no output {name}; there are {}", names.join(", "))),
        None => {
            let first = usual.iter().find(|name| names.contains(name)).or(names.first());
            first.map(|&name| name.to_owned()).ok_or_else(|| "it has no output".into())
        }
    }
}
