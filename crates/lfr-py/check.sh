#!/usr/bin/env bash
# Builds the wheel in a virtual environment of its own, installs it, and runs the tests and the type checks of the
# Python package. Needs Python 3.11 or newer, Rust and a network.
#
#   crates/lfr-py/check.sh [PYTEST FLAGS]
#   LFR_ENGINES=1 crates/lfr-py/check.sh  # with Ray and Spark too, which takes minutes and, for Spark, Java 17
set -euo pipefail
cd "$(dirname "$0")"
environment=${LFR_VENV:-$PWD/.venv}
python=${PYTHON:-python3}

[ -x "$environment/bin/python" ] || "$python" -m venv "$environment"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check \
  'maturin>=1.9,<2' combo datafusion duckdb mypy numpy onnx onnxruntime pandas pillow polars pyarrow pyod pytest scikit-learn scipy \
  suod tqdm
if [ -n "${LFR_ENGINES:-}" ]; then
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check pyspark 'ray[data]'
fi

wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
"$environment/bin/maturin" build --release --locked --out "$wheels" --interpreter "$environment/bin/python"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps "$wheels"/lfr-*.whl
ls -l "$wheels"

"$environment/bin/mypy"
"$environment/bin/python" -m pytest -q "$@"
