#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image: a Python with what the exam needs, the sandbox,
# and the references that every submission is compared with.
#
#   AUTOGRADER_ROOT    where Gradescope keeps everything (default: /autograder)
#   AUTOGRADER_PYTHON  a Python that has the packages already, in an image of your own; nothing is installed then
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
source "$root/source/settings.sh"

install_python() {
  apt-get update -qq
  apt-get install -qq -y bubblewrap libseccomp2
  local version
  for version in 3.13 3.12 3.11 3.14; do
    if apt-get install -qq -y "python$version" "python$version-venv"; then
      "python$version" -m venv "$root/venv"
      "$root/venv/bin/pip" install --quiet -r "$root/source/requirements.txt"
      return
    fi
  done
  echo "This image has none of Python 3.11 to 3.14; choose a newer Ubuntu in the assignment's settings." >&2
  exit 1
}

[ -n "${AUTOGRADER_PYTHON:-}" ] || install_python

# A class of one who handed in nothing: what is left to do is make the references.
class="$(mktemp -d)"
trap 'rm -rf "$class"' EXIT
mkdir "$class/nobody"
"$root/source/autograder" grade "$EXAM" "$class" --output "$class/.run" --isolation "$ISOLATION" --quiet
