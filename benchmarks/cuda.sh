#!/usr/bin/env bash
# Verifies and calibrates the exams in torch on the CPU and on CUDA, in one call of at most ten minutes, on a
# machine with torch and without a network.
#
#   benchmarks/cuda.sh prepare DIR                  with a network: the wheels that such a machine may lack
#   benchmarks/cuda.sh run DIR OUT [QUESTION...]    there: writes OUT, one JSON file; without questions, those
#                                                   in torch, as many as there is time for
#   python benchmarks/numerics.py --merge OUT --write         afterwards: into data/measured and docs/numerics.md
#
# Variables: PYTHON (default: python3), VERSION of the Python over there (default: 3.12), JOBS (default: all
# cores), ISOLATION (default: none; only the course's own code is run), SECONDS_LEFT (default: 540).
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}
MAX_MB=60
QUESTIONS="dl2022_midterm/q2_linear_regression ptm_section3/q2_temperature dl2022_final/q1_hihello
  ml2022_homework/q1_mnist_zero_one ptm_section3/q3_birds_airplanes"

usage() {
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2
  exit 2
}

# The engine's dependencies without a framework, and matplotlib for pictures.
requirements() {
  "$PYTHON" -c '
import tomllib
project = tomllib.load(open("pyproject.toml", "rb"))["project"]
plots = [name for name in project["optional-dependencies"]["plots"] if not name.startswith("ipywidgets")]
print("\n".join(project["dependencies"] + plots))'
}

prepare() {
  local folder=$1 version=${VERSION:-3.12}
  mkdir -p "$folder"
  requirements >"$folder/requirements.txt"
  "$PYTHON" -m pip download --quiet --dest "$folder" --only-binary=:all: --implementation cp \
    --python-version "$version" --platform manylinux_2_28_x86_64 --platform manylinux_2_17_x86_64 \
    --platform manylinux2014_x86_64 --platform linux_x86_64 --requirement "$folder/requirements.txt"
  local size
  size=$(du -sm "$folder" | cut -f1)
  echo "$folder: $(find "$folder" -name '*.whl' | wc -l) wheels for Python $version, $size MiB"
  ((size <= MAX_MB)) || { echo "more than $MAX_MB MiB: leave out what is there already" >&2; exit 1; }
}

# An environment that sees the packages of $PYTHON, also if that is one itself, and has what they lack.
environment() {
  local folder=$1 wheels=$2
  "$PYTHON" -m venv --system-site-packages "$folder"
  "$PYTHON" -c 'import site; print(*site.getsitepackages(), sep="\n")' \
    >"$("$folder/bin/python" -c 'import site; print(site.getsitepackages()[0])')/outer.pth"
  "$folder/bin/python" -m pip install --quiet --no-index --find-links "$wheels" \
    --requirement "$wheels/requirements.txt"
}

devices() {
  echo cpu
  ! "$1" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())' || echo cuda
}

run() {
  local wheels=$1 out=$2 work python until question device
  shift 2
  until=$((SECONDS + ${SECONDS_LEFT:-540}))
  work=$(mktemp -d)
  trap "rm -rf '$work'" EXIT
  environment "$work/venv" "$wheels"
  python=$work/venv/bin/python
  export PYTHONPATH=$PWD AUTOGRADER_CACHE=$work/cache AUTOGRADER_KEY=cuda
  mkdir "$work/found"
  cp -r exams solutions data "$work"
  rm -rf "$work/data/measured"
  local -a options=(--course "$work" --isolation "${ISOLATION:-none}" --jobs "${JOBS:-$(nproc)}")
  for device in $(devices "$python"); do
    for question in ${*:-$QUESTIONS}; do
      local name=$device.${question//\//.} left=$((until - SECONDS))
      if ((left < 20)); then
        echo "$device $question: no time left" | tee -a "$work/found/left_out" >&2
        continue
      fi
      timeout "$left" "$python" -m autograder calibrate "$question" --device "$device" "${options[@]}" \
        >"$work/found/$name.txt" 2>&1 || echo "$device $question: calibrate ended with $?" | tee -a "$work/found/left_out" >&2
      left=$((until - SECONDS))
      timeout "$((left > 1 ? left : 1))" "$python" -m autograder verify "$question" --device "$device" "${options[@]}" --json \
        >"$work/found/$name.json" || echo "$device $question: verify ended with $?" | tee -a "$work/found/left_out" >&2
    done
  done
  "$python" benchmarks/brought.py "$work" "$out"
}

case "${1:-}" in
  prepare) (($# == 2)) || usage; prepare "$2" ;;
  run) (($# >= 3)) || usage; run "${@:2}" ;;
  *) usage ;;
esac
