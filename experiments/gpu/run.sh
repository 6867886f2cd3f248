#!/usr/bin/env bash
# On a machine with a GPU, in ten minutes after the build: are the results right (parity with the CPU), how fast is it
# (against PyTorch, if Python has it), and then runs of the transformation methods for as long as is left.
#
#   experiments/gpu/run.sh [STEP...]      of parity, speed and runs; all of them unless named
#
#   LFR_DEVICE    vulkan (the default), wgpu or metal
#   LFR_PREBUILT  a folder with the programs gpu, contender and lfr, for a machine without Rust
#   LFR_OUT       where logs and records go, experiments/gpu/out unless set
#   LFR_SECONDS   most seconds of the runs, 240 unless set; what is done by then is kept
set -euo pipefail
cd "$(dirname "$0")/../.."
device=${LFR_DEVICE:-vulkan} out=${LFR_OUT:-experiments/gpu/out}
mkdir -p "$out"
[ $# -gt 0 ] || set -- parity speed runs

if [ -n "${LFR_PREBUILT:-}" ]; then
  gpu=$LFR_PREBUILT/gpu contender=$LFR_PREBUILT/contender lfr=$LFR_PREBUILT/lfr
else
  cargo build --release -p lfr-cli --features "bench,$device"
  cargo build --release -p lfr --features "$device" --example contender
  gpu="cargo test --release -p lfr --features $device --test gpu --"
  contender=target/release/examples/contender lfr=target/release/lfr
fi

echo "$(date -u +%F), $(uname -srm), $(nproc) cores, device $device"
if command -v nvidia-smi >/dev/null; then nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader; fi

for step; do
  echo "== $step"
  case $step in
    # One test at a time: all of them want the same GPU.
    parity) $gpu --nocapture --test-threads=1 2>&1 | tee "$out/parity.txt" ;;
    speed)
      if python3 -c 'import torch; print("PyTorch", torch.__version__)'; then
        python3 experiments/gpu/speed.py "$contender" --device "$device" 2>&1 | tee "$out/speed.txt"
      else
        echo 'SKIPPED: python3 has no PyTorch' >&2
      fi ;;
    runs)
      grid=experiments/gpu/transformations.toml
      code=0
      timeout --signal=INT "${LFR_SECONDS:-240}" "$lfr" bench run "$grid" --device "$device" --records "$out/records" || code=$?
      # 124: the time was up.
      [ $code = 0 ] || [ $code = 124 ] || [ $code = 130 ] || exit $code
      "$lfr" bench table "$grid" --records "$out/records" | tee "$out/table.md" ;;
    *) echo "no step $step: parity, speed or runs" >&2; exit 2 ;;
  esac
done
